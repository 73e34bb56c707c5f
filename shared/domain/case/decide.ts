import type { Instant } from '../instant.ts'
import type { RefusalCode, RefusalFacts } from '../refusal.ts'
import { hasReport, type Case, type Phase } from './case.ts'
import type { CaseCommand } from './commands.ts'
import { consequencesOf, type DecisionContext, type TimerCourse } from './consequences.ts'
import { countHappenings } from './count-images.ts'
import { eventRules, type CaseEvent, type Consequences, type EventRule } from './events.ts'
import { evolve, phaseAfter, type Happening } from './evolve.ts'
import { resolvedAsides } from './asides.ts'
import { followUp } from './follow-up.ts'
import { dueHappenings } from './due.ts'
import { emergencyHappenings, isLetIn } from './emergency-access.ts'
import { refuse, type Refused } from './refused.ts'
import { isTerminal, mayFollow } from './states.ts'
import { withheldHappenings } from './withhold-copies.ts'

export type CaseDecision =
  | { readonly kind: 'accepted'; readonly events: readonly CaseEvent[]; readonly case: Case }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly facts: RefusalFacts }

const holderOf = (phase: Phase): string | undefined => ('claim' in phase ? phase.claim.readerId : undefined)

const onlyHolder = (c: Case, readerId: string, happening: Happening): Happening[] | Refused => {
  const holder = holderOf(c.phase)
  if (holder === undefined) return refuse('illegal-transition', { state: c.phase.state })
  return holder === readerId ? [happening] : refuse('claim-lost', { state: c.phase.state })
}

const inEmergency = ({ emergencyId }: Extract<CaseCommand, { command: 'claim' }>): Happening[] =>
  emergencyId === undefined ? [] : [{ type: 'claimed-in-emergency', emergencyId }]

function claimHappenings(
  c: Case,
  command: Extract<CaseCommand, { command: 'claim' }>,
  at: Instant,
): Happening[] | Refused {
  if (c.phase.state === 'claimed') return refuse('claim-held', {})
  const claimed: Happening = { type: 'case-claimed', claim: { ...command.claim, claimedAt: at } }
  const { readerId } = command.claim
  if (c.phase.state === 'offered' && c.phase.offer.readerId === readerId) return [claimed, ...inEmergency(command)]
  // Named in an emergency, a reader takes the case from whoever has been offered it, and from nobody who reads it.
  const isFree = c.phase.state === 'study-available' || c.phase.state === 'offered'
  if (isFree && isLetIn(c, readerId, at)) return [claimed, ...inEmergency(command)]
  return c.phase.state === 'offered' ? refuse('claim-held', {}) : refuse('illegal-transition', { state: c.phase.state })
}

/** The event that filing each kind of report leads to. */
export const reportEvents = {
  preliminary: 'preliminary-filed',
  final: 'final-signed',
  addendum: 'addendum-added',
} as const

function reportHappenings(
  c: Case,
  command: Extract<CaseCommand, { command: 'file-report' }>,
  at: Instant,
): Happening[] | Refused {
  const { kind, reportId, readerId, sha256 } = command
  const happening: Happening = { type: reportEvents[kind], report: { reportId, kind, readerId, sha256, filedAt: at } }
  const rule: EventRule = eventRules[happening.type]
  if (!Array.isArray(rule.from) || !rule.from.includes(c.phase.state)) {
    return refuse('illegal-transition', { state: c.phase.state })
  }
  return onlyHolder(c, readerId, happening)
}

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
function resolvedHappenings(c: Case, resolution: string): Happening[] | Refused {
  if (c.phase.state === 'exception') return [{ type: 'exception-resolved', code: c.phase.code, resolution }]
  const asides = resolvedAsides(c, resolution)
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
      return [{ type: 'information-provided' }]
    case 'cancel':
      return [{ type: 'referral-cancelled', reason: command.reason }]
    case 'open-upload': {
      const { command: _, ...opened } = command
      return [{ type: 'upload-opened', ...opened }]
    }
    case 'count-images':
      return countHappenings(c, command)
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
      return reportHappenings(c, command, context.at)
    case 'deliver':
      return [{ type: 'report-delivered', recipientOrgId: command.recipientOrgId }]
    case 'fail-delivery':
      return c.phase.state === 'final-signed' ? [{ type: 'delivery-failed', attempt: c.phase.attempts + 1 }] : []
    case 'acknowledge':
      return [{ type: 'report-acknowledged' }]
    case 'acknowledge-escalation':
      return c.escalations.some((one) => one.escalationId === command.escalationId && one.acknowledgedAt === undefined)
        ? [{ type: 'escalation-acknowledged', escalationId: command.escalationId }]
        : refuse('not-found')
    case 'withhold-copies':
      return withheldHappenings(c, command, context)
    case 'raise-exception':
      return exceptionHappenings(c, command)
    case 'resolve-exception':
      return resolvedHappenings(c, command.resolution)
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

function permitted(c: Case, happening: Happening): boolean {
  const rule: EventRule = eventRules[happening.type]
  const { state } = c.phase
  if (rule.from === 'nothing') return false
  if (rule.withReport === 'never' && hasReport(c)) return false
  if (rule.from !== 'anywhere' && (rule.from === 'any-open' ? isTerminal(state) : !rule.from.includes(state)))
    return false
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
