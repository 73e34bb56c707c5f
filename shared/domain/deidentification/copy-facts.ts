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

/** Study, series and protocol descriptions: where a head is often named when BodyPartExamined is not. */
const descriptionTags = [0x00081030, 0x0008103e, 0x00181030, 0x00321060]

/** All tags that the facts need; none of them is below a sequence. */
export const factTags: ReadonlySet<number> = new Set([...Object.values(tags), ...descriptionTags])

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
