import { addMinutes, earlier, minutesBetween, type Instant } from '../instant.ts'
import { callsOn, pauseMinutes, RUNG_SHARE } from './calls.ts'
import { hasReport, type Case, type Phase, type Target, type Timer, type Urgency } from './case.ts'
import type { Emergency } from './emergency.ts'
import type { Owner } from './owner.ts'
import type { Actor, Consequences } from './events.ts'
import { ruleOf, type OwnerRole, type Span, type TargetClock } from './states.ts'

/** The people a case falls to, resolved from the network definition by the caller: the domain has no directory of its own. */
export interface CaseDirectory {
  ownerFor(role: OwnerRole, c: Case): Owner
  /** Who must confirm or review an emergency: somebody of the patient's own hospital who has no part in it. */
  emergencyOwner(role: 'confirmer' | 'reviewer', c: Case, emergency: Emergency): Owner
  /** The named person of a rung (1-based); past the end the last rung again: somebody always hears of it. */
  rung(c: Case, rung: number): { rungName: string; orgId: string; personId: string }
  rungCount(c: Case): number
  /** How many overflow tiers beyond the home pools the network gives this case. */
  overflowTiers(c: Case): number
  /** When the next shift begins of a reader whom only the hour keeps from the case. */
  nextShiftAt(c: Case, instant: Instant): Instant | undefined
}

export interface DecisionContext {
  readonly at: Instant
  readonly by: Actor
  readonly directory: CaseDirectory
  /** Ids for the records that events carry; the domain draws none itself. */
  readonly newId: () => string
}

export function spanMinutes(span: Span, c: Case): number {
  if ('minutes' in span) return span.minutes
  if ('target' in span) {
    const targets = { accept: c.clocks.acceptMinutes, offer: c.clocks.offerMinutes, final: c.clocks.finalMinutes }
    return targets[span.target] * span.share
  }
  return span[c.urgency]
}

export function startTimer(c: Case, phase: Phase, at: Instant): Timer | null {
  const rule = ruleOf(phase.state).timer
  return rule === null ? null : { startedAt: at, dueAt: addMinutes(at, spanMinutes(rule, c)), then: rule.then }
}

/** Since when the case has waited in the state it is in. */
function waitsSince({ exceptions, milestones, reports }: Case, phase: Phase): Instant | undefined {
  switch (phase.state) {
    case 'submitted':
    case 'triage':
      return milestones.submittedAt && addMinutes(milestones.submittedAt, milestones.pausedAcceptanceMinutes)
    case 'needs-information':
      return milestones.pausedAt
    case 'preliminary':
    case 'delivered':
      return reports.at(-1)?.filedAt
    case 'exception':
      return exceptions.at(-1)?.raisedAt
    default:
      return undefined
  }
}

/** An escalating or reminding timer comes back after a quarter of its span, never sooner than a minute; in the end slower. */
function restartAfterEscalation(c: Case, phase: Phase, at: Instant, rungCount: number): Timer | null {
  const rule = ruleOf(phase.state).timer
  if (rule === null) return null
  const minutes = spanMinutes(rule, c)
  if (phase.state === 'needs-information' && c.urgency === 'routine' && !hasReport(c)) {
    return { startedAt: at, dueAt: addMinutes(at, minutes), then: 'expire' }
  }
  const stepMinutes = Math.max(1, minutes * RUNG_SHARE)
  const pause = pauseMinutes(c.urgency, 'calls', {
    stepMinutes,
    ladderMinutes: minutes + stepMinutes * rungCount,
    elapsedMinutes: minutesBetween(waitsSince(c, phase) ?? at, at),
  })
  return { startedAt: at, dueAt: addMinutes(at, pause), then: rule.then }
}

/**
 * Readers are asked again and again, more slowly as the case waits on, and at once when somebody's shift begins: then there
 * is somebody new to ask, and whoever waits for a reader loses no hour to the pause.
 */
function askAgain(c: Case, phase: Phase, at: Instant, directory: CaseDirectory): Timer | null {
  const first = startTimer(c, phase, at)
  if (first === null) return null
  const stepMinutes = minutesBetween(at, first.dueAt)
  const pause = pauseMinutes(c.urgency, 'readers', {
    stepMinutes,
    ladderMinutes: stepMinutes * (1 + directory.overflowTiers(c)),
    elapsedMinutes: minutesBetween(c.milestones.availableAt ?? at, at),
  })
  const dueAt = addMinutes(at, pause)
  return { ...first, dueAt: earlier(dueAt, directory.nextShiftAt(c, at) ?? dueAt) }
}

function targetOf(
  c: Case,
  phase: Phase,
): { clock: TargetClock; startedAt: Instant | undefined; minutes: number } | null {
  const { clocks, milestones } = c
  const final = { clock: 'final', startedAt: milestones.availableAt, minutes: clocks.finalMinutes } as const
  switch (phase.state) {
    case 'study-available':
    case 'offered':
      // Handed over after a preliminary report: what is still owed is the final one, and since when does not change.
      return hasReport(c)
        ? final
        : { clock: 'unclaimed', startedAt: milestones.availableAt, minutes: clocks.unclaimedMinutes }
    case 'claimed':
      return clocks.prelimMinutes === null || hasReport(c)
        ? final
        : { clock: 'prelim', startedAt: milestones.availableAt, minutes: clocks.prelimMinutes }
    case 'preliminary':
      return final
    // An exception does not stop the clinical deadline it was raised under.
    case 'exception':
      return targetOf(c, phase.returnTo)
    case 'draft':
    case 'submitted':
    case 'triage':
    case 'needs-information':
    case 'accepted':
    case 'awaiting-images':
    case 'final-signed':
    case 'delivered':
    case 'acknowledged':
    case 'rejected':
    case 'cancelled':
    case 'expired':
      return null
  }
}

/** Minutes from the start of a target to the call after `calls`: a rung each quarter of it, then the last person again. */
function nextCallAfter(calls: number, targetMinutes: number, rungCount: number, urgency: Urgency): number {
  const stepMinutes = Math.max(1, targetMinutes)
  const ladderMinutes = stepMinutes * (1 + RUNG_SHARE * rungCount)
  let elapsedMinutes = stepMinutes * (1 + RUNG_SHARE * Math.min(calls, rungCount))
  for (let repeats = rungCount; repeats < calls; repeats++) {
    elapsedMinutes += pauseMinutes(urgency, 'calls', { stepMinutes, ladderMinutes, elapsedMinutes })
  }
  return elapsedMinutes
}

/** Past its target the case climbs its ladder; once that is climbed the last person is reminded once a target, later slower. */
function targetFor(c: Case, phase: Phase, at: Instant, rungCount: number): Target | null {
  const target = targetOf(c, phase)
  if (target === null) return null
  const startedAt = addMinutes(target.startedAt ?? at, c.milestones.pausedReadingMinutes)
  const rungsClimbed = callsOn(c, target.clock)
  const { clock, minutes: targetMinutes } = target
  const dueAt = addMinutes(startedAt, nextCallAfter(rungsClimbed, targetMinutes, rungCount, c.urgency))
  return { clock, startedAt, targetMinutes, rungsClimbed, dueAt }
}

const timerCourses = {
  keep: (c) => c.timer,
  start: startTimer,
  restart: (c, phase, at, directory) => restartAfterEscalation(c, phase, at, directory.rungCount(c)),
  'ask-again': askAgain,
} satisfies Record<string, (c: Case, phase: Phase, at: Instant, directory: CaseDirectory) => Timer | null>
export type TimerCourse = keyof typeof timerCourses

/** Owner and clocks once `phase` holds. `c` already carries what the event changed. */
export function consequencesOf(
  c: Case,
  phase: Phase,
  at: Instant,
  course: TimerCourse,
  directory: CaseDirectory,
): Consequences {
  const rule = ruleOf(phase.state)
  if (rule.owner === null) return { owner: null, timer: null, target: null }
  return {
    owner: directory.ownerFor(rule.owner, { ...c, phase }),
    timer: timerCourses[course](c, phase, at, directory),
    target: targetFor(c, phase, at, directory.rungCount(c)),
  }
}
