import type { Matrix } from '../dicom/pixel-extent.ts'
import { asciiText } from './element-value.ts'

/** What the data set says of itself at its top level, as far as the decision to release a copy needs it. */
export interface CopyFacts {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** Id of the patient, or of the study where there is none: what replacements hang on. Never leaves the region. */
  readonly patientKey: string
  readonly modality: string
  readonly bodyPart: string
  readonly descriptions: string
  readonly imageType: readonly string[]
  readonly burnedIn: string
  readonly recognizable: string
  readonly conversionType: string
}

const tags = {
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  modality: 0x00080060,
  patientId: 0x00100020,
  studyInstanceUid: 0x0020000d,
  bodyPart: 0x00180015,
  burnedIn: 0x00280301,
  recognizable: 0x00280302,
  conversionType: 0x00080064,
  imageType: 0x00080008,
} as const

const matrixTags = {
  samplesPerPixel: 0x00280002,
  rows: 0x00280010,
  columns: 0x00280011,
  bitsAllocated: 0x00280100,
} as const
const [framesTag, photometricTag] = [0x00280008, 0x00280004]

/** Study, series and protocol descriptions: where a head is often named when BodyPartExamined is not. */
const descriptionTags = [0x00081030, 0x0008103e, 0x00181030, 0x00321060]

/** All tags that the facts need; none of them is below a sequence. */
export const factTags: ReadonlySet<number> = new Set([
  ...Object.values(tags),
  ...Object.values(matrixTags),
  framesTag,
  photometricTag,
  ...descriptionTags,
])

export const copyFacts = (values: ReadonlyMap<number, Uint8Array>): CopyFacts => {
  const text = (tag: number) => asciiText(values.get(tag) ?? new Uint8Array(0)).trim()
  return {
    sopClassUid: text(tags.sopClassUid),
    sopInstanceUid: text(tags.sopInstanceUid),
    patientKey: text(tags.patientId) || text(tags.studyInstanceUid),
    modality: text(tags.modality).toUpperCase(),
    bodyPart: text(tags.bodyPart).toUpperCase(),
    descriptions: descriptionTags.map(text).join(' ').toUpperCase(),
    imageType: text(tags.imageType).toUpperCase().split('\\'),
    burnedIn: text(tags.burnedIn).toUpperCase(),
    recognizable: text(tags.recognizable).toUpperCase(),
    conversionType: text(tags.conversionType).toUpperCase(),
  }
}

/** How many frames there are of what size: what of the pixel data is pixels. */
export const matrixOf = (values: ReadonlyMap<number, Uint8Array>, littleEndian: boolean): Matrix => {
  const count = (tag: number): number | undefined => {
    const [first, second] = values.get(tag) ?? []
    if (first === undefined || second === undefined) return undefined
    return littleEndian ? first + second * 256 : first * 256 + second
  }
  const frames = Number(asciiText(values.get(framesTag) ?? new Uint8Array(0)).trim())
  return {
    rows: count(matrixTags.rows),
    columns: count(matrixTags.columns),
    samplesPerPixel: count(matrixTags.samplesPerPixel),
    bitsAllocated: count(matrixTags.bitsAllocated),
    numberOfFrames: Number.isInteger(frames) && frames > 0 ? frames : undefined,
    photometricInterpretation: asciiText(values.get(photometricTag) ?? new Uint8Array(0)).trim(),
  }
}
