import * as z from 'zod'
import type { DicomFacts } from './dicom-facts.ts'
import { comparePersonNames } from './person-name.ts'

/** Why an object is not taken for one of the referral's patient and study. */
export const IDENTITY_MISMATCH_TITLES = {
  'study-differs': 'The object belongs to another study',
  'series-differs': 'The object belongs to another series',
  'instance-differs': 'The object is not the one that the manifest announced',
  'patient-id-differs': 'The Patient ID is not that of the referral',
  'patient-id-missing': 'The object has no Patient ID, and name and birth date do not both confirm the patient',
  'patient-id-issuer-differs': 'The Patient ID was issued by somebody else',
  'patient-name-differs': "The patient's name is not that of the referral",
  'birth-date-differs': "The patient's birth date is not that of the referral",
} as const
export type IdentityMismatch = keyof typeof IDENTITY_MISMATCH_TITLES

export const IdentityMismatchSchema = z
  .enum(Object.keys(IDENTITY_MISMATCH_TITLES) as [IdentityMismatch, ...IdentityMismatch[]])
  .meta({ id: 'IdentityMismatch', description: 'Why an object is not of the referral it was sent for' })

/** What manifest and referral say the object is. */
export interface ExpectedIdentity {
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
  readonly patientId: string
  readonly issuerOfPatientId?: string | undefined
  /** `Family^Given`; groups parted by `=`. */
  readonly patientName?: string | undefined
  /** `YYYY-MM-DD` or `YYYYMMDD`. */
  readonly patientBirthDate?: string | undefined
}

export type IdentityCheck =
  { readonly kind: 'match' } | { readonly kind: 'mismatch'; readonly reasons: readonly IdentityMismatch[] }

type Agreement = 'agrees' | 'differs' | 'unstated'

const agreement = (
  stated: string | undefined,
  expected: string | undefined,
  compare: (one: string, other: string) => Agreement,
): Agreement => (stated === undefined || expected === undefined ? 'unstated' : compare(stated, expected))

const identical = (one: string, other: string): Agreement => (one.trim() === other.trim() ? 'agrees' : 'differs')
const sameDate = (one: string, other: string): Agreement =>
  identical(one.replaceAll('-', ''), other.replaceAll('-', ''))
const sameName = (one: string, other: string): Agreement => NAME_AGREEMENT[comparePersonNames(one, other)]
const NAME_AGREEMENT = { same: 'agrees', compatible: 'unstated', different: 'differs' } as const

/**
 * Matches one object with the referral by UIDs, Patient ID, name and birth date (control DCM-12). Whatever is stated on both
 * sides must agree. A missing Patient ID is made good only by name *and* birth date; nothing is ever guessed, since
 * the wrong patient's images under a name are worse than images that wait for a person to look.
 */
export const checkIdentity = (facts: DicomFacts, expected: ExpectedIdentity): IdentityCheck => {
  const patientId = agreement(facts.patientId, expected.patientId, identical)
  const name = agreement(facts.patientName, expected.patientName, sameName)
  const birthDate = agreement(facts.patientBirthDate, expected.patientBirthDate, sameDate)
  const confirmed = patientId !== 'unstated' || (name === 'agrees' && birthDate === 'agrees')
  const isOther = (stated: string | undefined, wanted: string | undefined): boolean =>
    wanted !== undefined && stated !== wanted
  const found: readonly (readonly [boolean, IdentityMismatch])[] = [
    [isOther(facts.studyInstanceUid, expected.studyInstanceUid), 'study-differs'],
    [isOther(facts.seriesInstanceUid, expected.seriesInstanceUid), 'series-differs'],
    [isOther(facts.sopInstanceUid, expected.sopInstanceUid), 'instance-differs'],
    [patientId === 'differs', 'patient-id-differs'],
    [!confirmed, 'patient-id-missing'],
    [
      agreement(facts.issuerOfPatientId, expected.issuerOfPatientId, identical) === 'differs',
      'patient-id-issuer-differs',
    ],
    [name === 'differs', 'patient-name-differs'],
    [birthDate === 'differs', 'birth-date-differs'],
  ]
  const reasons = found.filter(([isFound]) => isFound).map(([, reason]) => reason)
  return reasons.length === 0 ? { kind: 'match' } : { kind: 'mismatch', reasons }
}
