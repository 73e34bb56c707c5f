import { inflateRawSync } from 'node:zlib'
import type { InflateRaw } from '../domain/dicom/inspect-object.ts'

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

/** zlib stops at `maxOutputLength`, so a deflate bomb costs at most that much memory and never runs to its end. */
export const inflateRawBounded: InflateRaw = (bytes, maxOutputBytes) => {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxOutputBytes })
  } catch (error) {
    return isTooLarge(error) ? 'too-large' : 'corrupt'
  }
}
