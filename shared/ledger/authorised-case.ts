import { accessTo, type PermittedOperation } from '../domain/access/permissions.ts'
import type { Principal } from '../domain/access/principal.ts'
import { relationsOf } from '../domain/access/relations.ts'
import type { ReferralId } from '../domain/case/case.ts'
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
  const access = accessTo(operation, principal, relationsOf(loaded.case, principal, network))
  switch (access) {
    case 'permitted':
      return loaded
    case 'hidden':
      throw new Refusal('not-found')
    case 'not-permitted':
      throw new Refusal('not-permitted')
  }
}

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
