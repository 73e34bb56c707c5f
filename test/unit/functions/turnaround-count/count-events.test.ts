import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countEvents } from '../../../../shared/ledger/count-events.ts'
import { entry } from '../../../../functions/turnaround-count/entry.ts'
import type { CaseEvent } from '../../../../shared/domain/case/events.ts'
import { replay } from '../../../../shared/domain/case/evolve.ts'
import { figuresOf, flowCounts, gather } from '../../../../shared/domain/numbers/figures.ts'
import { plain } from '../../../../shared/ledger/case-rows.ts'
import { countsOf, slotOf } from '../../../../shared/ledger/counters.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import { untilDelivered } from '../../../builders/case-builder.ts'
import { anyHistory, birthOf } from '../../../builders/case-history.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { naiveFigures, naiveFlow } from '../../shared/domain/numbers/naive-figures.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const referralIdOf = (events: readonly CaseEvent[]) => replay(events).referralId

async function store(events: readonly CaseEvent[]): Promise<void> {
  await room.ports.store.transact(
    events.map((e, at) => ({
      write: 'put',
      when: 'absent',
      ...keys.event(referralIdOf(events), at + 1),
      body: plain(e),
    })),
  )
}
const message = (referralId: string, fromEvent: number, toEvent: number) => ({
  kind: 'count-events' as const,
  referralId,
  fromEvent,
  toEvent,
})
const counters = (orgId: string, prefix: string) =>
  gather(
    room
      .everyRecord()
      .filter(({ partition, sort }) => partition === `org#${orgId}#numbers` && sort.startsWith(prefix))
      .map(({ sort, body }) => ({ ...slotOf(sort), counts: countsOf(body) })),
  )
const byName = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

describe('counting events', () => {
  test('messages split anywhere, repeated and out of order give what looking at all cases gives', async () => {
    const histories = fc.sample(anyHistory(fc.constant(birthOf())), { numRuns: 12, seed: 20261124 })
    const all = histories.map((events, at) =>
      events.map((e) =>
        e.type === 'referral-drafted'
          ? {
              ...e,
              birth: birthOf({ referralId: `alder-hospital.${String(at).padStart(26, '0')}` }),
            }
          : e,
      ),
    )
    for (const events of all) await store(events)
    const random = fc.sample(fc.nat(), { numRuns: 4000, seed: 7 })
    const messages = all.flatMap((events) => {
      const cuts = events.map((_, at) => at + 1).filter((at) => at === events.length || (random.pop() ?? 0) % 2 === 0)
      return cuts.map((to, at) => message(referralIdOf(events), cuts[at - 1] ?? 0, to))
    })
    const twice = [...messages, ...messages]
      .map((one) => [random.pop() ?? 0, one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one)
    for (const one of twice) await countEvents(room.ports, one)
    for (const orgId of ['alder-hospital', 'alpine-reading', 'network-desk']) {
      for (const month of ['2026-10', '2026-11', '2026-12']) {
        for (const prefix of [`day#${month}`, `month#${month}`]) {
          const slots = counters(orgId, prefix)
          expect(figuresOf(slots, () => true).sort(byName)).toEqual(naiveFigures(all, orgId, month).sort(byName))
          expect(flowCounts(slots).sort(byName)).toEqual(naiveFlow(all, orgId, month).sort(byName))
        }
      }
    }
  })

  test('two deliveries of one message at the same moment count once', async () => {
    const [events] = fc.sample(anyHistory(fc.constant(birthOf())), { numRuns: 1, seed: 3 })
    await store(events!)
    const one = message(referralIdOf(events!), 0, events!.length)
    await Promise.all([countEvents(room.ports, one), countEvents(room.ports, one), countEvents(room.ports, one)])
    const [slot] = counters('alder-hospital', 'day#')
    expect(slot?.counts['submitted']).toBe(1)
  })

  test('a message that comes before its events is retried, never forgotten', async () => {
    await expect(countEvents(room.ports, message('alder-hospital.' + '0'.repeat(26), 0, 2))).rejects.toMatchObject({
      code: 'busy',
    })
  })

  test('a counter that could not be written fails the message', async () => {
    const [events] = fc.sample(anyHistory(fc.constant(birthOf())), { numRuns: 1, seed: 3 })
    await store(events!)
    const busy: RecordStore = {
      ...room.ports.store,
      transact: () =>
        Promise.resolve({ outcome: 'condition-failed', at: { partition: 'p', sort: 'another' }, found: undefined }),
    }
    const counted = countEvents({ ...room.ports, store: busy }, message(referralIdOf(events!), 0, events!.length))
    await expect(counted).rejects.toMatchObject({ code: 'busy' })
  })

  test('a figure that cannot be counted is the desk’s, beside the case and after it was closed, once', async () => {
    for (const one of [...untilDelivered, { command: 'acknowledge' } as const]) await room.command(one)
    const before = (await room.loaded()).case
    const busy: RecordStore = {
      ...room.ports.store,
      transact: (writes) =>
        writes.some(({ sort }) => sort.startsWith('counted#'))
          ? Promise.resolve({ outcome: 'condition-failed', at: { partition: 'p', sort: 'another' }, found: undefined })
          : room.ports.store.transact(writes),
    }
    const handler = entry({ ...room.ports, store: busy, log: createLog(() => undefined) })
    const { referralId, eventCount } = before
    for (const attempt of [1, 4, 5, 5]) {
      const { batchItemFailures } = await handler(queueEvent([message(referralId, 0, eventCount)], attempt), noContext)
      expect(batchItemFailures).toHaveLength(1)
      if (attempt < 5) expect((await room.loaded()).case).toEqual(before)
    }
    const { case: after } = await room.loaded()
    expect(after.exceptions).toMatchObject([{ code: 'figures-uncounted', owner: { personId: 'p-operations' } }])
    expect(after.phase).toEqual(before.phase)
    expect(nextDueAt(after)).toBe(addMinutes(after.exceptions[0]?.raisedAt ?? '', 24 * 60))
  })

  test('the function handles a batch, and a figure that cannot be counted touches no other case', async () => {
    const [events] = fc.sample(anyHistory(fc.constant(birthOf())), { numRuns: 1, seed: 3 })
    await store(events!)
    const lines: string[] = []
    const handler = entry({ ...room.ports, log: createLog((line) => lines.push(line)) })
    const good = message(referralIdOf(events!), 0, events!.length)
    const event = queueEvent([good, message('nobody-known.' + '0'.repeat(26), 0, 3)], 5)
    const { batchItemFailures } = await handler(event, noContext)
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }])
    expect(counters('alder-hospital', 'day#')[0]?.counts['submitted']).toBe(1)
    expect(lines.some((line) => line.includes('message-given-up'))).toBe(true)
  })
})
