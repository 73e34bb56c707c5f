import { addMinutes, type Instant } from '../instant.ts'
import type { BreakGlass } from '../residency/decision-inputs.ts'
import { callsOn, nextCall } from './calls.ts'
import type { Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { DecisionContext } from './consequences.ts'
import { awaitsConfirmation, awaitsReview, clockOf, hasPart, isOpen, type Emergency } from './emergency.ts'
import type { Happening } from './evolve.ts'
import { refuse, type Refused } from './refused.ts'

type Command<C extends CaseCommand['command']> = Extract<CaseCommand, { command: C }>
export type EmergencyCommand = Command<'declare-emergency' | 'confirm-emergency' | 'review-emergency'>

const newest = (c: Case, readerId: string, at: Instant): Emergency | undefined =>
  c.emergencies.findLast((one) => one.readerId === readerId && isOpen(one, at))

export const isLetIn = (c: Case, readerId: string, at: Instant): boolean => newest(c, readerId, at) !== undefined

/** What `decide` is shown of an emergency; whether it counts is for the policy to say. */
export function breakGlassOf(c: Case, readerId: string, at: Instant): BreakGlass | undefined {
  const one = newest(c, readerId, at)
  if (one?.confirmedBy === undefined) return undefined
  const { emergencyId, reason, declaredBy, confirmedBy, declaredAt, expiresAt, reviewDueAt } = one
  return {
    reason,
    narrativeId: emergencyId,
    invokedBy: declaredBy,
    approvedBy: confirmedBy,
    invokedAt: declaredAt,
    expiresAt,
    reviewDueAt,
  }
}

/** To confirm, to review; then to the desk, which cannot review but can find who does. */
const call = (c: Case, one: Emergency, context: DecisionContext): Happening =>
  nextCall(c, clockOf(one), context, (rung) => {
    const owner = rung <= 2 && one.owner !== null ? one.owner : context.directory.ownerFor('operations', c)
    const { role, orgId, personId = orgId } = owner
    return { rungName: role, orgId, personId }
  })

const REMIND_MINUTES = 24 * 60

/** When the sweep must look at an emergency; past the date of its review, once a day. */
export function emergencyDueAt(c: Case, one: Emergency): Instant | null {
  if (one.endedAt === undefined) return one.expiresAt
  return awaitsReview(one)
    ? addMinutes(one.reviewDueAt, REMIND_MINUTES * Math.max(0, callsOn(c, clockOf(one)) - 2))
    : null
}

/** A claim that rests on an emergency ends with it: the case goes on to whoever may read it, a preliminary report to whoever may sign the final. */
function withdrawal(c: Case, ended: readonly Emergency[], at: Instant): Happening[] {
  if (c.phase.state !== 'claimed' && c.phase.state !== 'preliminary') return []
  const { readerId, claimedAt } = c.phase.claim
  const rests = c.emergencies.some((one) => one.readerId === readerId && one.claimedAt === claimedAt)
  const over = new Set(ended.map(({ emergencyId }) => emergencyId))
  const another = c.emergencies.some(
    (one) => one.readerId === readerId && !over.has(one.emergencyId) && isOpen(one, at),
  )
  if (!rests || another || !ended.some((one) => one.readerId === readerId)) return []
  return [{ type: 'claim-released', readerId, because: 'no-longer-eligible' }]
}

const end = (c: Case, ended: readonly Emergency[], at: Instant): Happening[] => [
  ...ended.map(({ emergencyId }): Happening => ({ type: 'emergency-ended', emergencyId })),
  ...withdrawal(c, ended, at),
]

export function emergencyDueHappenings(c: Case, now: Instant, context: DecisionContext): Happening[] {
  const due = c.emergencies.filter((one) => {
    const dueAt = emergencyDueAt(c, one)
    return dueAt !== null && dueAt <= now
  })
  const [over, late] = [due.filter((one) => one.endedAt === undefined), due.filter((one) => one.endedAt !== undefined)]
  return [...end(c, over, context.at), ...late.map((one) => call(c, one, context))]
}

function declared(c: Case, command: Command<'declare-emergency'>, context: DecisionContext): Happening[] | Refused {
  const { emergencyId, reason, readerId, readerPersonId, personId, minutes, reviewMinutes } = command
  if (personId === readerPersonId) return refuse('second-person-needed')
  if (c.emergencies.some((one) => one.readerId === readerId && awaitsConfirmation(one, context.at))) {
    return refuse('illegal-transition', { state: c.phase.state })
  }
  const alone: Emergency = {
    emergencyId,
    reason,
    readerId,
    readerPersonId,
    declaredBy: personId,
    declaredAt: context.at,
    expiresAt: addMinutes(context.at, minutes),
    reviewDueAt: addMinutes(context.at, reviewMinutes),
    owner: null,
  }
  const emergency = { ...alone, owner: context.directory.emergencyOwner('confirmer', c, alone) }
  return [{ type: 'emergency-declared', emergency }, call(c, emergency, context)]
}

function confirmed(c: Case, one: Emergency, personId: string, context: DecisionContext): Happening[] | Refused {
  if (hasPart(one, personId)) return refuse('second-person-needed')
  if (!awaitsConfirmation(one, context.at)) return refuse('illegal-transition', { state: c.phase.state })
  const byTwo = { ...one, confirmedBy: personId }
  const owner = context.directory.emergencyOwner('reviewer', c, byTwo)
  return [
    { type: 'emergency-confirmed', emergencyId: one.emergencyId, confirmedBy: personId, owner },
    call(c, { ...byTwo, owner }, context),
  ]
}

/** It ends what it judges: nobody reads on under an access that has been judged. */
function reviewed(c: Case, one: Emergency, command: Command<'review-emergency'>, at: Instant): Happening[] | Refused {
  const { emergencyId, personId, outcome } = command
  if (hasPart(one, personId)) return refuse('second-person-needed')
  if (!awaitsReview(one)) return refuse('illegal-transition', { state: c.phase.state })
  return [
    { type: 'emergency-reviewed', emergencyId, reviewedBy: personId, outcome },
    ...(one.endedAt === undefined ? end(c, [one], at) : []),
  ]
}

export function emergencyHappenings(
  c: Case,
  command: EmergencyCommand,
  context: DecisionContext,
): Happening[] | Refused {
  if (command.command === 'declare-emergency') return declared(c, command, context)
  const one = c.emergencies.find(({ emergencyId }) => emergencyId === command.emergencyId)
  if (one === undefined) return refuse('not-found')
  return command.command === 'confirm-emergency'
    ? confirmed(c, one, command.personId, context)
    : reviewed(c, one, command, context.at)
}
