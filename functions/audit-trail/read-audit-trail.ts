import type { AuditEventBundle } from '../../shared/contracts/http/audit.ts'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import { AuditRecordSchema, type AuditRecord } from '../../shared/domain/audit/audit-record.ts'
import { SignedCheckpointSchema, type SignedCheckpoint } from '../../shared/domain/audit/checkpoint.ts'
import type { AuditBundle } from '../../shared/domain/audit/verify-bundle.ts'
import type { PermittedOperation } from '../../shared/domain/access/permissions.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { caseChain } from '../../shared/ledger/audit-chain.ts'
import { AnchorSchema, checkpointKey, type Anchor } from '../../shared/ledger/audit-checkpoint.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { ObjectStore } from '../../shared/ports/object-store.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'
import { auditEventOf } from './audit-event.ts'

export interface AuditTrailPorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly objects: Pick<ObjectStore, 'head' | 'readRange'>
  readonly keys: Pick<KeyVault, 'publicKey'>
  readonly clock: Clock
}

interface Asked {
  readonly params: { readonly referralId: ReferralId }
  readonly context: Asking
}

export async function trailOf(ports: AuditTrailPorts, referralId: ReferralId): Promise<AuditRecord[]> {
  const records: AuditRecord[] = []
  for await (const record of recordsUnder(ports.store, referralId, 'audit#'))
    records.push(AuditRecordSchema.parse(record.body))
  return records
}

async function checkpointAt(ports: AuditTrailPorts, anchor: Anchor): Promise<SignedCheckpoint | undefined> {
  const ref = { bucket: 'audit' as const, key: checkpointKey(anchor) }
  const head = await ports.objects.head(ref)
  // Signed this very minute and not yet locked away: the records are there, and the next bundle has its checkpoint.
  if (head === undefined) return undefined
  const bytes = await ports.objects.readRange(inCell('verify-audit'), ref, 0, head.bytes)
  return SignedCheckpointSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}

export async function checkpointsOf(ports: AuditTrailPorts, referralId: ReferralId): Promise<SignedCheckpoint[]> {
  const checkpoints: SignedCheckpoint[] = []
  for await (const { body } of recordsUnder(ports.store, referralId, 'audit-anchor#')) {
    const checkpoint = await checkpointAt(ports, AnchorSchema.parse(body))
    if (checkpoint !== undefined) checkpoints.push(checkpoint)
  }
  return checkpoints
}

/** Reading the trail is itself an access, and stands in the trail that is read. */
async function authorised(
  ports: AuditTrailPorts,
  operation: PermittedOperation,
  { params, context }: Asked,
): Promise<void> {
  const { case: c } = await authoriseCase(ports, operation, context.principal, params.referralId)
  await recordAccess(ports, context, { action: 'read', referralId: c.referralId })
}

/** Who did and saw what of a case, with what an auditor needs to verify it without us. */
export async function readAuditTrail(ports: AuditTrailPorts, asked: Asked): Promise<AuditBundle> {
  await authorised(ports, 'readAuditTrail', asked)
  const { referralId } = asked.params
  return {
    schema: 'overread/audit-bundle@1',
    chains: [caseChain(referralId)],
    records: await trailOf(ports, referralId),
    checkpoints: await checkpointsOf(ports, referralId),
    publicKey: await ports.keys.publicKey(),
  }
}

export async function readAuditEvents(ports: AuditTrailPorts, asked: Asked): Promise<AuditEventBundle> {
  await authorised(ports, 'readAuditEvents', asked)
  const records = await trailOf(ports, asked.params.referralId)
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: records.map((record) => ({ fullUrl: `urn:overread:audit:${record.hash}`, resource: auditEventOf(record) })),
  }
}
