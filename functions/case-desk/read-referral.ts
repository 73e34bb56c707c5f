import type { DeidentifiedReferral, Referral } from '../../shared/contracts/http/referrals.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { ownRecordAccess, type OwnRecordAccess } from '../../shared/domain/access/own-record.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits, type Permit } from '../../shared/domain/residency/decide.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { openPatient, type PatientRecord } from '../../shared/ledger/patient-seal.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { askForReader, settingFor } from '../../shared/ledger/residency-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface ReadPorts {
  readonly store: RecordStore
  readonly network: ResidencyDirectory
  readonly keys: Pick<KeyVault, 'open'>
  readonly cell: CellFacts
  readonly clock: Clock
}

/** What lets somebody see who the patient is: their own organisation's record, or a decision that allows an identifiable view. */
type PatientGrant = OwnRecordAccess | Permit<'view_in_region_identifiable', 'metadata'>
type CopyGrant = Permit<'transfer_deidentified', 'metadata'>

async function grantFor(
  ports: ReadPorts,
  authorised: AuthorisedCase,
  context: Asking,
): Promise<{ readonly patient: PatientGrant } | { readonly copies: CopyGrant }> {
  const own = ownRecordAccess(authorised.case, context.principal)
  if (own !== undefined) return { patient: own }
  const { network } = authorised
  const setting = await settingFor(ports, network, authorised.case)
  const decision = askForReader(authorised.case, context.principal, 'metadata', setting)
  const identifiable = permits(decision, 'view_in_region_identifiable') ? decision : undefined
  if (identifiable !== undefined) return { patient: identifiable }
  if (permits(decision, 'transfer_deidentified')) return { copies: decision }
  throw new Refusal('residency-forbidden', { mode: decision.mode })
}

/** Cannot be called without a grant. */
const releasePatient = (ports: ReadPorts, authorised: AuthorisedCase, _grant: PatientGrant): Promise<PatientRecord> =>
  openPatient(ports.keys, authorised.case)

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

/** Patient and clinical context, once the record that says who saw them is durable. */
export async function readReferral(
  ports: ReadPorts,
  asked: { params: { referralId: ReferralId }; context: Asking },
): Promise<Referral | DeidentifiedReferral> {
  const { context } = asked
  const authorised = await authoriseCase(ports, 'readReferral', context.principal, asked.params.referralId)
  const granted = await grantFor(ports, authorised, context)
  const grant = 'patient' in granted ? granted.patient : granted.copies
  await recordAccess(ports, context, {
    action: 'read',
    referralId: authorised.case.referralId,
    ...('record' in grant ? { decision: grant.record } : {}),
  })
  const status = { ...caseStatus(authorised.case, authorised.version), residency: residencyOf(grant) }
  if ('copies' in granted) {
    return { ...status, deidentified: await releaseDeidentified(ports, authorised, granted.copies) }
  }
  return { ...status, ...(await releasePatient(ports, authorised, granted.patient)) }
}
