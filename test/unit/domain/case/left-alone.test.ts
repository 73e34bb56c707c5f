import { describe, expect, test } from 'vitest'
import { type Case, type Escalation } from '../../../../shared/domain/case/case.ts'
import { StoredCaseSchema } from '../../../../shared/domain/case/stored-case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import type { DecisionContext } from '../../../../shared/domain/case/consequences.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import type { CaseEvent } from '../../../../shared/domain/case/events.ts'
import { isTerminal } from '../../../../shared/domain/case/states.ts'
import { minutesBetween } from '../../../../shared/domain/instant.ts'
import { asWritten } from '../../../builders/earlier-case.ts'
import {
  contextAt,
  course,
  directory,
  offer,
  report,
  submit,
  untilAvailable,
  untilClaimed,
  untilDelivered,
  untilFinal,
} from '../../../builders/case-builder.ts'

const DAYS = 60
const MOST_BYTES = 100 * 1024
/** Every one of them is a version of the case, an audit record and a message. */
const MOST_EVENTS = 400
/** A stat case asks for a reader every hour to the end. */
const MOST_ROUNDS = 24 * DAYS

/** Nobody but the sweep touches the case. */
function leftAlone(before: readonly CaseCommand[]): { readonly case: Case; readonly events: readonly CaseEvent[] } {
  const events: CaseEvent[] = []
  let { case: current } = course(before)
  const end = new Date(Date.parse(nextDueAt(current) ?? '') + DAYS * 24 * 60 * 60_000).toISOString()
  for (let due = nextDueAt(current); due !== null && due < end; due = nextDueAt(current)) {
    const decision = decideCase(current, { command: 'fire-due', now: due }, contextAt(due))
    if (decision.kind === 'refused') throw new Error(`what was due was refused: ${decision.code}`)
    events.push(...decision.events)
    current = decision.case
    if (!isTerminal(current.phase.state)) expect([current.owner, current.timer]).not.toContain(null)
  }
  return { case: current, events }
}

const pathways = ['stroke', 'urgent-inpatient', 'oncology-follow-up', 'routine-orthopaedic']
const waits: [string, (submitted: CaseCommand) => readonly CaseCommand[]][] = [
  ['vetting', (first) => [{ ...first, vetting: 'manual' } as CaseCommand]],
  ['an upload', (first) => [first]],
  ['a reader', (first) => [first, ...untilAvailable.slice(1)]],
  ['an answer to its offer', (first) => [first, ...untilAvailable.slice(1), offer]],
  ['its reader', (first) => [first, ...untilClaimed.slice(1)]],
  ['information', (first) => [first, ...untilClaimed.slice(1), { command: 'request-information', item: 'consent' }]],
  ['its final report', (first) => [first, ...untilClaimed.slice(1), report('preliminary')]],
  ['delivery', (first) => [first, ...untilFinal.slice(1)]],
  ['acknowledgement', (first) => [first, ...untilDelivered.slice(1)]],
  [
    'somebody to end its exception',
    (first) => [first, ...untilClaimed.slice(1), { command: 'raise-exception', code: 'processing-failed' }],
  ],
]

describe.each(pathways)('a case of %s left alone for 60 days', (pathwayId) => {
  test.each(waits)('that waits for %s stays small and in somebody’s hands', (_, before) => {
    const { case: c, events } = leftAlone(before(submit(pathwayId)))
    expect(JSON.stringify(c).length).toBeLessThan(MOST_BYTES)
    const rounds = events.filter(({ type }) => type === 'overflow-entered')
    expect(rounds.length).toBeLessThan(MOST_ROUNDS + MOST_EVENTS)
    expect(events.length - rounds.length).toBeLessThan(MOST_EVENTS)
    expect(isTerminal(c.phase.state) || nextDueAt(c) !== null).toBe(true)
  })
})

const callsOf = (events: readonly CaseEvent[], on: string): Escalation[] =>
  events.flatMap((e) => (e.type === 'escalated' && e.escalation.clock === on ? [e.escalation] : []))

describe('the calls of a case that nobody answers', () => {
  const { case: c, events } = leftAlone([submit('stroke')])
  const calls = callsOf(events, 'state:exception')
  const pauses = calls.slice(1).map((one, at) => minutesBetween(calls[at]?.raisedAt ?? '', one.raisedAt))

  test('keep the pace of a stat case for four hours, then slow to one a day, and never stop', () => {
    const raisedAt = c.exceptions[0]?.raisedAt ?? ''
    for (const [at, one] of calls.slice(0, -1).entries()) {
      if (minutesBetween(raisedAt, one.raisedAt) < 4 * 60) expect(pauses[at]).toBeCloseTo(15 / 4)
      else expect(pauses[at]).toBeGreaterThanOrEqual(pauses[at - 1] ?? 0)
    }
    expect(Math.max(...pauses)).toBe(24 * 60)
  })

  test('are numbered without a gap, although the case holds the newest and the first alone', () => {
    expect(calls.map(({ rung }) => rung)).toEqual(calls.map((_, at) => at + 1))
    const held = c.escalations.map(({ rung }) => rung)
    expect(held.slice(0, 2)).toEqual([1, 2])
    expect(held.slice(-3)).toEqual([calls.length - 2, calls.length - 1, calls.length])
    expect(held.length).toBeLessThan(15)
  })

  test('of an exception raised anew begin at the pace of a new one', () => {
    const at = (c.timer?.startedAt ?? '').replace(/:\d\d\.\d+Z/, ':59.999Z')
    const steps: CaseCommand[] = [
      { command: 'resolve-exception', resolution: 'retry' },
      { command: 'raise-exception', code: 'processing-failed' },
    ]
    let current = c
    for (const step of steps) {
      const decision = decideCase(current, step, contextAt(at))
      if (decision.kind === 'accepted') current = decision.case
    }
    const due = nextDueAt(current) ?? ''
    const called = decideCase(current, { command: 'fire-due', now: due }, contextAt(due))
    if (called.kind === 'refused') throw new Error(called.code)
    expect(minutesBetween(due, nextDueAt(called.case) ?? '')).toBeCloseTo(15 / 4)
  })

  test('reach everybody of the ladder, who all may still see the case', () => {
    expect(new Set(c.escalations.map(({ personId }) => personId))).toEqual(
      new Set(calls.map(({ personId }) => personId)),
    )
  })
})

test('a case of the release before, with a thousand calls in it, is read, and is small after its next one', () => {
  const { case: c } = course([submit('stroke')])
  const call = (rung: number): Escalation => ({
    ...{ escalationId: String(rung).padStart(26, '0'), clock: 'state:exception', rung, rungName: 'executive' },
    ...{ orgId: 'overread-operations', personId: 'p-executive', raisedAt: '2026-11-24T03:00:00.000Z' },
  })
  const escalations = Array.from({ length: 1000 }, (_, at) => call(at + 1))
  const raised = decideCase(
    { ...c, escalations },
    { command: 'raise-exception', code: 'no-images' },
    contextAt(c.timer?.dueAt ?? ''),
  )
  if (raised.kind === 'refused') throw new Error(raised.code)
  const stored = StoredCaseSchema.parse(JSON.parse(JSON.stringify(asWritten('overread/case@1', raised.case))))
  expect(stored.escalations).toHaveLength(1000)
  const due = nextDueAt(stored) ?? ''
  const called = decideCase(stored, { command: 'fire-due', now: due }, contextAt(due))
  expect(called).toMatchObject({ kind: 'accepted' })
  if (called.kind === 'refused') return
  expect(called.case.escalations.at(-1)?.rung).toBe(1001)
  expect(called.case.escalations.length).toBeLessThan(10)
})

describe('a case that nobody may read now', () => {
  const shiftStartsAt = '2026-11-25T09:17:00.000Z'
  const context = (at: string): DecisionContext => ({
    ...contextAt(at),
    directory: { ...directory, nextShiftAt: (_, instant) => (instant < shiftStartsAt ? shiftStartsAt : undefined) },
  })
  const roundsOf = (pathwayId: string, until: string): string[] => {
    let { case: current } = course([submit(pathwayId), ...untilAvailable.slice(1)])
    const rounds: string[] = []
    for (let due = nextDueAt(current); due !== null && due < until; due = nextDueAt(current)) {
      const decision = decideCase(current, { command: 'fire-due', now: due }, context(due))
      if (decision.kind === 'refused') throw new Error(decision.code)
      if (decision.events.some(({ type }) => type === 'overflow-entered')) rounds.push(due)
      current = decision.case
    }
    return rounds
  }

  test('asks again every minute for four hours where it is stat, and then at least every hour', () => {
    const rounds = roundsOf('stroke', '2026-11-26T03:00:00.000Z')
    const availableAt = '2026-11-24T03:02:00.000Z'
    for (const [at, round] of rounds.slice(1).entries()) {
      const [before = ''] = rounds.slice(at)
      expect(minutesBetween(before, round)).toBeLessThanOrEqual(minutesBetween(availableAt, before) < 4 * 60 ? 1 : 60)
    }
    expect(rounds.length).toBeLessThan(350)
  })

  test.each(['stroke', 'urgent-inpatient', 'routine-orthopaedic'])(
    'of %s asks in the minute in which somebody’s shift begins',
    (pathwayId) => {
      expect(roundsOf(pathwayId, '2026-11-26T03:00:00.000Z')).toContain(shiftStartsAt)
    },
  )
})
