import { addMinutes, type Instant } from '../instant.ts'
import type { Case, Phase, Target, Timer } from './case.ts'
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

/** An escalating or reminding timer comes back after a quarter of its span, never sooner than a minute. */
export function restartAfterEscalation(c: Case, phase: Phase, at: Instant): Timer | null {
  const rule = ruleOf(phase.state).timer
  if (rule === null) return null
  const minutes = spanMinutes(rule, c)
  if (phase.state === 'needs-information' && c.urgency === 'routine') {
    return { startedAt: at, dueAt: addMinutes(at, minutes), then: 'expire' }
  }
  return { startedAt: at, dueAt: addMinutes(at, Math.max(1, minutes / 4)), then: rule.then }
}

function targetOf(
  c: Case,
  phase: Phase,
): { clock: TargetClock; startedAt: Instant | undefined; minutes: number } | null {
  const { clocks, milestones } = c
  switch (phase.state) {
    case 'study-available':
    case 'offered':
      return { clock: 'unclaimed', startedAt: milestones.availableAt, minutes: clocks.unclaimedMinutes }
    case 'claimed':
      return clocks.prelimMinutes === null
        ? { clock: 'final', startedAt: milestones.availableAt, minutes: clocks.finalMinutes }
        : { clock: 'prelim', startedAt: milestones.availableAt, minutes: clocks.prelimMinutes }
    case 'preliminary':
      return { clock: 'final', startedAt: milestones.availableAt, minutes: clocks.finalMinutes }
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

/** A rung each quarter of the target; once the ladder is climbed the last person is reminded once a target. */
export function targetFor(c: Case, phase: Phase, at: Instant, rungCount: number): Target | null {
  const target = targetOf(c, phase)
  if (target === null) return null
  const startedAt = addMinutes(target.startedAt ?? at, c.milestones.pausedReadingMinutes)
  const rungsClimbed = c.escalations.filter((one) => one.clock === target.clock).length
  const repeats = Math.max(0, rungsClimbed - rungCount)
  const steps = 1 + 0.25 * Math.min(rungsClimbed, rungCount) + repeats
  const { clock, minutes: targetMinutes } = target
  return {
    clock,
    startedAt,
    targetMinutes,
    rungsClimbed,
    dueAt: addMinutes(startedAt, Math.max(1, targetMinutes) * steps),
  }
}

export type TimerCourse = 'keep' | 'start' | 'restart'

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
  const started = course === 'restart' ? restartAfterEscalation(c, phase, at) : startTimer(c, phase, at)
  return {
    owner: directory.ownerFor(rule.owner, { ...c, phase }),
    timer: course === 'keep' ? c.timer : started,
    target: targetFor(c, phase, at, directory.rungCount(c)),
  }
}
