import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { FuzzReport } from '../../fixtures/dicom-fuzz.ts'
import { rowOf, type GuaranteeRow } from '../guarantee-row.ts'
import { askChild } from './ask-child.ts'
import { WITHIN_MIB } from './measured-attacks.ts'

export interface MeasuredFuzz {
  readonly count: number
  readonly seed: number
  /** Files of one process: what thousands of answers leave behind is not what one file costs. */
  readonly batch?: number
  readonly program?: string
  readonly giveUpMs?: number
}

interface Batch {
  readonly answered: string[]
  readonly large: string[]
  readonly largestMiB: number
  readonly slowestMs: number
}

const worker = join(import.meta.dirname, 'fuzz-worker.ts')

async function runBatch(
  { program = worker, giveUpMs = 240_000 }: MeasuredFuzz,
  count: number,
  seed: number,
): Promise<Batch> {
  const child = fork(program, { execArgv: ['--expose-gc'] })
  const from = await askChild<FuzzReport>(child, { count, seed }, giveUpMs)
  child.kill('SIGKILL')
  if ('lost' in from) {
    const lost = [`seeds ${seed} to ${seed + count - 1}: ${from.lost}`]
    return { answered: lost, large: lost, largestMiB: 0, slowestMs: 0 }
  }
  const { escaped, peaks, slowestMs } = from.answer
  return {
    answered: [...escaped],
    large: peaks.flatMap((mib, at) => (mib > WITHIN_MIB ? [`seed ${seed + at}: ${mib.toFixed(0)} MiB`] : [])),
    largestMiB: Math.max(...peaks),
    slowestMs,
  }
}

/**
 * Mutated files, each asked of the gate in a process that was told nothing but a seed. What a file costs is the kernel's peak
 * (`VmHWM`) of that process, set back before the question: Node, our code, the real files and the mutated copy included.
 */
export async function runMeasuredFuzz(asked: MeasuredFuzz): Promise<GuaranteeRow[]> {
  const { count, seed, batch = 2000 } = asked
  const batches: Batch[] = []
  for (let at = 0; at < count; at += batch) batches.push(await runBatch(asked, Math.min(batch, count - at), seed + at))
  const most = (of: (one: Batch) => number) => Math.round(Math.max(...batches.map(of)))
  return [
    rowOf(
      `fuzzed files answered without a crash, within 2 s (slowest ${most(({ slowestMs }) => slowestMs)} ms)`,
      count,
      batches.flatMap(({ answered }) => answered),
    ),
    rowOf(
      `each of them within ${WITHIN_MIB} MiB (largest ${most(({ largestMiB }) => largestMiB)} MiB)`,
      count,
      batches.flatMap(({ large }) => large),
    ),
  ]
}
