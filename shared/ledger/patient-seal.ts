import * as z from 'zod'
import {
  ClinicalContextSchema,
  ClinicalContextV1Schema,
  PatientSchema,
  TakenOrderSchema,
  type SubmitReferral,
} from '../contracts/http/referrals.ts'
import type { InCell } from '../domain/access/in-cell.ts'
import type { OnCopies, PatientRelease } from '../domain/access/releases.ts'
import { orgOf, type Case, type ReferralId, type Sealed } from '../domain/case/case.ts'
import type { KeyVault, SealContext } from '../ports/key-vault.ts'
import type { OpeningRight } from '../ports/rights.ts'

/** Who the patient is and why they are imaged: the one part of a referral that no list, log, key or queue ever holds. */
export const PatientRecordV1Schema = z.strictObject({
  patient: PatientSchema,
  clinical: ClinicalContextV1Schema,
  order: TakenOrderSchema,
})
/** Reads the first form too: it says more and asks no more. */
export const PatientRecordSchema = PatientRecordV1Schema.extend({ clinical: ClinicalContextSchema })
export type PatientRecord = z.infer<typeof PatientRecordSchema>

const contextOf = (
  referralId: ReferralId,
  origin: string,
  purpose: 'patient-record' | 'instance-metadata' = 'patient-record',
): SealContext => ({ org: orgOf(referralId), case: referralId, purpose, residency: origin })

export const sealPatient = (
  vault: Pick<KeyVault, 'seal'>,
  referralId: ReferralId,
  origin: string,
  { patient, clinical, order }: SubmitReferral,
): Promise<Sealed> => vault.seal(JSON.stringify({ patient, clinical, order }), contextOf(referralId, origin))

type Opener = Pick<KeyVault, 'open'>

const open = async (by: OpeningRight, vault: Opener, c: Case): Promise<PatientRecord> =>
  PatientRecordSchema.parse(JSON.parse(await vault.open(by, c.patient, contextOf(c.referralId, c.origin))))

export const openPatient = (
  by: PatientRelease | InCell<'judge-arrival' | 'file-report' | 'free-guards'>,
  vault: Opener,
  c: Case,
): Promise<PatientRecord> => open(by, vault, c)

/** All that a reader of copies may be told of the record; who the patient is stays here. */
export async function openForCopies(
  by: OnCopies<'metadata'>,
  vault: Opener,
  c: Case,
): Promise<Pick<PatientRecord['patient'], 'sex'> & Pick<PatientRecord['clinical'], 'safety'>> {
  const { patient, clinical } = await open(by, vault, c)
  return { sex: patient.sex, safety: clinical.safety }
}

/** The header of an image, in the words of modality and site. */
export const sealMetadata = (vault: Pick<KeyVault, 'seal'>, c: Case, json: string): Promise<Sealed> =>
  vault.seal(json, contextOf(c.referralId, c.origin, 'instance-metadata'))

export const openMetadata = (
  by: InCell<'index-study' | 'file-report'>,
  vault: Opener,
  c: Case,
  sealed: Sealed,
): Promise<string> => vault.open(by, sealed, contextOf(c.referralId, c.origin, 'instance-metadata'))
