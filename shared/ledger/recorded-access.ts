import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import type { Asking } from './asking.ts'
import { appendAudit, caseChain, orgChain } from './audit-chain.ts'

export interface AccessPorts {
  readonly store: RecordStore
  readonly clock: Clock
}

type Access = Pick<AuditEntry, 'action'> & Partial<Pick<AuditEntry, 'referralId' | 'decision' | 'facts'>>

/**
 * Writes down who is about to be shown what: in the trail of the case, or of the caller's organisation where it is about no
 * one case. Whatever is released waits for it; where it cannot be written, nothing is.
 */
export async function recordAccess(
  { store, clock }: AccessPorts,
  { actor, operation, principal, requestId }: Asking,
  access: Access,
): Promise<void> {
  const at = clock.now()
  const chain = access.referralId === undefined ? orgChain(principal.orgId, at) : caseChain(access.referralId)
  await appendAudit(store, chain, [{ at, by: actor, operation, outcome: 'success', requestId, ...access }])
}
