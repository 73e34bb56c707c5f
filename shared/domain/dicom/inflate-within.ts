import type { DicomLimits } from './limits.ts'

/** Inflates raw DEFLATE data into at most `maxOutputBytes`; the runtime supplies it, the domain has no zlib. */
export type InflateRaw = (bytes: Uint8Array, maxOutputBytes: number) => Uint8Array | 'too-large' | 'corrupt'

/** Below this, a high ratio is only a very uniform small image. */
const SMALL_INFLATED_BYTES = 1024 * 1024

/** Bounded by size and by ratio, whoever reads the object (control DCM-02). */
export const inflateWithin = (
  deflated: Uint8Array,
  limits: Pick<DicomLimits, 'inflatedBytes' | 'inflateRatio'>,
  inflateRaw: InflateRaw,
): Uint8Array | 'deflate-bomb' | 'deflate-corrupt' => {
  const most = Math.min(limits.inflatedBytes, Math.max(limits.inflateRatio * deflated.length, SMALL_INFLATED_BYTES))
  const inflated = inflateRaw(deflated, most)
  if (inflated === 'too-large') return 'deflate-bomb'
  return inflated === 'corrupt' ? 'deflate-corrupt' : inflated
}
