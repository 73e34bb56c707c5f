import * as z from 'zod'
import type { DicomJson } from './dicom-json-values.ts'
import type { AcceptedObject } from './inspect-object.ts'

/** What a viewer must know to show a frame it gets without its header (PS3.3 C.7.6.3 and C.11.2). Nothing of the patient. */
export const ImageDisplaySchema = z
  .strictObject({
    rows: z.int().positive(),
    columns: z.int().positive(),
    frames: z.int().positive(),
    samplesPerPixel: z.int().positive(),
    photometricInterpretation: z.string(),
    planarConfiguration: z.int().optional(),
    bitsAllocated: z.int().positive(),
    bitsStored: z.int().positive().optional(),
    highBit: z.int().nonnegative().optional(),
    pixelRepresentation: z.int().optional(),
    windowCenter: z.number().optional(),
    windowWidth: z.number().optional(),
    rescaleSlope: z.number().optional(),
    rescaleIntercept: z.number().optional(),
    pixelSpacing: z.array(z.number()).length(2).optional(),
  })
  .meta({ id: 'ImageDisplay' })
export type ImageDisplay = z.infer<typeof ImageDisplaySchema>

/** Where the pixels of a stored object are, so that a frame is found without reading the header again. */
export const StoredPixelsSchema = z.strictObject({
  valueOffset: z.int().positive(),
  /** Null for encapsulated pixel data. */
  valueLength: z.int().nonnegative().nullable(),
  display: ImageDisplaySchema,
})
export type StoredPixels = z.infer<typeof StoredPixelsSchema>

const optionalNumbers = {
  planarConfiguration: '00280006',
  bitsStored: '00280101',
  highBit: '00280102',
  pixelRepresentation: '00280103',
  windowCenter: '00281050',
  windowWidth: '00281051',
  rescaleSlope: '00281053',
  rescaleIntercept: '00281052',
} as const

const numbersOf = (json: DicomJson, tag: string): number[] =>
  (json[tag]?.Value ?? []).filter((value) => typeof value === 'number')

function optionalDisplay(json: DicomJson): Partial<ImageDisplay> {
  const spacing = numbersOf(json, '00280030')
  const found = Object.entries(optionalNumbers).flatMap(([name, tag]) => {
    const [value] = numbersOf(json, tag)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(found), ...(spacing.length === 2 ? { pixelSpacing: spacing } : {}) }
}

/**
 * The pixels of an object as the index keeps them; undefined where there are none to show one by one: reports, waveforms,
 * float pixels, and deflated objects, whose offsets say nothing of the stored bytes.
 */
export function storedPixelsOf({ facts, layout }: AcceptedObject, json: DicomJson): StoredPixels | undefined {
  const { pixelData, deflated } = layout
  const { rows, columns, bitsAllocated, photometricInterpretation } = facts
  if (pixelData === undefined || deflated) return undefined
  const parsed = StoredPixelsSchema.safeParse({
    valueOffset: pixelData.valueOffset,
    valueLength: pixelData.valueLength ?? null,
    display: {
      rows,
      columns,
      frames: facts.numberOfFrames ?? 1,
      samplesPerPixel: facts.samplesPerPixel ?? 1,
      photometricInterpretation,
      bitsAllocated,
      ...optionalDisplay(json),
    },
  })
  return parsed.success ? parsed.data : undefined
}
