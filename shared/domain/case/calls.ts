import type { Instant } from '../instant.ts'
import type { Case, Escalation, Urgency } from './case.ts'

const HOUR = 60
const DAY = 24 * HOUR

/** A rung each quarter of the span or target that was missed (domain.md 4). */
export const RUNG_SHARE = 0.25

/** How long the last person of a climbed ladder is called at an unchanged pace; the ladder itself is never slowed. */
const steadyMinutes: Readonly<Record<Urgency, number>> = { stat: 4 * HOUR, urgent: 0, routine: 0 }

/** The longest pause between two calls of the same person, and between two rounds of the readers. */
export const longestPause = {
  calls: { stat: DAY, urgent: DAY, routine: DAY },
  readers: { stat: HOUR, urgent: 4 * HOUR, routine: DAY },
} as const satisfies Record<string, Readonly<Record<Urgency, number>>>

/**
 * Minutes to the next call, `elapsedMinutes` into a wait. Past its steady time each pause is as long as all the slowed ones
 * before it, up to the longest: nobody answers the thousandth call who did not answer the hundredth, but the calls never stop.
 */
export const pauseMinutes = (
  urgency: Urgency,
  kind: keyof typeof longestPause,
  wait: { readonly stepMinutes: number; readonly ladderMinutes: number; readonly elapsedMinutes: number },
): number => {
  const { stepMinutes, ladderMinutes, elapsedMinutes } = wait
  const steady = Math.max(ladderMinutes, steadyMinutes[urgency])
  return Math.min(Math.max(stepMinutes, elapsedMinutes - steady), Math.max(stepMinutes, longestPause[kind][urgency]))
}

/** Minutes from the start of a target to the call after `calls`: a rung each quarter of it, then the last person again. */
export function nextCallAfter(calls: number, targetMinutes: number, rungCount: number, urgency: Urgency): number {
  const stepMinutes = Math.max(1, targetMinutes)
  const ladderMinutes = stepMinutes * (1 + RUNG_SHARE * rungCount)
  let elapsedMinutes = stepMinutes * (1 + RUNG_SHARE * Math.min(calls, rungCount))
  for (let repeats = rungCount; repeats < calls; repeats++) {
    elapsedMinutes += pauseMinutes(urgency, 'calls', { stepMinutes, ladderMinutes, elapsedMinutes })
  }
  return elapsedMinutes
}

/** How often somebody was called on a clock. Each call bears its number, so those that a case no longer holds are counted. */
export const callsOn = ({ escalations }: Pick<Case, 'escalations'>, clock: string): number =>
  escalations.reduce((most, one) => (one.clock === clock ? Math.max(most, one.rung) : most), 0)

/** Whom a call goes to, and in which part. */
export type Called = Pick<Escalation, 'rungName' | 'orgId' | 'personId'>

/** The next call on a clock. Rungs count from 1, and `whom` says who stands on one. */
export function nextCall(
  c: Pick<Case, 'escalations'>,
  clock: string,
  { at, newId }: { readonly at: Instant; readonly newId: () => string },
  whom: (rung: number) => Called,
): { readonly type: 'escalated'; readonly escalation: Escalation } {
  const rung = callsOn(c, clock) + 1
  return { type: 'escalated', escalation: { escalationId: newId(), clock, rung, ...whom(rung), raisedAt: at } }
}

/** Calls that a person may still answer by their ids: somebody may be reading the message of an earlier one. */
const ANSWERABLE = 3

/**
 * What a case holds of its calls, so that it stays small however long nobody answers; the events hold them all. Of each
 * clock: the newest of each person, the first two, and the first that was answered, on which its figures rest.
 */
export function heldCalls(all: readonly Escalation[]): Escalation[] {
  const newest = [...Map.groupBy(all, ({ clock, personId }) => `${clock} ${personId}`).values()].flatMap((calls) =>
    calls.slice(-ANSWERABLE),
  )
  const answered = all
    .filter(({ acknowledgedAt }) => acknowledgedAt !== undefined)
    .sort((a, b) => ((a.acknowledgedAt ?? '') < (b.acknowledgedAt ?? '') ? -1 : 1))
  const firstAnswered = [...Map.groupBy(answered, ({ clock }) => clock).values()].map(([first]) => first)
  const held = new Set([...newest, ...firstAnswered])
  return all.filter((one) => one.rung <= 2 || held.has(one))
}
