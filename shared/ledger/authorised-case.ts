import { accessTo, type Access, type PermittedOperation } from '../domain/access/permissions.ts'
import type { Principal } from '../domain/access/principal.ts'
import { relationsOf, type Relation } from '../domain/access/relations.ts'
import { orgOf, type ReferralId } from '../domain/case/case.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { Refusal } from '../domain/refusal.ts'
import type { NetworkDirectory } from '../ports/network-directory.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { loadCase, type LoadedCase } from './case-ledger.ts'

/** Refuses unless the permission table lets this principal do this to this case. A stranger gets the answer of a missing case. */
export function authorise(
  loaded: LoadedCase | undefined,
  operation: PermittedOperation,
  principal: Principal,
  network: NetworkIndex,
): LoadedCase {
  if (loaded === undefined) throw new Refusal('not-found')
  requireAccess(accessTo(operation, principal, relationsOf(loaded.case, principal, network)))
  return loaded
}

function requireAccess(access: Access): void {
  switch (access) {
    case 'permitted':
      return
    case 'hidden':
      throw new Refusal('not-found')
    case 'not-permitted':
      throw new Refusal('not-permitted')
  }
}

/** For what outlives the case: the owner is in the id, so it can be asked when there is no case to ask it of. */
export const authoriseOwner = (operation: PermittedOperation, principal: Principal, referralId: ReferralId): void =>
  requireAccess(
    accessTo(operation, principal, new Set<Relation>(orgOf(referralId) === principal.orgId ? ['referring'] : [])),
  )

/** For operations that are about no one case. */
export function authoriseWithoutCase(operation: PermittedOperation, principal: Principal): void {
  if (accessTo(operation, principal, 'no-case') !== 'permitted') throw new Refusal('not-permitted')
}

export interface AuthorisedCase extends LoadedCase {
  readonly network: NetworkIndex
}

/** Loads a case for a read: relation and permission checked on the version that is then shown. */
export async function authoriseCase(
  ports: { readonly store: RecordStore; readonly network: NetworkDirectory },
  operation: PermittedOperation,
  principal: Principal,
  referralId: ReferralId,
): Promise<AuthorisedCase> {
  const network = await ports.network.current()
  return { ...authorise(await loadCase(ports.store, referralId), operation, principal, network), network }
}
