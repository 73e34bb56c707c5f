import { withoutTail } from '../without-tail.ts'
import type { DicomJson } from '../dicom/dicom-json-values.ts'

/** Whose case it is, as the referral says. */
export interface HomePatient {
  readonly patientId: string
  readonly issuerOfPatientId?: string | undefined
  readonly name: { readonly family: string; readonly given?: string | undefined }
  readonly birthDate?: string | undefined
  readonly sex?: string | undefined
}

/** A document's patient and study once it is home. */
export interface HomeIdentity {
  readonly patientId: string
  readonly patientName: string
  /** What stands at the top level by tag, whatever the document says. */
  readonly values: ReadonlyMap<number, string>
}

/** Characters that part components and values (PS3.5 6.2, 6.2.1): within one they would make two. */
const oneComponent = (text: string): string => text.replace(/[\\^=]/g, ' ')
const oneValue = (text: string): string => text.replaceAll('\\', ' ')

/** Attributes of the General Study module (PS3.3 C.7.2.1) that a copy has moved or lost; all are of type 2. */
const STUDY_TAGS = [0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00200010]
const STUDY_DESCRIPTION = 0x00081030

const headerText = (header: DicomJson, tag: number): string => {
  const value = header[tag.toString(16).padStart(8, '0').toUpperCase()]?.Value?.[0]
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  const { Alphabetic, Ideographic, Phonetic } = value as Record<string, string | undefined>
  return withoutTail([Alphabetic, Ideographic, Phonetic].map((group) => group ?? '').join('='), '=')
}

/**
 * The patient of the referral, and the study as the header of one of its originals has it. Where no header is kept, what a
 * copy says of the study is emptied rather than believed: its date is years off.
 */
export const homeIdentity = (patient: HomePatient, header: DicomJson): HomeIdentity => {
  const { family, given } = patient.name
  const patientId = oneValue(patient.patientId)
  const patientName = [family, ...(given === undefined ? [] : [given])].map(oneComponent).join('^')
  const description = headerText(header, STUDY_DESCRIPTION)
  const { issuerOfPatientId, birthDate, sex } = patient
  return {
    patientId,
    patientName,
    values: new Map([
      [0x00100020, patientId],
      [0x00100010, patientName],
      ...(issuerOfPatientId === undefined ? [] : ([[0x00100021, oneValue(issuerOfPatientId)]] as const)),
      ...(birthDate === undefined ? [] : ([[0x00100030, birthDate.replaceAll('-', '')]] as const)),
      ...(sex === undefined || sex === 'U' ? [] : ([[0x00100040, sex]] as const)),
      ...STUDY_TAGS.map((tag) => [tag, headerText(header, tag)] as const),
      ...(description === '' ? [] : ([[STUDY_DESCRIPTION, description]] as const)),
    ]),
  }
}
