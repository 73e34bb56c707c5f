import type { QueueMessage } from '../contracts/messages.ts'
import type { Case } from '../domain/case/case.ts'
import type { CaseEvent } from '../domain/case/events.ts'
import { counterChanges, follow, type CounterChange, type Followed } from '../domain/numbers/contribution.ts'
import { Refusal } from '../domain/refusal.ts'
import { loadEvents } from './case-ledger.ts'
import { CaseErased, isErased, transactBesideCase } from './erased-case.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'

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
  await countFrom(ports, events, fromEvent)
}

async function countFrom(
  ports: CountPorts,
  events: readonly CaseEvent[],
  fromEvent: number,
  counted: ReadonlySet<string> = new Set(),
): Promise<void> {
  let followed: Followed | undefined
  for (const [at, e] of events.entries()) {
    const after = follow(followed, e)
    if (at >= fromEvent) {
      const byOrg = Map.groupBy(counterChanges(followed, after), ({ orgId }) => orgId)
      for (const [orgId, changes] of byOrg) {
        const { sort } = keys.counted(after.case.referralId, at + 1, orgId)
        if (!counted.has(sort)) await countOnce(ports, after, at + 1, orgId, changes)
      }
    }
    followed = after
  }
}

/** Before a case is erased: what no message has counted yet could never be counted again. */
export async function countUncounted(ports: CountPorts, { referralId, eventCount }: Case): Promise<void> {
  const guards = walkPartition(ports.store, casePartition(referralId), { from: 'counted#', to: 'counted#~' })
  const counted = new Set(await Array.fromAsync(guards, ({ sort }) => sort))
  await countFrom(ports, await loadEvents(ports.store, referralId, 0, eventCount), 0, counted)
}
