import { partiesOf } from '../access/relations.ts'
import type { Case } from '../case/case.ts'
import type { CaseEvent } from '../case/events.ts'
import { evolve } from '../case/evolve.ts'
import { isTerminal } from '../case/states.ts'
import type { Instant } from '../instant.ts'
import { bucketOf } from './histogram.ts'
import { measures, samplesOf, type Sample } from './measures.ts'

/** A case as the numbers see it, followed event by event; nothing but the events is needed. */
export interface Followed {
  readonly case: Case
  /** The group that claimed last: the whole case is counted under it, what came before the claim included. */
  readonly readingGroupId: string | null
  /** Everybody who was ever party to the case, as in the lists of `caseRow`. */
  readonly orgIds: readonly string[]
  readonly endedAt: Instant | null
  readonly enteredInError: boolean
}

export function follow(before: Followed | undefined, e: CaseEvent): Followed {
  const after = evolve(before?.case, e)
  return {
    case: after,
    readingGroupId: e.type === 'case-claimed' ? e.claim.groupOrgId : (before?.readingGroupId ?? null),
    orgIds: [...new Set([...(before?.orgIds ?? []), ...partiesOf(after)])],
    endedAt: isTerminal(after.phase.state) ? (before?.endedAt ?? e.at) : null,
    enteredInError:
      (before?.enteredInError ?? false) || (e.type === 'referral-cancelled' && e.reason === 'entered-in-error'),
  }
}

export type Counts = Readonly<Record<string, number>>
/** `now`, `day#2026-11-24` or `month#2026-11`: what a counter adds up. */
export type Period = string

function* fieldsOf({ measure, minutes, inTarget }: Sample): Generator<string> {
  const code = measures[measure]
  if (minutes !== null) yield `${code}${bucketOf(minutes)}`
  if (inTarget !== null) yield `${code}Judged`
  if (inTarget === true) yield `${code}Met`
}

/**
 * Past a target or a state's timer that runs now, as the sweep has found it: each breach is an escalation on that clock.
 * One of an earlier stay in the same state says nothing about this one.
 */
const isOverdue = ({ phase, target, timer, escalations }: Case): boolean =>
  !isTerminal(phase.state) &&
  escalations.some(
    ({ clock, raisedAt }) =>
      clock === target?.clock || (clock === `state:${phase.state}` && timer !== null && raisedAt >= timer.startedAt),
  )

function* dated({ case: c, endedAt }: Followed): Generator<[at: Instant, field: string]> {
  for (const sample of samplesOf(c, endedAt)) for (const field of fieldsOf(sample)) yield [sample.stoppedAt, field]
  if (c.milestones.submittedAt !== undefined) yield [c.milestones.submittedAt, 'submitted']
  const [exception] = c.exceptions
  if (exception !== undefined) yield [exception.raisedAt, 'exceptions']
  if (endedAt !== null && c.phase.state === 'rejected') yield [endedAt, 'rejected']
  // Expired counts as cancelled, as FHIR's Task.status has it (domain.md 3).
  if (endedAt !== null && ['cancelled', 'expired'].includes(c.phase.state)) yield [endedAt, 'cancelled']
}

/** What a case adds to the counters as it stands: by period, each field's count. A referral made by mistake adds nothing. */
export function contributionOf(followed: Followed | undefined): ReadonlyMap<Period, Counts> {
  const byPeriod = new Map<Period, Record<string, number>>()
  const count = (period: Period, field: string): void => {
    const counts = byPeriod.get(period) ?? {}
    counts[field] = (counts[field] ?? 0) + 1
    byPeriod.set(period, counts)
  }
  if (followed === undefined || followed.enteredInError) return byPeriod
  for (const [at, field] of dated(followed)) {
    count(`day#${at.slice(0, 10)}`, field)
    count(`month#${at.slice(0, 7)}`, field)
  }
  if (isOverdue(followed.case)) count('now', 'overdue')
  return byPeriod
}

/** One counter of one organisation and what an event adds to it; a correction adds less than nothing. */
export interface CounterChange {
  readonly orgId: string
  readonly period: Period
  readonly readingGroupId: string | null
  readonly counts: Counts
}

const slots = (followed: Followed | undefined, orgId: string): Map<string, [string | null, Period, Counts]> => {
  const groupId = followed?.readingGroupId ?? null
  const contribution = followed?.orgIds.includes(orgId) === true ? contributionOf(followed) : new Map<Period, Counts>()
  return new Map([...contribution].map(([period, counts]) => [`${groupId} ${period}`, [groupId, period, counts]]))
}

const difference = (before: Counts, after: Counts): Counts => {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    fields.map((field) => [field, (after[field] ?? 0) - (before[field] ?? 0)] as const).filter(([, by]) => by !== 0),
  )
}

/**
 * What one event changes: the contribution after it less the one before, for each organisation that is party by then. Sums
 * do not care for order, so messages may come late, early or, with a guard, twice.
 */
export function counterChanges(before: Followed | undefined, after: Followed): CounterChange[] {
  return after.orgIds.flatMap((orgId) => {
    const [was, is] = [slots(before, orgId), slots(after, orgId)]
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((slot) => {
      const [readingGroupId, period] = is.get(slot) ?? was.get(slot) ?? [null, '']
      const counts = difference(was.get(slot)?.[2] ?? {}, is.get(slot)?.[2] ?? {})
      return Object.keys(counts).length === 0 ? [] : [{ orgId, period, readingGroupId, counts }]
    })
  })
}
