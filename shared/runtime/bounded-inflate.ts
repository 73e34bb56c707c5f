import { inflateRawSync } from 'node:zlib'
import type { InflateRaw } from '../domain/dicom/inspect-object.ts'

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

/** What zlib asks for at least. */
const MIN_CHUNK = 64

/** zlib stops at `maxOutputLength`, so a deflate bomb costs at most that much memory and never runs to its end. */
export const inflateRawBounded: InflateRaw = (bytes, maxOutputBytes) => {
  try {
    // In one piece: of many small ones zlib makes a second, whole copy. Memory is the system's until it is written to.
    return inflateRawSync(bytes, { maxOutputLength: maxOutputBytes, chunkSize: Math.max(MIN_CHUNK, maxOutputBytes) })
  } catch (error) {
    return isTooLarge(error) ? 'too-large' : 'corrupt'
  }
}
