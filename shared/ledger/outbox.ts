import { caseOf, OutboxMessageSchema, type OutboxMessage } from '../contracts/messages.ts'
import type { Case, ReferralId } from '../domain/case/case.ts'
import type { CaseEvent } from '../domain/case/events.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import { plain } from './case-rows.ts'
import { keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

/** Handed to the dispatcher at least once, and only if the transaction that it is written in commits. */
export const outboxWrite = (referralId: ReferralId, id: string, message: OutboxMessage): RecordWrite => ({
  write: 'put',
  when: 'absent',
  ...keys.outbox(referralId, id),
  body: plain(message),
})

/**
 * What a change must set in motion. Derived from the events alone and written in their transaction: there is no window in
 * which a case waits for a reader and nobody has been told.
 */
export function outboxFor(before: Case | undefined, after: Case, events: readonly CaseEvent[]): OutboxMessage[] {
  const { referralId, urgency } = after
  const types = new Set(events.map((e) => e.type))
  const needsReader =
    after.phase.state === 'study-available' &&
    (before?.phase.state !== 'study-available' || types.has('overflow-entered'))
  const needsDelivery =
    after.phase.state === 'final-signed' && (before?.phase.state !== 'final-signed' || types.has('delivery-failed'))
  const writtenAt = events.at(-1)?.at
  if (writtenAt === undefined) return []
  const messages: OutboxMessage[] = []
  if (needsReader) messages.push({ queue: `route-${urgency}`, message: { kind: 'route-case', referralId }, writtenAt })
  if (needsDelivery) messages.push({ queue: 'delivery', message: { kind: 'deliver-report', referralId }, writtenAt })
  const fromEvent = before?.eventCount ?? 0
  messages.push({
    queue: 'numbers',
    message: { kind: 'count-events', referralId, fromEvent, toEvent: after.eventCount },
    writtenAt,
  })
  return messages
}

/** What of a case was not handed over yet, among that of others. */
export async function outboxRowsOf(store: RecordStore, referralId: ReferralId): Promise<RecordKey[]> {
  const rows = await Array.fromAsync(walkPartition(store, keys.outbox(referralId, '').partition))
  return rows.filter(({ body }) => {
    const { data } = OutboxMessageSchema.safeParse(body)
    return data !== undefined && caseOf(data.message) === referralId
  })
}
