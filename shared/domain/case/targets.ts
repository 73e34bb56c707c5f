import { addMinutes, type Instant } from '../instant.ts'
import { callsOn, nextCallAfter } from './calls.ts'
import { hasReport, type Case, type Phase, type Target } from './case.ts'
import type { TargetClock } from './states.ts'

interface Course {
  readonly clock: TargetClock
  readonly startedAt: Instant | undefined
  readonly minutes: number
}

const DAY = 24 * 60

/** However slow a pathway: 28 days from the scan a report is final, 21 unclaimed is late (NHS England, 2023-08-09). */
export const backstop = { finalMinutesFromScan: 28 * DAY, unclaimedMinutes: 21 * DAY } as const

/**
 * When the scan was made, where it was made for this referral: a study of weeks before, sent for a second opinion, was late for
 * nobody. A scanner's clock that is ahead of ours dates nothing.
 */
export function scanStart({ images, milestones }: Case): Instant | undefined {
  const { submittedAt, availableAt } = milestones
  const { scannedAt } = images
  if (scannedAt === undefined || submittedAt === undefined || availableAt === undefined) return undefined
  return scannedAt >= addMinutes(submittedAt, -DAY) && scannedAt <= availableAt ? scannedAt : undefined
}

const endOf = ({ startedAt, minutes }: Course): Instant => addMinutes(startedAt ?? '', minutes)

const within = (slow: Course, limit: Course): Course =>
  slow.startedAt === undefined || limit.startedAt === undefined || endOf(slow) <= endOf(limit) ? slow : limit

const finalOf = (c: Case): Course =>
  within(
    { clock: 'final', startedAt: c.milestones.availableAt, minutes: c.clocks.finalMinutes },
    { clock: 'final', startedAt: scanStart(c), minutes: backstop.finalMinutesFromScan },
  )

function courseOf(c: Case, phase: Phase): Course | null {
  const { clocks, milestones, prelimFrom } = c
  const { availableAt } = milestones
  switch (phase.state) {
    case 'study-available':
    case 'offered':
      // Handed over after a preliminary report: what is still owed is the final one, and since when does not change.
      return hasReport(c)
        ? finalOf(c)
        : {
            clock: 'unclaimed',
            startedAt: availableAt,
            minutes: Math.min(clocks.unclaimedMinutes, backstop.unclaimedMinutes),
          }
    case 'claimed':
      return clocks.prelimMinutes === null || hasReport(c)
        ? finalOf(c)
        : {
            clock: 'prelim',
            startedAt: (prelimFrom === 'scan' ? scanStart(c) : undefined) ?? availableAt,
            minutes: clocks.prelimMinutes,
          }
    case 'preliminary':
      return finalOf(c)
    // An exception does not stop the clinical deadline it was raised under.
    case 'exception':
      return courseOf(c, phase.returnTo)
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

/** Past its target the case climbs its ladder; once that is climbed the last person is reminded once a target, later slower. */
export function targetFor(c: Case, phase: Phase, at: Instant, rungCount: number): Target | null {
  const target = courseOf(c, phase)
  if (target === null) return null
  const startedAt = addMinutes(target.startedAt ?? at, c.milestones.pausedReadingMinutes)
  const rungsClimbed = callsOn(c, target.clock)
  const { clock, minutes: targetMinutes } = target
  const dueAt = addMinutes(startedAt, nextCallAfter(rungsClimbed, targetMinutes, rungCount, c.urgency))
  return { clock, startedAt, targetMinutes, rungsClimbed, dueAt }
}
