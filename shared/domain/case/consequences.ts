import { addMinutes, earlier, minutesBetween, type Instant } from '../instant.ts'
import { pauseMinutes, RUNG_SHARE } from './calls.ts'
import { hasReport, type Case, type Phase, type Timer } from './case.ts'
import type { Emergency } from './emergency.ts'
import { exceptionOwners } from './exceptions.ts'
import type { Owner } from './owner.ts'
import type { Actor, Consequences } from './events.ts'
import { ruleOf, type OwnerRole, type Span } from './states.ts'
import { targetFor } from './targets.ts'

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
    const { acceptMinutes, offerMinutes, finalMinutes, acknowledgeMinutes } = c.clocks
    const targets = { accept: acceptMinutes, offer: offerMinutes, final: finalMinutes, acknowledge: acknowledgeMinutes }
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
      return exceptions.findLast(({ owner }) => owner === undefined)?.raisedAt
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

const timerCourses = {
  keep: (c) => c.timer,
  start: startTimer,
  restart: (c, phase, at, directory) => restartAfterEscalation(c, phase, at, directory.rungCount(c)),
  'ask-again': askAgain,
} satisfies Record<string, (c: Case, phase: Phase, at: Instant, directory: CaseDirectory) => Timer | null>
export type TimerCourse = keyof typeof timerCourses

/** Whose work a phase is; an exception is its code's. */
export const ownerRoleOf = (phase: Phase): OwnerRole | null =>
  phase.state === 'exception' ? exceptionOwners[phase.code] : ruleOf(phase.state).owner

/** Owner and clocks once `phase` holds. `c` already carries what the event changed. */
export function consequencesOf(
  c: Case,
  phase: Phase,
  at: Instant,
  course: TimerCourse,
  directory: CaseDirectory,
): Consequences {
  const role = ownerRoleOf(phase)
  if (role === null) return { owner: null, timer: null, target: null }
  return {
    owner: directory.ownerFor(role, { ...c, phase }),
    timer: timerCourses[course](c, phase, at, directory),
    target: targetFor(c, phase, at, directory.rungCount(c)),
  }
}
