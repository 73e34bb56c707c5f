import type { CaseEvent } from '../../../../../shared/domain/case/events.ts'
import { replay } from '../../../../../shared/domain/case/evolve.ts'
import { partiesOf } from '../../../../../shared/domain/access/relations.ts'
import { bucketOf, minutesOf } from '../../../../../shared/domain/numbers/histogram.ts'
import type { Figure, FlowCount, Slot } from '../../../../../shared/domain/numbers/figures.ts'

/**
 * The same figures by the plain reading of domain.md 9: look through each case's events, write every interval down, sort.
 * It shares the rounding of one duration with the counters and nothing else of the way they come about.
 */
interface Interval extends Slot {
  readonly measure: Figure['measure']
  readonly stop: string
  readonly minutes: number | null
  readonly met: boolean | null
}

const ENDINGS = ['report-acknowledged', 'referral-rejected', 'referral-cancelled', 'referral-expired']

const wasParty = (events: readonly CaseEvent[], orgId: string): boolean =>
  events.some((_, at) => partiesOf(replay(events.slice(0, at + 1))).includes(orgId))

const inError = (events: readonly CaseEvent[]): boolean =>
  events.some((e) => e.type === 'referral-cancelled' && e.reason === 'entered-in-error')

const slotOf = (events: readonly CaseEvent[]): Slot => {
  const [first] = events
  if (first?.type !== 'referral-drafted') throw new Error('no birth')
  const claims = events.flatMap((e) => (e.type === 'case-claimed' ? [e.claim.groupOrgId] : []))
  return { siteId: first.birth.siteId, pathwayId: first.birth.pathwayId, readingGroupId: claims.at(-1) ?? null }
}

const firstAt = (events: readonly CaseEvent[], type: CaseEvent['type']): string | undefined =>
  events.find((e) => e.type === type)?.at

function pausedBetween(events: readonly CaseEvent[], from: string, to: string): number {
  let minutes = 0
  for (const [at, e] of events.entries()) {
    if (e.type !== 'information-requested' || e.at < from || e.at > to) continue
    const resumed = events.slice(at).find((later) => later.type === 'information-provided')
    if (resumed !== undefined && resumed.at <= to) minutes += (Date.parse(resumed.at) - Date.parse(e.at)) / 60_000
  }
  return minutes
}

const endOf = (events: readonly CaseEvent[]): string | undefined => {
  const at = events.findLastIndex((e) => ENDINGS.includes(e.type))
  const reopened = events.slice(at + 1).some((e) => e.type === 'addendum-added')
  return at < 0 || reopened ? undefined : events[at]?.at
}

function escalations(events: readonly CaseEvent[], slot: Slot): Interval[] {
  const [first] = events
  if (first?.type !== 'referral-drafted' || first.birth.urgency === 'routine') return []
  const calls = events.flatMap((e) => (e.type === 'escalated' ? [e.escalation] : []))
  return [...new Set(calls.map(({ clock }) => clock))].flatMap((clock): Interval[] => {
    const ofClock = calls.filter((call) => call.clock === clock)
    const answers = events
      .filter((e) => e.type === 'escalation-acknowledged' && ofClock.some((c) => c.escalationId === e.escalationId))
      .map(({ at }) => at)
    const ended = endOf(events)
    if (answers[0] === undefined) {
      if (ended === undefined) return []
      return [{ ...slot, measure: 'escalation', stop: ended, minutes: null, met: false }]
    }
    const raised = ofClock[0]!.raisedAt
    const minutes = (Date.parse(answers[0]) - Date.parse(raised)) / 60_000
    const met = ofClock.filter((c) => c.raisedAt < answers[0]!).length <= 1
    return [{ ...slot, measure: 'escalation', stop: answers[0], minutes, met }]
  })
}

function intervalsOf(events: readonly CaseEvent[]): Interval[] {
  const [first] = events
  if (first?.type !== 'referral-drafted') throw new Error('no birth')
  const { clocks } = first.birth
  const slot = slotOf(events)
  const one = (
    measure: Interval['measure'],
    from: CaseEvent['type'],
    to: CaseEvent['type'],
    target: number | null,
    lessPauses: boolean,
  ): Interval[] => {
    const [start, stop] = [firstAt(events, from), firstAt(events, to)]
    if (start === undefined || stop === undefined) return []
    const paused = lessPauses ? pausedBetween(events, start, stop) : 0
    const minutes = (Date.parse(stop) - Date.parse(start)) / 60_000 - paused
    return [{ ...slot, measure, stop, minutes, met: target === null ? null : minutes <= target }]
  }
  return [
    ...one('acceptance', 'referral-submitted', 'referral-accepted', clocks.acceptMinutes, true),
    ...one('availability', 'referral-submitted', 'study-became-available', null, false),
    ...one('turnaround', 'study-became-available', 'final-signed', clocks.finalMinutes, true),
    ...one('preliminary', 'study-became-available', 'preliminary-filed', clocks.prelimMinutes, true),
    ...one('closure', 'referral-submitted', 'report-acknowledged', null, false),
    ...escalations(events, slot),
  ]
}

const groupBySlot = <T extends Slot>(all: readonly T[], also: (one: T) => string): T[][] => [
  ...Map.groupBy(all, (o) => `${o.siteId} ${o.readingGroupId} ${o.pathwayId} ${also(o)}`).values(),
]

const rank = (sorted: readonly number[], percent: number): number | null => {
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1]
  return value === undefined ? null : minutesOf(bucketOf(value))
}

export function naiveFigures(all: readonly CaseEvent[][], orgId: string, month: string): Figure[] {
  const seen = all.filter((events) => wasParty(events, orgId) && !inError(events))
  const intervals = seen.flatMap((events) => intervalsOf(events)).filter(({ stop }) => stop.startsWith(month))
  return groupBySlot(intervals, ({ measure }) => measure).map((group) => {
    const { measure, siteId, readingGroupId, pathwayId } = group[0]!
    const sorted = group.flatMap(({ minutes }) => (minutes === null ? [] : [minutes])).sort((a, b) => a - b)
    const judged = group.filter(({ met }) => met !== null)
    return {
      measure,
      siteId,
      readingGroupId,
      pathwayId,
      n: sorted.length,
      medianMinutes: rank(sorted, 50),
      p90Minutes: rank(sorted, 90),
      p95Minutes: rank(sorted, 95),
      inTargetPercent:
        judged.length === 0
          ? null
          : Math.round((1000 * judged.filter(({ met }) => met === true).length) / judged.length) / 10,
    }
  })
}

export function naiveFlow(all: readonly CaseEvent[][], orgId: string, month: string): FlowCount[] {
  const seen = all.filter((events) => wasParty(events, orgId) && !inError(events))
  const of = (events: readonly CaseEvent[], types: readonly string[]): number =>
    events.find((e) => types.includes(e.type))?.at.startsWith(month) === true ? 1 : 0
  const flows = seen.map((events) => ({
    ...slotOf(events),
    readingGroupId: null,
    submitted: of(events, ['referral-submitted']),
    rejected: of(events, ['referral-rejected']),
    cancelled: of(events, ['referral-cancelled', 'referral-expired']),
    exceptions: of(events, ['exception-raised', 'aside-raised']),
  }))
  const sum = (group: typeof flows, field: 'submitted' | 'rejected' | 'cancelled' | 'exceptions'): number =>
    group.reduce((total, one) => total + one[field], 0)
  return groupBySlot(flows, () => '')
    .map((group) => ({
      siteId: group[0]!.siteId,
      pathwayId: group[0]!.pathwayId,
      submitted: sum(group, 'submitted'),
      rejected: sum(group, 'rejected'),
      cancelled: sum(group, 'cancelled'),
      exceptions: sum(group, 'exceptions'),
    }))
    .filter(({ submitted, rejected, cancelled, exceptions }) => submitted + rejected + cancelled + exceptions > 0)
}
