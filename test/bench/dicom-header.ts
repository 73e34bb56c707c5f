import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import dicomParser from 'dicom-parser'
import { inspectDicomBytes } from '../../shared/domain/dicom/inspect-object.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import { DICOM_CORPUS } from '../fixtures/dicom-corpus.ts'

export interface DicomHeaderRow {
  readonly reader: string
  readonly files: number
  readonly microsecondsPerFile: number
  /** Median over the rounds of our time divided by this reader's in the same round. */
  readonly ratioToDicomParser: number
}

const TAG_PIXEL_DATA = 'x7fe00010'

/** Header of one file by dicom-parser, stopped at the pixel data as its users do; on an error it keeps what it has read. */
const parseByDicomParser = (bytes: Uint8Array): boolean => {
  try {
    return dicomParser.parseDicom(bytes, { untilTag: TAG_PIXEL_DATA }).string('x0020000d') !== undefined
  } catch {
    return false
  }
}

const readers: readonly (readonly [name: string, read: (bytes: Uint8Array) => boolean])[] = [
  ['dicom-parser', parseByDicomParser],
  ['overread', (bytes) => inspectDicomBytes(bytes, inflateRawBounded).verdict === 'accepted'],
]

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN

const cpuMicroseconds = (
  files: readonly Uint8Array[],
  repeats: number,
  read: (bytes: Uint8Array) => boolean,
): number => {
  const before = process.cpuUsage()
  for (let repeat = 0; repeat < repeats; repeat += 1) for (const file of files) read(file)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (repeats * files.length)
}

/**
 * Header CPU per file against dicom-parser, on the shared corpus in memory, in interleaved rounds. Only files that both
 * accept are timed; deflated ones are left out, since dicom-parser needs another library for them. Empty where the
 * corpus is absent.
 */
export const benchDicomHeader = async (rounds = 7, repeats = 10): Promise<readonly DicomHeaderRow[]> => {
  if (!existsSync(DICOM_CORPUS)) return Promise.resolve([])
  const files = readdirSync(DICOM_CORPUS)
    .filter((name) => name !== 'manifest.json')
    .map((name) => new Uint8Array(readFileSync(join(DICOM_CORPUS, name))))
    .filter((bytes) => readers.every(([, read]) => read(bytes)))
  const times: number[][] = readers.map(() => [])
  for (let round = 0; round <= rounds; round += 1) {
    readers.forEach(([, read], index) => {
      const time = cpuMicroseconds(files, repeats, read)
      if (round > 0) times[index]?.push(time)
    })
  }
  const peer = times[0] ?? []
  return Promise.resolve(
    readers.map(([reader], index) => ({
      reader,
      files: files.length,
      microsecondsPerFile: median(times[index] ?? []),
      ratioToDicomParser: median((times[index] ?? []).map((time, round) => time / (peer[round] ?? NaN))),
    })),
  )
}
