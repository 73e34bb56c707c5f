import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DicomAttack } from '../../fixtures/dicom-attack-bytes.ts'
import { ANSWER_WITHIN_MS } from '../../fixtures/dicom-attacks.ts'
import { rowOf, type GuaranteeRow } from '../guarantee-row.ts'
import type { Measured } from './answer-tasks.ts'
import { MeasuringWorker } from './measuring-worker.ts'
import type { Surface } from './surfaces.ts'

/** What the process of an answer may hold, Node and our own code included (controls, section 12). */
export const WITHIN_MIB = 256
/** Of the store, by surface: a frame is looked for by at most 256, here three of them, and read by two. */
const MOST_READS: Readonly<Record<Surface, number>> = { arrival: 64, frames: 64 + 3 * 258, copy: 65, home: 1 }

interface Answered extends Measured {
  readonly name: string
  readonly surface: Surface
}

/** What the answer has cost too much of; undefined where it was within all bounds. */
export const excessOf = (surface: Surface, { answer, milliseconds, peakMiB, reads }: Measured): string | undefined => {
  if (answer.startsWith('escaped')) return answer
  if (milliseconds > ANSWER_WITHIN_MS) return `${milliseconds.toFixed(0)} ms`
  if (peakMiB > WITHIN_MIB) return `${peakMiB.toFixed(0)} MiB`
  return reads > MOST_READS[surface] ? `${reads} reads` : undefined
}

/** A file goes on to frames and copies only if the gate has let it in; a reader's document meets no gate. */
async function askEverywhere(
  worker: MeasuringWorker,
  { name, build, claimedSize }: DicomAttack,
  path: string,
): Promise<Answered[]> {
  const bytes = build()
  writeFileSync(path, bytes)
  const ask = async (surface: Surface): Promise<Answered> => ({
    ...(await worker.measure({ path, size: claimedSize ?? bytes.length, surface })),
    name,
    surface,
  })
  const [atGate, asDocument] = [await ask('arrival'), await ask('home')]
  return atGate.answer === 'accepted'
    ? [atGate, asDocument, await ask('frames'), await ask('copy')]
    : [atGate, asDocument]
}

/**
 * Each attack in each place where its file is read. The peak is the kernel's (`VmHWM`), reset before each answer in a process
 * that builds nothing: a process for each would say the same and cost a start of Node each, several hundred times.
 */
export async function runMeasuredAttacks(attacks: readonly DicomAttack[]): Promise<GuaranteeRow> {
  const folder = mkdtempSync(join(tmpdir(), 'overread-hostile-'))
  const worker = new MeasuringWorker()
  const answered: Answered[] = []
  for (const attack of attacks) answered.push(...(await askEverywhere(worker, attack, join(folder, 'object'))))
  worker.end()
  rmSync(folder, { recursive: true })
  const escaped = answered.flatMap((one) => {
    const excess = excessOf(one.surface, one)
    return excess === undefined ? [] : [`${one.name}, ${one.surface}: ${excess}`]
  })
  const most = (of: (one: Answered) => number) => Math.round(Math.max(...answered.map(of)))
  const worst = `slowest ${most(({ milliseconds }) => milliseconds)} ms, largest ${most(({ peakMiB }) => peakMiB)} MiB`
  return rowOf(
    `each at arrival, as frames, copy and document: within 2 s and 256 MiB (${worst})`,
    answered.length,
    escaped,
  )
}
