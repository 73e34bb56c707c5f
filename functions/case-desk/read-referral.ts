import type { DeidentifiedReferral, Referral } from '../../shared/contracts/http/referrals.ts'
import type { OnCopies, PatientRelease } from '../../shared/domain/access/releases.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { openForCopies, openPatient, type PatientRecord } from '../../shared/ledger/patient-seal.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { grantToRead } from '../../shared/ledger/residency-question.ts'
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

const releasePatient = async (
  ports: ReadPorts,
  { case: c }: AuthorisedCase,
  by: PatientRelease,
): Promise<PatientRecord & Pick<Referral, 'notes'>> => ({
  ...(await openPatient(by, ports.keys, c)),
  notes: await openNotes(by, ports, c),
})

const OLDEST_YEARS = 90

async function releaseDeidentified(
  ports: ReadPorts,
  { case: c }: AuthorisedCase,
  by: OnCopies<'metadata'>,
): Promise<DeidentifiedReferral['deidentified']> {
  const { sex, safety } = await openForCopies(by, ports.keys, c)
  const { patientAgeYears, laterality } = c.order
  const keepsCharacteristics = ports.cell.copies?.policy.keepPatientCharacteristics === true
  const age = patientAgeYears === undefined ? {} : { ageYears: Math.min(OLDEST_YEARS, patientAgeYears) }
  return {
    ...(keepsCharacteristics ? { ...age, ...(sex === undefined ? {} : { sex }) } : {}),
    bodyRegion: c.bodyRegion,
    ...(laterality === undefined ? {} : { laterality }),
    ...(safety === undefined ? {} : { safety }),
  }
}

const residencyOf = (grant: PatientRelease | OnCopies<'metadata'>): Referral['residency'] =>
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
