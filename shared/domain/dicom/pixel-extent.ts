import type { PixelData } from './data-set-walk.ts'
import type { DicomFacts } from './dicom-facts.ts'
import type { DicomLimits } from './limits.ts'
import type { DicomRejection } from './rejection.ts'

export type Matrix = Partial<
  Pick<
    DicomFacts,
    'rows' | 'columns' | 'numberOfFrames' | 'bitsAllocated' | 'samplesPerPixel' | 'photometricInterpretation'
  >
>

/** Chroma-subsampled native pixels hold two samples a pixel, whatever Samples per Pixel says (PS3.3 C.7.6.3.1.2). */
const storedSamples = (facts: Matrix): number => {
  const samples = facts.samplesPerPixel ?? 1
  return samples === 3 && /_42[02]$/.test(facts.photometricInterpretation ?? '')
    ? /_420$/.test(facts.photometricInterpretation ?? '')
      ? 1.5
      : 2
    : samples
}

/** Bytes that the frames of a matrix take natively. BigInt: the product of the limits of US, IS and US is beyond a double. */
export const frameBytes = (facts: Matrix): bigint | undefined => {
  const { rows, columns, bitsAllocated } = facts
  if (rows === undefined || columns === undefined) return undefined
  const twiceSamples = BigInt(Math.round(storedSamples(facts) * 2))
  const pixels = BigInt(rows) * BigInt(columns) * BigInt(facts.numberOfFrames ?? 1)
  return ((pixels * twiceSamples * BigInt(bitsAllocated ?? 8)) / 2n + 7n) / 8n
}

/**
 * Control DCM-08. A matrix that does not fit its pixel data makes the decoder behind the gate read past its buffer, or
 * shows a reader part of an image as if it were the whole.
 */
export const judgePixelExtent = (
  facts: DicomFacts,
  pixelData: PixelData | undefined,
  limits: DicomLimits,
): DicomRejection | undefined => {
  const { bitsAllocated } = facts
  const bytes = frameBytes(facts)
  if (bytes === undefined) return undefined
  if (bytes > BigInt(limits.pixelMatrixBytes)) return 'bad-pixel-matrix'
  if (pixelData?.valueLength === undefined || bitsAllocated === undefined) return undefined
  return bytes > BigInt(pixelData.valueLength) ? 'pixel-data-too-short' : undefined
}
