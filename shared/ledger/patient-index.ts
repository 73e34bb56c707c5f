import type { Patient } from '../contracts/http/referrals.ts'
import { orgOf, ReferralIdSchema, type ReferralId } from '../domain/case/case.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import { keyedDigest } from './keyed-digest.ts'
import { keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

export interface PatientAsKnown extends Pick<Patient, 'patientId' | 'issuerOfPatientId'> {
  readonly siteId: string
}

/** The site is part of it: the same number at two sites of one organisation may be two people. */
export const patientDigest = (
  vault: Pick<KeyVault, 'mac'>,
  orgId: string,
  { siteId, issuerOfPatientId = '', patientId }: PatientAsKnown,
): Promise<string> => keyedDigest(vault, ['patient', orgId, siteId, issuerOfPatientId, patientId])

/** The patient's row of a case, written with its first event. */
export async function patientRow(
  vault: Pick<KeyVault, 'mac'>,
  referralId: ReferralId,
  patient: PatientAsKnown,
): Promise<RecordWrite> {
  const orgId = orgOf(referralId)
  const key = keys.patientCase(orgId, await patientDigest(vault, orgId, patient), referralId)
  return { write: 'put', when: 'always', ...key, body: { referralId } }
}

export async function casesOfPatient(store: RecordStore, orgId: string, digest: string): Promise<ReferralId[]> {
  const found: ReferralId[] = []
  const { partition } = keys.patientCase(orgId, digest, '')
  for await (const { sort } of walkPartition(store, partition)) found.push(ReferralIdSchema.parse(sort))
  return found
}
