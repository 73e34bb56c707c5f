import type { Case, Escalation } from '../case/case.ts'
import { minutesBetween, type Instant } from '../instant.ts'

/** domain.md 9. The code names the measure's fields in a counter, which are written at each event and read by the thousand. */
export const measures = {
  acceptance: 'acc',
  availability: 'ava',
  turnaround: 'tur',
  preliminary: 'pre',
  closure: 'clo',
  escalation: 'esc',
} as const
export type Measure = keyof typeof measures
export const measureNames = Object.keys(measures) as Measure[]

/** One measured interval of a case. `minutes` is null for an escalation that nobody ever answered. */
export interface Sample {
  readonly measure: Measure
  readonly stoppedAt: Instant
  readonly minutes: number | null
  /** Null where the network sets no target. */
  readonly inTarget: boolean | null
}

function interval(
  measure: Measure,
  start: Instant | undefined,
  stop: Instant | undefined,
  pausedMinutes: number,
  targetMinutes: number | null,
): Sample[] {
  if (start === undefined || stop === undefined) return []
  // Images that came before the referral were never waited for (domain.md 9, availability).
  const minutes = Math.max(0, minutesBetween(start, stop) - pausedMinutes)
  return [{ measure, stoppedAt: stop, minutes, inTarget: targetMinutes === null ? null : minutes <= targetMinutes }]
}

const milestoneSamples = ({ milestones: m, clocks }: Case): Sample[] => [
  ...interval('acceptance', m.submittedAt, m.acceptedAt, m.pausedAcceptanceMinutes, clocks.acceptMinutes),
  ...interval('availability', m.submittedAt, m.availableAt, 0, null),
  ...interval('turnaround', m.availableAt, m.finalAt, m.pausedReadingMinutes, clocks.finalMinutes),
  ...interval('preliminary', m.availableAt, m.preliminaryAt, m.pausedReadingMinutes, clocks.prelimMinutes),
  ...interval('closure', m.submittedAt, m.acknowledgedAt, 0, null),
]

/**
 * From the first call on a clock to the first person who took it up. In target where one rung was enough. An escalation
 * that the case ended without an answer to is missed: it has no duration, yet it counts against the target.
 */
function escalationSample(calls: readonly Escalation[], endedAt: Instant | null): Sample[] {
  const [first, second] = calls
  if (first === undefined) return []
  const answered = calls.flatMap((call) => call.acknowledgedAt ?? []).sort()[0]
  if (answered === undefined) {
    return endedAt === null ? [] : [{ measure: 'escalation', stoppedAt: endedAt, minutes: null, inTarget: false }]
  }
  const inTarget = second === undefined || answered <= second.raisedAt
  return [{ measure: 'escalation', stoppedAt: answered, minutes: minutesBetween(first.raisedAt, answered), inTarget }]
}

function escalationSamples(c: Case, endedAt: Instant | null): Sample[] {
  if (c.urgency === 'routine') return []
  return [...Map.groupBy(c.escalations, ({ clock }) => clock).values()].flatMap((calls) =>
    escalationSample(calls, endedAt),
  )
}

/** Everything that can be measured of a case as it stands. `endedAt` is null while it is open. */
export const samplesOf = (c: Case, endedAt: Instant | null): Sample[] => [
  ...milestoneSamples(c),
  ...escalationSamples(c, endedAt),
]
