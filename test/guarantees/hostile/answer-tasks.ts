import { closeSync, openSync, readSync } from 'node:fs'
import type { RangeSource } from '../../../shared/domain/dicom/inspect-object.ts'
import { residentMiB, resetPeak } from './resident-memory.ts'
import type { Surface, Tries } from './surfaces.ts'

/** One file to try: it lies on the disk, so that nothing that built it counts. */
export interface Task {
  readonly path: string
  readonly size: number
  readonly surface: Surface
}

export interface Measured {
  readonly answer: string
  /** CPU of all threads of the process: what else runs on the machine neither hides a slow answer nor makes one. */
  readonly milliseconds: number
  readonly peakMiB: number
  /** What the process held before. */
  readonly baseMiB: number
  readonly reads: number
  /** What is still held once the garbage is gone. */
  readonly leftMiB: number
}

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const measure = async (tries: Tries, { path, size, surface }: Task): Promise<Measured> => {
  const file = openSync(path, 'r')
  let reads = 0
  const read = (from: number, toExclusive: number): Promise<Uint8Array> => {
    reads += 1
    // Of its own, as a store's answer is: a view of one buffer would hide what is kept of it.
    const bytes = new Uint8Array(toExclusive - from)
    return Promise.resolve(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)))
  }
  const source: RangeSource = { size, read }
  globalThis.gc?.()
  resetPeak()
  const baseMiB = residentMiB('VmRSS')
  const began = cpuMilliseconds()
  const answer = await tries[surface](source).catch((error: unknown) => `escaped: ${String(error)}`)
  const milliseconds = cpuMilliseconds() - began
  const peakMiB = residentMiB('VmHWM')
  closeSync(file)
  globalThis.gc?.()
  return { answer, milliseconds, peakMiB, baseMiB, reads, leftMiB: residentMiB('VmRSS') }
}

/** Makes this process one that answers tasks, one at a time. */
export const answerTasks = (tries: Tries): void => {
  process.on('message', (task: Task) => void measure(tries, task).then((measured) => process.send?.(measured)))
}
