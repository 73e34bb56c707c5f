import type { Instant } from '../instant.ts'
import { earlier } from '../instant.ts'
import { asideDueHappenings, asidesDueAt } from './asides.ts'
import { nextCall } from './calls.ts'
import type { Case } from './case.ts'
import type { ExceptionCode } from './exceptions.ts'
import type { DecisionContext } from './consequences.ts'
import { criticalDueAt, criticalDueHappenings } from './critical-results.ts'
import { emergencyDueAt, emergencyDueHappenings } from './emergency-access.ts'
import type { Happening } from './evolve.ts'

/** When the sweep must look at a case next; null only in a terminal state, once no emergency waits for its review. */
export function nextDueAt(c: Case): Instant | null {
  const all = [
    c.timer?.dueAt,
    c.target?.dueAt,
    ...asidesDueAt(c),
    ...criticalDueAt(c),
    ...c.emergencies.map((one) => emergencyDueAt(c, one)),
  ]
  return all.reduce<Instant | null>((first, one) => (one == null ? first : earlier(first ?? one, one)), null)
}

const DELIVERY_ATTEMPTS = 5

/** Rungs are named people of the ladder; a clock is a target of the pathway or `state:<state>` for a state's own timer. */
const escalated = (c: Case, clock: string, context: DecisionContext): Happening =>
  nextCall(c, clock, context, (rung) => context.directory.rung(c, rung))

const exceptionFor = (c: Case): ExceptionCode => {
  if (c.phase.state === 'accepted') return 'no-upload-opened'
  return c.images.stored + c.images.failed === 0 ? 'no-images' : 'images-incomplete'
}

function timerHappenings(c: Case, context: DecisionContext): Happening[] {
  if (c.timer === null) return []
  const { phase } = c
  switch (c.timer.then) {
    case 'escalate':
      return [escalated(c, `state:${phase.state}`, context)]
    case 'expire':
      return [{ type: 'referral-expired' }]
    case 'except':
      return [{ type: 'exception-raised', code: exceptionFor(c) }]
    case 'overflow': {
      const tiers = context.directory.overflowTiers(c)
      return [{ type: 'overflow-entered', tier: Math.max(1, Math.min(c.routing.tier + 1, tiers)) }]
    }
    case 'withdraw-offer':
      return phase.state === 'offered'
        ? [{ type: 'offer-withdrawn', readerId: phase.offer.readerId, because: 'lapsed' }]
        : []
    case 'release':
      return phase.state === 'claimed'
        ? [{ type: 'claim-released', readerId: phase.claim.readerId, because: 'stale' }]
        : []
    case 'retry-delivery':
      if (phase.state !== 'final-signed') return []
      return phase.attempts + 1 >= DELIVERY_ATTEMPTS
        ? [{ type: 'exception-raised', code: 'delivery-failed' }]
        : [{ type: 'delivery-failed', attempt: phase.attempts + 1 }]
  }
}

/**
 * What is due at `now`. A breached target escalates first: the people of the ladder must hear of it even when the timer of
 * the state moves the case on in the same minute.
 */
export function dueHappenings(c: Case, now: Instant, context: DecisionContext): Happening[] {
  const target: Happening[] = c.target !== null && c.target.dueAt <= now ? [escalated(c, c.target.clock, context)] : []
  const emergencies = emergencyDueHappenings(c, now, context)
  // What ends with an emergency moves the case on by itself, and starts another timer.
  const isMoved = emergencies.some(({ type }) => type === 'claim-released')
  const timer = !isMoved && c.timer !== null && c.timer.dueAt <= now ? timerHappenings(c, context) : []
  const beside = [...criticalDueHappenings(c, now, context), ...asideDueHappenings(c, now, context)]
  return [...target, ...emergencies, ...beside, ...timer]
}
