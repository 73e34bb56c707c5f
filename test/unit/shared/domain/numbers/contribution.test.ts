import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CaseCommand } from '../../../../../shared/domain/case/commands.ts'
import type { CaseEvent } from '../../../../../shared/domain/case/events.ts'
import {
  contributionOf,
  counterChanges,
  follow,
  type CounterChange,
  type Followed,
} from '../../../../../shared/domain/numbers/contribution.ts'
import { addCounts, figuresOf, flowCounts, gather, type Slot } from '../../../../../shared/domain/numbers/figures.ts'
import { anyHistory, birthOf, historyOf } from '../../../../builders/case-history.ts'
import { naiveFigures, naiveFlow } from './naive-figures.ts'

const changesOf = (events: readonly CaseEvent[]): CounterChange[] => {
  let followed: Followed | undefined
  return events.flatMap((e) => {
    const after = follow(followed, e)
    const changes = counterChanges(followed, after)
    followed = after
    return changes
  })
}

const followAll = (events: readonly CaseEvent[]): Followed => {
  let followed: Followed | undefined
  for (const e of events) followed = follow(followed, e)
  return followed!
}

const birth = fc
  .record({
    siteId: fc.constantFrom('alder-main', 'alder-north'),
    pathwayId: fc.constantFrom('stroke', 'routine-ortho'),
    urgency: fc.constantFrom('stat' as const, 'routine' as const),
  })
  .map((changes) => birthOf(changes))

/** Counters of one organisation over days, as the store would hold them after the changes came in this order. */
const countersOf = (changes: readonly (CounterChange & Slot)[], orgId: string, days: RegExp) =>
  gather(changes.filter((one) => one.orgId === orgId && days.test(one.period)))

const placed = (events: readonly CaseEvent[]): (CounterChange & Slot)[] => {
  const { siteId, pathwayId } = followAll(events).case
  return changesOf(events).map((change) => ({ ...change, siteId, pathwayId }))
}

const byName = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

describe('key figures from counters', () => {
  test('are what sorting all cases gives, whatever order the events were counted in', () => {
    const orgs = fc.constantFrom('alder-hospital', 'alpine-reading', 'baltic-reading', 'network-desk')
    const histories = fc.array(anyHistory(birth), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(histories, orgs, fc.infiniteStream(fc.nat()), (all, orgId, draws) => {
        const changes = all
          .flatMap((events) => placed(events))
          .map((change) => [draws.next().value as number, change] as const)
          .sort(([a], [b]) => a - b)
          .map(([, change]) => change)
        for (const [days, prefix] of [
          [/^day#2026-11/, 'day'],
          [/^month#2026-11/, 'month'],
        ] as const) {
          const slots = countersOf(changes, orgId, days)
          expect(figuresOf(slots, () => true).sort(byName), prefix).toEqual(
            naiveFigures(all, orgId, '2026-11').sort(byName),
          )
          expect(flowCounts(slots).sort(byName), prefix).toEqual(naiveFlow(all, orgId, '2026-11').sort(byName))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('never fall below nothing once every event is counted', () => {
    fc.assert(
      fc.property(anyHistory(birth), (events) => {
        for (const { counts } of gather(placed(events))) {
          expect(Object.entries(counts).filter(([, count]) => count < 0)).toEqual([])
        }
      }),
    )
  })
})

const submit = { command: 'submit', birth: birthOf(), vetting: 'manual', rule: 'r' } as const
const START = '2026-11-24T03:00:00.000Z'
const cancelled = (reason: string) =>
  historyOf(START, [
    [0, submit],
    [4, { command: 'accept' }],
    [1, { command: 'cancel', reason }],
  ])

describe('what a case adds', () => {
  test('a referral made by mistake leaves no trace in any counter', () => {
    const slots = gather(placed(cancelled('entered-in-error')))
    expect(slots.flatMap(({ counts }) => Object.values(counts)).filter((count) => count !== 0)).toEqual([])
    expect(gather(placed(cancelled('patient-declined'))).some(({ counts }) => (counts['cancelled'] ?? 0) > 0)).toBe(
      true,
    )
  })

  test('minutes spent waiting for the referrer are not the acceptance time of the reading side', () => {
    const events = historyOf(START, [
      [0, submit],
      [2, { command: 'request-information', item: 'prior-study' }],
      [600, { command: 'provide-information' }],
      [3, { command: 'accept' }],
    ])
    expect(contributionOf(followAll(events)).get('day#2026-11-24')).toMatchObject({ acc5: 1, accJudged: 1, accMet: 1 })
  })

  test('a case is overdue while a breached clock runs, and no longer once it is answered by progress', () => {
    const steps = [
      [0, submit],
      [11, { command: 'fire-due', now: '' }],
    ] as const
    expect(contributionOf(followAll(historyOf(START, steps))).get('now')).toEqual({ overdue: 1 })
    const accepted = historyOf(START, [...steps, [1, { command: 'accept' }]])
    expect(contributionOf(followAll(accepted)).get('now')).toBeUndefined()
  })

  test('an escalation of an earlier stay in triage does not make the present one overdue', () => {
    const events = historyOf(START, [
      [0, submit],
      [11, { command: 'fire-due', now: '' }],
      [1, { command: 'request-information', item: 'prior-study' }],
      [5, { command: 'provide-information' }],
    ])
    expect(followAll(events).case.phase.state).toBe('triage')
    expect(contributionOf(followAll(events)).get('now')).toBeUndefined()
  })

  test('an escalation that needed a second rung before somebody took it up was not answered in time', () => {
    const events = historyOf(START, [
      [0, submit],
      [11, { command: 'fire-due', now: '' }],
      [11, { command: 'fire-due', now: '' }],
      [3, { command: 'acknowledge-escalation', escalationId: '1'.padStart(26, '0') }],
    ])
    const counts = contributionOf(followAll(events)).get('day#2026-11-24') ?? {}
    expect(counts).toMatchObject({ esc14: 1, escJudged: 1 })
    expect(counts['escMet']).toBeUndefined()
  })

  test('a case that went from one group to another is counted under the one that read it', () => {
    const held = (readerId: string, groupOrgId: string) => ({ readerId, groupOrgId, decisionId: 'd' })
    const taken = (claim: ReturnType<typeof held>): (readonly [number, CaseCommand])[] => [
      [1, { command: 'offer', ...claim, poolId: 'p', tier: 0 }],
      [1, { command: 'claim', claim }],
    ]
    const events = historyOf(START, [
      [0, submit],
      [1, { command: 'accept' }],
      [1, { command: 'open-upload', uploadId: 'u', objects: 1, studyInstanceUid: '1.2' }],
      [1, { command: 'count-images', expected: 1, stored: 1, failed: 0, complete: true }],
      ...taken(held('r-one', 'alpine-reading')),
      [1, { command: 'release-claim', readerId: 'r-one', because: 'returned' }],
      ...taken(held('r-two', 'baltic-reading')),
      [9, { command: 'file-report', kind: 'final', reportId: 'r', readerId: 'r-two', sha256: 'a' }],
    ])
    const slots = gather(placed(events).filter(({ orgId, period }) => orgId === 'alder-hospital' && period !== 'now'))
    const groups = figuresOf(slots, () => true).map(({ readingGroupId }) => readingGroupId)
    expect(new Set(groups)).toEqual(new Set(['baltic-reading']))
  })

  test('an escalation of a routine case is not part of the escalation figure', () => {
    const routine = birthOf({ urgency: 'routine' })
    const steps = [
      [0, { ...submit, birth: routine }],
      [11, { command: 'fire-due', now: '' }],
      [3, { command: 'acknowledge-escalation', escalationId: '1'.padStart(26, '0') }],
    ] as const
    const fields = (events: readonly CaseEvent[]) =>
      Object.keys(contributionOf(followAll(events)).get('day#2026-11-24') ?? {})
    expect(fields(historyOf(START, steps))).not.toContain('esc3')
    const stat = historyOf(START, [[0, submit], ...steps.slice(1)])
    expect(fields(stat)).toEqual(expect.arrayContaining(['esc3', 'escJudged', 'escMet']))
  })

  test('an escalation that nobody answered before the case ended is missed and has no duration', () => {
    const events = historyOf(START, [
      [0, submit],
      [11, { command: 'fire-due', now: '' }],
      [3, { command: 'cancel', reason: 'patient-declined' }],
    ])
    const counts = contributionOf(followAll(events)).get('day#2026-11-24') ?? {}
    expect(counts['escJudged']).toBe(1)
    expect(Object.keys(counts).filter((field) => /^esc(\d+|Met)$/.test(field))).toEqual([])
  })
})

const tenCases = (n: number) =>
  gather(
    Array.from({ length: n }, (_, at) =>
      placed(
        historyOf(START, [
          [0, submit],
          [at + 1, { command: 'accept' }],
        ]),
      ),
    )
      .flat()
      .filter(({ orgId, period }) => orgId === 'alder-hospital' && period.startsWith('day#')),
  )

describe('small numbers of somebody else', () => {
  test('fewer than ten cases show how many they are and nothing more', () => {
    const [figure] = figuresOf(tenCases(9), () => false)
    expect(figure).toMatchObject({ measure: 'acceptance', n: 9, medianMinutes: null, p95Minutes: null })
    expect(figure?.inTargetPercent).toBeNull()
  })

  test('ten cases are shown to others too, and one case is shown to its own site', () => {
    expect(figuresOf(tenCases(10), () => false)[0]).toMatchObject({ n: 10, medianMinutes: 5, inTargetPercent: 100 })
    expect(figuresOf(tenCases(1), () => true)[0]).toMatchObject({ n: 1, medianMinutes: 1, p95Minutes: 1 })
  })
})

test('adding up counts adds field by field', () => {
  expect(addCounts({ a: 1 }, { a: 2, b: 3 })).toEqual({ a: 3, b: 3 })
})
