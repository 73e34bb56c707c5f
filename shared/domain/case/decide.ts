import type { RefusalCode, RefusalFacts } from '../refusal.ts'
import { hasReport, type Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import { consequencesOf, type DecisionContext, type TimerCourse } from './consequences.ts'
import { countHappenings } from './count-images.ts'
import { criticalAcknowledged, criticalTakenUp } from './critical-results.ts'
import { eventRules, type CaseEvent, type Consequences, type EventRule } from './events.ts'
import { evolve, phaseAfter, type Happening } from './evolve.ts'
import { answeredHistory, raisedAside, resolvedAsides, unreadImages } from './asides.ts'
import { followUp } from './follow-up.ts'
import { dueHappenings } from './due.ts'
import { emergencyHappenings } from './emergency-access.ts'
import { claimHappenings, onlyHolder, reportHappenings } from './reading-happenings.ts'
import { refuse, type Refused } from './refused.ts'
import { isAbandoned, isTerminal, mayFollow, type CaseState } from './states.ts'
import { withheldHappenings } from './withhold-copies.ts'

export type CaseDecision =
  | { readonly kind: 'accepted'; readonly events: readonly CaseEvent[]; readonly case: Case }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly facts: RefusalFacts }

function submitHappenings(command: Extract<CaseCommand, { command: 'submit' }>): Happening[] {
  const begun: Happening[] = [{ type: 'referral-drafted', birth: command.birth }, { type: 'referral-submitted' }]
  if (command.vetting === 'waived') return [...begun, { type: 'referral-accepted', rule: command.rule }]
  if (command.vetting === 'manual') return [...begun, { type: 'triage-started' }]
  return [...begun, { type: 'triage-started' }, { type: 'referral-rejected', reason: command.vetting.rejectedBy }]
}

function exceptionHappenings(c: Case, command: Extract<CaseCommand, { command: 'raise-exception' }>): Happening[] {
  // Raised twice by a repeated message, an exception is one exception.
  return c.phase.state === 'exception' && c.phase.code === command.code
    ? []
    : [{ type: 'exception-raised', code: command.code }]
}

/** What holds the case first; of a case that nothing holds, what stands beside its path. */
function resolvedHappenings(
  c: Case,
  { resolution, code }: Extract<CaseCommand, { command: 'resolve-exception' }>,
): Happening[] | Refused {
  if (c.phase.state === 'exception' && code === undefined)
    return [{ type: 'exception-resolved', code: c.phase.code, resolution }]
  const asides = resolvedAsides(c, 'desk', resolution, code)
  return asides.length > 0 ? asides : refuse('illegal-transition', { state: c.phase.state })
}

function happeningsOf(
  c: Case,
  command: Exclude<CaseCommand, { command: 'submit' }>,
  context: DecisionContext,
): Happening[] | Refused {
  switch (command.command) {
    case 'start-triage':
      return [{ type: 'triage-started' }]
    case 'accept':
      return [{ type: 'referral-accepted' }]
    case 'reject':
      return c.phase.state === 'submitted'
        ? [{ type: 'triage-started' }, { type: 'referral-rejected', reason: command.reason }]
        : [{ type: 'referral-rejected', reason: command.reason }]
    case 'request-information':
      return [{ type: 'information-requested', item: command.item }]
    case 'provide-information':
      return c.phase.state !== 'needs-information' && answeredHistory(c).length > 0
        ? answeredHistory(c)
        : [{ type: 'information-provided' }]
    case 'cancel':
      return [{ type: 'referral-cancelled', reason: command.reason }]
    case 'open-upload': {
      const { command: _, ...opened } = command
      return [{ type: 'upload-opened', ...opened }, ...unreadImages(c, context.directory)]
    }
    case 'count-images':
      return countHappenings(c, command, context.directory)
    case 'enter-overflow':
      return [
        {
          type: 'overflow-entered',
          tier: Math.min(c.routing.tier + 1, Math.max(1, context.directory.overflowTiers(c))),
        },
      ]
    case 'offer': {
      const { command: _, tier, ...offer } = command
      return [{ type: 'case-offered', offer: { ...offer, offeredAt: context.at }, tier }]
    }
    case 'decline-offer':
      return c.phase.state === 'offered' && c.phase.offer.readerId !== command.readerId
        ? refuse('claim-lost')
        : [{ type: 'offer-withdrawn', readerId: command.readerId, because: 'declined' }]
    case 'claim':
      return claimHappenings(c, command, context.at)
    case 'renew-claim':
      return onlyHolder(c, command.readerId, { type: 'claim-renewed' })
    case 'release-claim':
      return onlyHolder(c, command.readerId, {
        type: 'claim-released',
        readerId: command.readerId,
        because: command.because,
      })
    case 'file-report':
      return reportHappenings(c, command, context)
    case 'deliver':
      return [{ type: 'report-delivered', recipientOrgId: command.recipientOrgId }]
    case 'fail-delivery':
      return c.phase.state === 'final-signed' ? [{ type: 'delivery-failed', attempt: c.phase.attempts + 1 }] : []
    case 'acknowledge':
      return [...criticalAcknowledged(c), { type: 'report-acknowledged' }]
    case 'acknowledge-escalation':
      return c.escalations.some((one) => one.escalationId === command.escalationId && one.acknowledgedAt === undefined)
        ? [
            { type: 'escalation-acknowledged', escalationId: command.escalationId },
            ...criticalTakenUp(c, command.escalationId),
          ]
        : refuse('not-found')
    case 'withhold-copies':
      return withheldHappenings(c, command, context)
    case 'raise-exception':
      return exceptionHappenings(c, command)
    case 'resolve-exception':
      return resolvedHappenings(c, command)
    case 'raise-aside':
      return raisedAside(c, command.code, context.directory)
    case 'review-late-images': {
      const asides = resolvedAsides(c, 'reader', command.outcome)
      return asides.length > 0 ? asides : refuse('illegal-transition', { state: c.phase.state })
    }
    case 'declare-emergency':
    case 'confirm-emergency':
    case 'review-emergency':
      return emergencyHappenings(c, command, context)
    case 'nothing':
      return []
    case 'fire-due':
      return dueHappenings(c, command.now, context)
  }
}

const timerCourse = (happening: Happening): TimerCourse => {
  switch (happening.type) {
    case 'escalated':
      return happening.escalation.clock.startsWith('state:') ? 'restart' : 'keep'
    case 'overflow-entered':
      return 'ask-again'
    case 'claim-renewed':
    case 'delivery-failed':
      return 'start'
    default:
      return eventRules[happening.type].to === 'same' ? 'keep' : 'start'
  }
}

function isWithin(from: EventRule['from'], state: CaseState): boolean {
  switch (from) {
    case 'nothing':
      return false
    case 'anywhere':
      return true
    case 'any-open':
      return !isTerminal(state)
    case 'unless-abandoned':
      return !isAbandoned(state)
    default:
      return from.includes(state)
  }
}

function permitted(c: Case, happening: Happening): boolean {
  const rule: EventRule = eventRules[happening.type]
  const { state } = c.phase
  if (rule.withReport === 'never' && hasReport(c)) return false
  if (!isWithin(rule.from, state)) return false
  const to = phaseAfter(c.phase, happening).state
  return to === state || mayFollow(state, to)
}

function happen(c: Case | undefined, happening: Happening, context: DecisionContext): { event: CaseEvent; case: Case } {
  const { at, by, directory } = context
  const before: Consequences = { owner: c?.owner ?? null, timer: c?.timer ?? null, target: c?.target ?? null }
  const bare = evolve(c, { ...happening, at, by, then: before })
  const then = consequencesOf(bare, bare.phase, at, timerCourse(happening), directory)
  const event = { ...happening, at, by, then }
  return { event, case: evolve(c, event) }
}

/**
 * Decides a command on a case (`undefined` before its submission): the events it leads to, or a refusal of the closed table.
 * Pure and total; a command with nothing to do is accepted with no events.
 */
export function decideCase(current: Case | undefined, command: CaseCommand, context: DecisionContext): CaseDecision {
  if (command.command === 'submit') {
    if (current !== undefined) return { kind: 'refused', code: 'duplicate-referral', facts: {} }
    return unfold(undefined, submitHappenings(command), context)
  }
  if (current === undefined) return { kind: 'refused', code: 'not-found', facts: {} }
  const happenings = happeningsOf(current, command, context)
  if ('refused' in happenings) return { kind: 'refused', code: happenings.refused, facts: happenings.facts }
  return unfold(current, happenings, context)
}

const refusedIn = (c: Case): CaseDecision => ({
  kind: 'refused',
  code: 'illegal-transition',
  facts: { state: c.phase.state },
})

function unfold(start: Case | undefined, happenings: readonly Happening[], context: DecisionContext): CaseDecision {
  const events: CaseEvent[] = []
  let current = start
  const take = (happening: Happening): boolean => {
    if (current !== undefined && !permitted(current, happening)) return false
    const happened = happen(current, happening, context)
    events.push(happened.event)
    current = happened.case
    return true
  }
  for (const happening of happenings) if (!take(happening) && current !== undefined) return refusedIn(current)
  if (current === undefined) throw new Error('a decision without a case')
  const { directory } = context
  for (let next = followUp(current, directory); next !== undefined; next = followUp(current, directory)) take(next)
  return { kind: 'accepted', events, case: current }
}
