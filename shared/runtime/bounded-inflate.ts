import { inflateRawSync } from 'node:zlib'
import type { InflateRaw } from '../domain/dicom/inspect-object.ts'

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

/**
 * From here on in one piece: of small pieces zlib makes a second, whole copy. Below, small ones: a buffer of megabytes for each
 * object leaves holes in the allocator's heap, and a process that has seen thousands would never give them back.
 */
const IN_ONE_PIECE_BYTES = 16 * 1024 * 1024
const PIECE_BYTES = 64 * 1024

/** zlib stops at `maxOutputLength`, so a deflate bomb costs at most that much memory and never runs to its end. */
export const inflateRawBounded: InflateRaw = (bytes, maxOutputBytes) => {
  try {
    const chunkSize = maxOutputBytes >= IN_ONE_PIECE_BYTES ? maxOutputBytes : PIECE_BYTES
    return inflateRawSync(bytes, { maxOutputLength: maxOutputBytes, chunkSize })
  } catch (error) {
    return isTooLarge(error) ? 'too-large' : 'corrupt'
  }
}
