import type { PixelData } from './data-set-walk.ts'
import type { DicomFacts } from './dicom-facts.ts'
import type { DicomLimits } from './limits.ts'
import type { DicomRejection } from './rejection.ts'

/** Chroma-subsampled native pixels hold two samples a pixel, whatever Samples per Pixel says (PS3.3 C.7.6.3.1.2). */
const storedSamples = (facts: DicomFacts): number => {
  const samples = facts.samplesPerPixel ?? 1
  return samples === 3 && /_42[02]$/.test(facts.photometricInterpretation ?? '')
    ? /_420$/.test(facts.photometricInterpretation ?? '')
      ? 1.5
      : 2
    : samples
}

/**
 * Control DCM-08. A matrix that does not fit its pixel data makes the decoder behind the gate read past its buffer, or
 * shows a reader part of an image as if it were the whole. BigInt, since the product of the limits of US, IS and US
 * exceeds what a double counts exactly.
 */
export const judgePixelExtent = (
  facts: DicomFacts,
  pixelData: PixelData | undefined,
  limits: DicomLimits,
): DicomRejection | undefined => {
  const { rows, columns, bitsAllocated } = facts
  if (rows === undefined || columns === undefined) return undefined
  const frames = facts.numberOfFrames ?? 1
  const twiceSamples = BigInt(Math.round(storedSamples(facts) * 2))
  const bits = (BigInt(rows) * BigInt(columns) * BigInt(frames) * twiceSamples * BigInt(bitsAllocated ?? 8)) / 2n
  const bytes = (bits + 7n) / 8n
  if (bytes > BigInt(limits.pixelMatrixBytes)) return 'bad-pixel-matrix'
  if (pixelData?.valueLength === undefined || bitsAllocated === undefined) return undefined
  return bytes > BigInt(pixelData.valueLength) ? 'pixel-data-too-short' : undefined
}
