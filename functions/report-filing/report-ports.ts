import type { BodyOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
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

/**
 * A reader who knows the case but does not hold it is told so: their claim has lapsed, or a colleague has it. Whoever has
 * nothing to do with the case still learns nothing of it.
 */
export async function asHolder<T>({ principal }: Asking, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const isReader = principal.readerId !== undefined && principal.roles.includes('reader')
    if (isReader && thrown instanceof Refusal && thrown.code === 'not-permitted') throw new Refusal('claim-lost')
    throw thrown
  }
}
