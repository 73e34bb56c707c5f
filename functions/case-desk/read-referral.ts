import type { Referral } from '../../shared/contracts/http/referrals.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { ownRecordAccess, type OwnRecordAccess } from '../../shared/domain/access/own-record.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits, type Permit } from '../../shared/domain/residency/decide.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { openPatient, type PatientRecord } from '../../shared/ledger/patient-seal.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { askForReader } from '../../shared/ledger/residency-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface ReadPorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly keys: Pick<KeyVault, 'open'>
  readonly cell: CellFacts
  readonly clock: Clock
}

/** What lets somebody see who the patient is: their own organisation's record, or a decision that allows an identifiable view. */
type PatientGrant = OwnRecordAccess | Permit<'view_in_region_identifiable', 'metadata'>

async function grantFor(ports: ReadPorts, authorised: AuthorisedCase, context: Asking): Promise<PatientGrant> {
  const own = ownRecordAccess(authorised.case, context.principal)
  if (own !== undefined) return own
  const { network } = authorised
  const setting = { network, policy: await ports.network.policy(), cell: ports.cell, now: ports.clock.now() }
  const decision = askForReader(authorised.case, context.principal, 'metadata', setting)
  if (!permits(decision, 'view_in_region_identifiable'))
    throw new Refusal('residency-forbidden', { mode: decision.mode })
  return decision
}

/** Cannot be called without a grant. */
const releasePatient = (ports: ReadPorts, authorised: AuthorisedCase, _grant: PatientGrant): Promise<PatientRecord> =>
  openPatient(ports.keys, authorised.case)

const residencyOf = (grant: PatientGrant): Referral['residency'] =>
  'record' in grant
    ? { mode: grant.mode, ruleIds: [...grant.record.ruleIds], policyVersion: grant.record.policyVersion }
    : { mode: 'own-record', ruleIds: [], policyVersion: '' }

/** Patient and clinical context, once the record that says who saw them is durable. */
export async function readReferral(
  ports: ReadPorts,
  asked: { params: { referralId: ReferralId }; context: Asking },
): Promise<Referral> {
  const { context } = asked
  const authorised = await authoriseCase(ports, 'readReferral', context.principal, asked.params.referralId)
  const grant = await grantFor(ports, authorised, context)
  await recordAccess(ports, context, {
    action: 'read',
    referralId: authorised.case.referralId,
    ...('record' in grant ? { decision: grant.record } : {}),
  })
  const record = await releasePatient(ports, authorised, grant)
  return { ...caseStatus(authorised.case, authorised.version), ...record, residency: residencyOf(grant) }
}
