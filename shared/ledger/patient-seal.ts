import * as z from 'zod'
import {
  ClinicalContextSchema,
  PatientSchema,
  TakenOrderSchema,
  type SubmitReferral,
} from '../contracts/http/referrals.ts'
import { orgOf, type Case, type ReferralId, type Sealed } from '../domain/case/case.ts'
import type { KeyVault, SealContext } from '../ports/key-vault.ts'

/** Who the patient is and why they are imaged: the one part of a referral that no list, log, key or queue ever holds. */
export const PatientRecordSchema = z.strictObject({
  patient: PatientSchema,
  clinical: ClinicalContextSchema,
  order: TakenOrderSchema,
})
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

/** Opens it inside the cell, for matching images and for those whom `releasePatient` lets see it. */
export const openPatient = async (vault: Pick<KeyVault, 'open'>, c: Case): Promise<PatientRecord> =>
  PatientRecordSchema.parse(JSON.parse(await vault.open(c.patient, contextOf(c.referralId, c.origin))))

/** The header of an image, in the words of modality and site. */
export const sealMetadata = (vault: Pick<KeyVault, 'seal'>, c: Case, json: string): Promise<Sealed> =>
  vault.seal(json, contextOf(c.referralId, c.origin, 'instance-metadata'))

export const openMetadata = (vault: Pick<KeyVault, 'open'>, c: Case, sealed: Sealed): Promise<string> =>
  vault.open(sealed, contextOf(c.referralId, c.origin, 'instance-metadata'))
