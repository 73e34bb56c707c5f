import type { DeidentifiedReferral, Referral } from '../../shared/contracts/http/referrals.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { openPatient, type PatientRecord } from '../../shared/ledger/patient-seal.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { grantToRead, type ReadingGrant } from '../../shared/ledger/residency-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'
import { openNotes } from './case-notes.ts'

export interface ReadPorts {
  readonly store: RecordStore
  readonly network: ResidencyDirectory
  readonly keys: Pick<KeyVault, 'open'>
  readonly cell: CellFacts
  readonly clock: Clock
}

type Grant<G extends ReadingGrant<'metadata'>['grant']> = Extract<ReadingGrant<'metadata'>, { grant: G }>['by']
type PatientGrant = Grant<'identifiable'>
type CopyGrant = Grant<'copies'>

/** Cannot be called without a grant. */
const releasePatient = async (
  ports: ReadPorts,
  { case: c }: AuthorisedCase,
  _grant: PatientGrant,
): Promise<PatientRecord & Pick<Referral, 'notes'>> => ({
  ...(await openPatient(ports.keys, c)),
  notes: await openNotes(ports, c),
})

const OLDEST_YEARS = 90

/** Cannot be called without a decision that allows copies; opened in the cell, of which only what is listed here leaves. */
async function releaseDeidentified(
  ports: ReadPorts,
  { case: c }: AuthorisedCase,
  _grant: CopyGrant,
): Promise<DeidentifiedReferral['deidentified']> {
  const { patient, clinical } = await openPatient(ports.keys, c)
  const { patientAgeYears, laterality } = c.order
  const keepsCharacteristics = ports.cell.copies?.policy.keepPatientCharacteristics === true
  const age = patientAgeYears === undefined ? {} : { ageYears: Math.min(OLDEST_YEARS, patientAgeYears) }
  return {
    ...(keepsCharacteristics ? { ...age, ...(patient.sex === undefined ? {} : { sex: patient.sex }) } : {}),
    bodyRegion: c.bodyRegion,
    ...(laterality === undefined ? {} : { laterality }),
    ...(clinical.safety === undefined ? {} : { safety: clinical.safety }),
  }
}

const residencyOf = (grant: PatientGrant | CopyGrant): Referral['residency'] =>
  'record' in grant
    ? { mode: grant.mode, ruleIds: [...grant.record.ruleIds], policyVersion: grant.record.policyVersion }
    : { mode: 'own-record', ruleIds: [], policyVersion: '' }

/** Patient, clinical context and notes, once the record that says who saw them is durable. */
export async function readReferral(
  ports: ReadPorts,
  asked: { params: { referralId: ReferralId }; context: Asking },
): Promise<Referral | DeidentifiedReferral> {
  const { context } = asked
  const authorised = await authoriseCase(ports, 'readReferral', context.principal, asked.params.referralId)
  const granted = await grantToRead(ports, authorised, context.principal, 'metadata')
  const { by } = granted
  await recordAccess(ports, context, {
    action: 'read',
    referralId: authorised.case.referralId,
    ...('record' in by ? { decision: by.record } : {}),
  })
  const status = { ...caseStatus(authorised.case, authorised.version), residency: residencyOf(by) }
  switch (granted.grant) {
    case 'identifiable':
      return { ...status, ...(await releasePatient(ports, authorised, granted.by)) }
    case 'copies':
      return { ...status, deidentified: await releaseDeidentified(ports, authorised, granted.by) }
  }
}
