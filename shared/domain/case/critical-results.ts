import { addMinutes, minutesBetween, type Instant } from '../instant.ts'
import { callsOn, nextCall, pauseMinutes } from './calls.ts'
import type { Case } from './case.ts'
import type { DecisionContext } from './consequences.ts'
import type { CriticalCategory, CriticalResult } from './critical-result.ts'
import type { Happening } from './evolve.ts'
import type { OwnerRole } from './states.ts'

const HOUR = 60
const DAY = 24 * HOUR

/** Minutes in which somebody who treats the patient must have taken it up (domain.md 8), whatever the pathway. */
export const minutesToCommunicate: Readonly<Record<CriticalCategory, number>> = {
  'category-1': 15,
  'category-2': 4 * HOUR,
  'category-3': 3 * DAY,
  cancer: 3 * DAY,
}

/** Who is called, at which share of that time: who referred, then whoever is on duty at the site, then the executive. */
const turns: readonly { readonly share: number; readonly role: OwnerRole }[] = [
  { share: 0, role: 'referring-clinician' },
  { share: 1 / 3, role: 'referring-clinician' },
  { share: 2 / 3, role: 'referring-clinician' },
  { share: 1, role: 'duty-clinician' },
  { share: 2, role: 'executive' },
]
/** From then on, again and again, whoever is on duty: at the pace of the first calls, later slower, and never not at all. */
const onAndOn: OwnerRole = 'duty-clinician'

const CLOCK = 'critical:'
const clockOf = ({ reportId }: CriticalResult): string => `${CLOCK}${reportId}`

const isOpen = ({ receivedAt }: CriticalResult): boolean => receivedAt === undefined

/** Minutes from its declaration to the call after `calls`. */
function minutesToCall(calls: number, within: number): number {
  const turn = turns[calls]
  if (turn !== undefined) return within * turn.share
  const [stepMinutes, ladderMinutes] = [within / 3, within * 2]
  let elapsedMinutes = ladderMinutes
  for (let made = turns.length; made <= calls; made++)
    elapsedMinutes += pauseMinutes('stat', 'calls', { stepMinutes, ladderMinutes, elapsedMinutes })
  return elapsedMinutes
}

const dueAtOf = (c: Case, one: CriticalResult): Instant =>
  addMinutes(one.declaredAt, minutesToCall(callsOn(c, clockOf(one)), minutesBetween(one.declaredAt, one.dueAt)))

export const criticalDueAt = (c: Case): Instant[] => c.criticalResults.filter(isOpen).map((one) => dueAtOf(c, one))

const call = (c: Case, one: CriticalResult, context: DecisionContext): Happening =>
  nextCall(c, clockOf(one), context, (rung) => {
    const role = turns[rung - 1]?.role ?? onAndOn
    const { orgId, personId = orgId } = context.directory.ownerFor(role, c)
    return { rungName: role, orgId, personId }
  })

export const criticalDueHappenings = (c: Case, now: Instant, context: DecisionContext): Happening[] =>
  c.criticalResults.filter((one) => isOpen(one) && dueAtOf(c, one) <= now).map((one) => call(c, one, context))

/** Declared by a report: whoever referred the patient is called in the same moment. */
export function criticalDeclared(
  c: Case,
  reportId: string,
  category: CriticalCategory | undefined,
  context: DecisionContext,
): Happening[] {
  if (category === undefined) return []
  const one: CriticalResult = {
    reportId,
    category,
    owner: context.directory.ownerFor('referring-clinician', c),
    declaredAt: context.at,
    dueAt: addMinutes(context.at, minutesToCommunicate[category]),
  }
  return [{ type: 'critical-result-declared', result: one }, call(c, one, context)]
}

const received = ({ reportId }: CriticalResult): Happening => ({ type: 'critical-result-received', reportId })

/** Taken up by somebody of the patient's own hospital: an executive elsewhere, who has heard of it, has told nobody there. */
export function criticalTakenUp(c: Case, escalationId: string): Happening[] {
  const taken = c.escalations.find((one) => one.escalationId === escalationId)
  return taken?.orgId === c.referringOrgId
    ? c.criticalResults.filter((one) => isOpen(one) && clockOf(one) === taken.clock).map(received)
    : []
}

/** Whoever acknowledges the delivered report has read what it declares. */
export const criticalAcknowledged = (c: Case): Happening[] => c.criticalResults.filter(isOpen).map(received)
