import type { QueueMessage } from '../../shared/contracts/messages.ts'
import { counterChanges, follow, type CounterChange, type Followed } from '../../shared/domain/numbers/contribution.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { loadEvents } from '../../shared/ledger/case-ledger.ts'
import { CaseErased, isErased, transactBesideCase } from '../../shared/ledger/erased-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { RecordStore, RecordWrite } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface CountPorts {
  readonly store: RecordStore
  readonly clock: Clock
}

/**
 * One organisation's counters and the guard that says they hold this event, together or not at all: a message that comes
 * twice finds the guard. One transaction an organisation keeps each far below the limit of a transaction.
 */
async function countOnce(
  ports: CountPorts,
  { case: c }: Followed,
  event: number,
  orgId: string,
  changes: readonly CounterChange[],
): Promise<void> {
  const guard = keys.counted(c.referralId, event, orgId)
  const counters = changes.map(({ period, readingGroupId, counts }): RecordWrite => ({
    write: 'add',
    ...keys.numbers(orgId, period, c.siteId, readingGroupId, c.pathwayId),
    counts,
  }))
  const outcome = await transactBesideCase(ports, c.referralId, [
    { write: 'put', when: 'absent', ...guard, body: { at: ports.clock.now() } },
    ...counters,
  ])
  if (outcome.outcome === 'committed' || outcome.at.sort === guard.sort) return
  throw new Refusal('busy', { what: 'counter' })
}

/** Counts the events of a message into the key figures, each exactly once, however often and in whatever order they come. */
export async function countEvents(ports: CountPorts, message: QueueMessage<'numbers'>): Promise<void> {
  const { referralId, fromEvent, toEvent } = message
  const events = await loadEvents(ports.store, referralId, 0, toEvent)
  if (events.length < toEvent && (await isErased(ports, referralId))) throw new CaseErased()
  // The message was written with its events; a store that does not show them yet will after a retry.
  if (events.length < toEvent) throw new Refusal('busy', { what: 'events' })
  let followed: Followed | undefined
  for (const [at, e] of events.entries()) {
    const after = follow(followed, e)
    if (at >= fromEvent) {
      const byOrg = Map.groupBy(counterChanges(followed, after), ({ orgId }) => orgId)
      for (const [orgId, changes] of byOrg) await countOnce(ports, after, at + 1, orgId, changes)
    }
    followed = after
  }
}
