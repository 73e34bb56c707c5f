import type { BodyOf } from '../../shared/contracts/routes.ts'
import type { Phase, ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { DownloadSigner, ObjectStore, UploadSigner } from '../../shared/ports/object-store.ts'

export interface ReportPorts extends DeskPorts {
  readonly keys: Pick<KeyVault, 'sign' | 'open'>
  readonly objects: ObjectStore
  readonly uploads: Pick<UploadSigner, 'signPuts'>
  readonly downloads: DownloadSigner
  readonly network: ResidencyDirectory
  readonly cell: CellFacts
}

export interface ReportAsked<B = null> {
  readonly params: { readonly referralId: ReferralId }
  readonly body: B
  readonly context: Asking
}

/** All three kinds of report are filed with the same body. */
export type SignAsked = ReportAsked<BodyOf<'signFinal'>>

/** The reader of the token; the permission table has let nobody else come here. */
export function readerIdOf({ principal }: Asking): string {
  if (principal.readerId === undefined) throw new Refusal('not-permitted')
  return principal.readerId
}

/** Held up by a question or an exception, a case goes back to the reader who had claimed it. */
const isKeptFor = (phase: Phase, readerId: string | undefined): boolean =>
  'returnTo' in phase && 'claim' in phase.returnTo && phase.returnTo.claim.readerId === readerId

/**
 * A reader who knows the case but does not hold it is told so: it waits for somebody's answer, their claim has lapsed, or a
 * colleague has it. Whoever has nothing to do with the case still learns nothing of it.
 */
export async function asHolder<T>(
  { store }: Pick<ReportPorts, 'store'>,
  { params, context: { principal } }: Omit<ReportAsked, 'body'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const isReader = principal.readerId !== undefined && principal.roles.includes('reader')
    if (!isReader || !(thrown instanceof Refusal) || thrown.code !== 'not-permitted') throw thrown
    const phase = (await loadCase(store, params.referralId))?.case.phase
    throw phase !== undefined && isKeptFor(phase, principal.readerId)
      ? new Refusal('illegal-transition', { state: phase.state })
      : new Refusal('claim-lost')
  }
}
