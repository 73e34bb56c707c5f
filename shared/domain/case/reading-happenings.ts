import type { Instant } from '../instant.ts'
import type { Case, Phase } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { DecisionContext } from './consequences.ts'
import { criticalDeclared } from './critical-results.ts'
import { isLetIn } from './emergency-access.ts'
import { eventRules, type EventRule } from './events.ts'
import type { Happening } from './evolve.ts'
import { refuse, type Refused } from './refused.ts'

const holderOf = (phase: Phase): string | undefined => ('claim' in phase ? phase.claim.readerId : undefined)

export const onlyHolder = (c: Case, readerId: string, ...happenings: Happening[]): Happening[] | Refused => {
  const holder = holderOf(c.phase)
  if (holder === undefined) return refuse('illegal-transition', { state: c.phase.state })
  return holder === readerId ? happenings : refuse('claim-lost', { state: c.phase.state })
}

const inEmergency = ({ emergencyId }: Extract<CaseCommand, { command: 'claim' }>): Happening[] =>
  emergencyId === undefined ? [] : [{ type: 'claimed-in-emergency', emergencyId }]

export function claimHappenings(
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

export function reportHappenings(
  c: Case,
  command: Extract<CaseCommand, { command: 'file-report' }>,
  context: DecisionContext,
): Happening[] | Refused {
  const { kind, reportId, readerId, sha256, critical } = command
  const report = { reportId, kind, readerId, sha256, filedAt: context.at }
  const happening: Happening = { type: reportEvents[kind], report }
  const rule: EventRule = eventRules[happening.type]
  if (!Array.isArray(rule.from) || !rule.from.includes(c.phase.state)) {
    return refuse('illegal-transition', { state: c.phase.state })
  }
  return onlyHolder(c, readerId, happening, ...criticalDeclared(c, reportId, critical, context))
}
