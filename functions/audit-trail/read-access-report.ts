import type { AccessReport, PatientSearch } from '../../shared/contracts/http/privacy.ts'
import { verifyBundle, type Verification } from '../../shared/domain/audit/verify-bundle.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { caseChain } from '../../shared/ledger/audit-chain.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { casesOfPatient, patientDigest } from '../../shared/ledger/patient-index.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import { auditVerifier } from '../../shared/runtime/audit-verifier.ts'
import { accessesIn, inWords } from './accesses.ts'
import { checkpointsOf, trailOf, type AuditTrailPorts } from './read-audit-trail.ts'

export interface AccessReportPorts extends AuditTrailPorts {
  readonly keys: Pick<KeyVault, 'mac' | 'publicKey'>
}

type Log = AccessReport['cases'][number]['log']

function logOf(verified: Verification): Log {
  if (verified.outcome === 'intact')
    return { outcome: 'intact', records: verified.records, checkpoints: verified.checkpoints }
  // The chain is declared, so that a log without a record is broken.
  if (verified.outcome === 'nothing-to-prove') throw new Error('a declared chain without records was not found broken')
  return { outcome: 'broken', broken: verified.broken, number: verified.number }
}

/** Verified while it is read: a report over a broken log says so instead of looking whole. */
async function reportOn(
  ports: AccessReportPorts,
  referralId: ReferralId,
  network: NetworkIndex,
): Promise<AccessReport['cases'][number]> {
  const publicKey = await ports.keys.publicKey()
  const [checkpoints, records] = [await checkpointsOf(ports, referralId), await trailOf(ports, referralId)]
  const bundle = { schema: 'overread/audit-bundle@1', chains: [caseChain(referralId)], records, checkpoints, publicKey }
  return {
    referralId,
    log: logOf(verifyBundle(bundle, auditVerifier(publicKey))),
    accesses: accessesIn(records, network),
  }
}

/**
 * Who saw what of a patient over all their cases at this cell. Itself an access, recorded in each of them before anything is
 * answered; the patient id stands in no record of it.
 */
export async function readAccessReport(
  ports: AccessReportPorts,
  { body, context }: { body: PatientSearch; context: Asking },
): Promise<AccessReport> {
  authoriseWithoutCase('readAccessReport', context.principal)
  const { orgId } = context.principal
  const network = await ports.network.current()
  if (network.sites.get(body.siteId)?.orgId !== orgId) throw new Refusal('unknown-organisation')
  const referralIds = await casesOfPatient(ports.store, orgId, await patientDigest(ports.keys, orgId, body))
  for (const referralId of referralIds) await recordAccess(ports, context, { action: 'read', referralId })
  if (referralIds.length === 0) await recordAccess(ports, context, { action: 'query' })
  const cases = []
  for (const referralId of referralIds) cases.push(await reportOn(ports, referralId, network))
  const report = { generatedAt: ports.clock.now(), cases }
  return { ...report, text: inWords(report) }
}
