import type { ReferralId } from '../domain/case/case.ts'
import { addMinutes, type Instant } from '../domain/instant.ts'
import { Refusal } from '../domain/refusal.ts'
import type { RecordStore, RecordWrite, TransactOutcome } from '../ports/record-store.ts'
import type { Clock, IdSource } from '../ports/surroundings.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

/** To whoever asks, a case that was never there; a message about it has nothing left to do and is done with. */
export class CaseErased extends Refusal {
  constructor() {
    super('not-found')
  }
}

/** Put as the case goes out of sight, and never taken away: what was begun before stays out by it, however late it comes. */
export const erasedMark = (referralId: ReferralId, at: Instant): RecordWrite => ({
  write: 'put',
  when: 'absent',
  ...keys.erased(referralId),
  body: { at },
})

export const isErased = async (
  { store }: { readonly store: Pick<RecordStore, 'read'> },
  referralId: ReferralId,
): Promise<boolean> => (await store.read(keys.erased(referralId))) !== undefined

export const unlessErased = (referralId: ReferralId): RecordWrite => ({
  write: 'check',
  when: 'absent',
  ...keys.erased(referralId),
})

export function requireNotErased(referralId: ReferralId, outcome: TransactOutcome): void {
  const { partition, sort } = keys.erased(referralId)
  if (outcome.outcome === 'committed') return
  if (outcome.at.partition === partition && outcome.at.sort === sort) throw new CaseErased()
}

/** Every write beside a case that is not on condition of the case itself: an erased one takes none. */
export async function transactBesideCase(
  { store }: { readonly store: RecordStore },
  referralId: ReferralId,
  writes: readonly RecordWrite[],
): Promise<TransactOutcome> {
  const outcome = await store.transact([unlessErased(referralId), ...writes])
  requireNotErased(referralId, outcome)
  return outcome
}

/** As long as any function may run: whoever said that it was at work and has not ended by then has died. */
const LONGEST_RUN_MINUTES = 15

interface WorkPorts {
  readonly store: RecordStore
  readonly clock: Clock
  readonly ids: IdSource
}

/**
 * Work that lays objects down, which no store does on condition of a record: it says so first, and an erasure waits for its
 * end. Not begun for an erased case.
 */
export async function underWay<T>(ports: WorkPorts, referralId: ReferralId, work: () => Promise<T>): Promise<T> {
  const mark = keys.underWay(referralId, ports.ids.next())
  const expiresAt = addMinutes(ports.clock.now(), LONGEST_RUN_MINUTES)
  await transactBesideCase(ports, referralId, [{ write: 'put', when: 'absent', ...mark, body: {}, expiresAt }])
  try {
    return await work()
  } finally {
    // A mark that stays behind expires: what was done stands all the same.
    await ports.store.transact([{ write: 'remove', when: 'always', ...mark }]).catch(() => undefined)
  }
}

/** Refuses while anything is under way: what it lays down would be left, or kept by a lock, after everything else is gone. */
export async function requireQuiet({ store }: { readonly store: RecordStore }, referralId: ReferralId): Promise<void> {
  const range = { from: 'under-way#', to: 'under-way#~' }
  for await (const { sort } of walkPartition(store, casePartition(referralId), range))
    throw new Refusal('busy', { what: sort.split('#')[0] ?? '' })
}
