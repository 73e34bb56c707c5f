import { minutesBetween } from '../instant.ts'
import { heldCalls } from './calls.ts'
import type { Case, Phase, ResumablePhase } from './case.ts'
import type { Emergency } from './emergency.ts'
import { eventRules, type CaseEvent } from './events.ts'

/** An event without its envelope: what is about to happen. */
export type Happening = CaseEvent extends infer E
  ? E extends CaseEvent
    ? Omit<E, 'at' | 'by' | 'then'>
    : never
  : never

const leftPhase = (phase: Phase): ResumablePhase => {
  if (phase.state === 'needs-information' || phase.state === 'exception') return phase.returnTo
  throw new Error(`nothing was left for ${phase.state}`)
}

const resumable = (phase: Phase): ResumablePhase => {
  switch (phase.state) {
    case 'draft':
    case 'needs-information':
    case 'exception':
    case 'acknowledged':
    case 'rejected':
    case 'cancelled':
    case 'expired':
      throw new Error(`${phase.state} cannot be held`)
    default:
      return phase
  }
}

const claimOf = (phase: Phase) => {
  if ('claim' in phase) return phase.claim
  throw new Error(`${phase.state} holds no claim`)
}

/** The phase an event leads to. Total over event types; an event in a phase it cannot happen in is a fault, not a decision. */
export function phaseAfter(phase: Phase, happening: Happening): Phase {
  switch (happening.type) {
    case 'information-requested':
      return { state: 'needs-information', returnTo: resumable(phase) }
    case 'exception-raised':
      return { state: 'exception', code: happening.code, returnTo: resumable(phase) }
    case 'information-provided':
    case 'exception-resolved':
      return leftPhase(phase)
    case 'case-offered':
      return { state: 'offered', offer: happening.offer }
    case 'case-claimed':
      return { state: 'claimed', claim: happening.claim }
    case 'preliminary-filed':
      return { state: 'preliminary', claim: claimOf(phase) }
    case 'final-signed':
    case 'addendum-added':
      return { state: 'final-signed', claim: claimOf(phase), attempts: 0 }
    case 'delivery-failed':
      return { state: 'final-signed', claim: claimOf(phase), attempts: happening.attempt }
    case 'report-delivered':
      return { state: 'delivered', claim: claimOf(phase) }
    case 'report-acknowledged':
      return { state: 'acknowledged', claim: claimOf(phase) }
    default: {
      const to = eventRules[happening.type].to
      return to === 'same' ? phase : { state: to }
    }
  }
}

const claimAs = (c: Case, groupOrgId: string) => ({
  readingGroups: c.readingGroups.includes(groupOrgId) ? c.readingGroups : [...c.readingGroups, groupOrgId],
})

const emergency = (c: Case, emergencyId: string, changes: Partial<Emergency>) => ({
  emergencies: c.emergencies.map((one) => (one.emergencyId === emergencyId ? { ...one, ...changes } : one)),
})

/** What nobody confirmed opened nothing, and there is nothing to review. */
const ended = (c: Case, emergencyId: string, at: string) => {
  const one = c.emergencies.find((each) => each.emergencyId === emergencyId)
  return emergency(c, emergencyId, { endedAt: at, ...(one?.confirmedAt === undefined ? { owner: null } : {}) })
}

const milestone = (c: Case, changes: Partial<Case['milestones']>) => ({ milestones: { ...c.milestones, ...changes } })

function resumed(c: Case, at: string): Partial<Case> {
  const { pausedAt, ...rest } = c.milestones
  if (pausedAt === undefined) return {}
  const minutes = minutesBetween(pausedAt, at)
  const field = rest.acceptedAt === undefined ? 'pausedAcceptanceMinutes' : 'pausedReadingMinutes'
  return { milestones: { ...rest, [field]: rest[field] + minutes } }
}

function routingAfterOverflow(c: Case, tier: number): Case['routing'] {
  return tier === c.routing.tier ? { tier, asked: [], round: c.routing.round + 1 } : { ...c.routing, tier }
}

/** The fields besides phase, owner and clocks that an event changes. First milestones stay: a released case keeps its start. */
function changesOf(c: Case, e: CaseEvent): Partial<Case> {
  switch (e.type) {
    case 'referral-submitted':
      return milestone(c, { submittedAt: e.at })
    case 'referral-accepted':
      return milestone(c, { acceptedAt: e.at })
    case 'referral-rejected':
      return { rejectedBecause: e.reason }
    case 'information-requested':
      return milestone(c, { pausedAt: e.at })
    case 'information-provided':
      return resumed(c, e.at)
    case 'upload-opened':
      return {
        images: {
          ...c.images,
          ...(e.studyInstanceUid === undefined ? {} : { studyInstanceUid: e.studyInstanceUid }),
          expected: c.images.expected + e.objects,
          complete: false,
        },
      }
    case 'images-counted':
      return { images: { ...c.images, expected: e.expected, stored: e.stored, failed: e.failed, complete: e.complete } }
    case 'study-became-available':
      return milestone(c, { availableAt: c.milestones.availableAt ?? e.at })
    case 'overflow-entered':
      return { routing: routingAfterOverflow(c, e.tier) }
    case 'case-offered':
      return {
        ...milestone(c, { routedAt: c.milestones.routedAt ?? e.at }),
        routing: {
          ...c.routing,
          tier: e.tier,
          asked: [...c.routing.asked.filter((id) => id !== e.offer.readerId), e.offer.readerId],
        },
      }
    case 'offer-withdrawn':
      // Eligibility keeps such a reader away while it must; they may be asked at once when it no longer does.
      return e.because === 'no-longer-eligible'
        ? { routing: { ...c.routing, asked: c.routing.asked.filter((id) => id !== e.readerId) } }
        : {}
    case 'case-claimed':
      return { ...milestone(c, { claimedAt: c.milestones.claimedAt ?? e.at }), ...claimAs(c, e.claim.groupOrgId) }
    case 'preliminary-filed':
      return {
        ...milestone(c, { preliminaryAt: c.milestones.preliminaryAt ?? e.at }),
        reports: [...c.reports, e.report],
      }
    case 'final-signed':
      return { ...milestone(c, { finalAt: e.at }), reports: [...c.reports, e.report] }
    case 'addendum-added':
      return { reports: [...c.reports, e.report] }
    case 'report-delivered':
      return milestone(c, { deliveredAt: c.milestones.deliveredAt ?? e.at })
    case 'report-acknowledged':
      return milestone(c, { acknowledgedAt: c.milestones.acknowledgedAt ?? e.at })
    case 'escalated':
      return { escalations: heldCalls([...c.escalations, e.escalation]) }
    case 'escalation-acknowledged':
      return {
        escalations: c.escalations.map((one) =>
          one.escalationId === e.escalationId ? { ...one, acknowledgedAt: e.at, acknowledgedBy: e.by.id } : one,
        ),
      }
    case 'exception-raised':
      return { exceptions: [...c.exceptions, { code: e.code, raisedAt: e.at }] }
    case 'exception-resolved':
    case 'aside-resolved':
      return {
        exceptions: c.exceptions.map((one) =>
          one.code === e.code && one.resolvedAt === undefined ? { ...one, resolvedAt: e.at } : one,
        ),
      }
    case 'scan-dated':
      return { images: { ...c.images, scannedAt: e.scannedAt } }
    case 'aside-raised':
      return { exceptions: [...c.exceptions, { code: e.code, raisedAt: e.at, owner: e.owner }] }
    case 'critical-result-declared':
      return { criticalResults: [...c.criticalResults, e.result] }
    case 'critical-result-received':
      return {
        criticalResults: c.criticalResults.map((one) =>
          one.reportId === e.reportId ? { ...one, receivedAt: e.at, receivedBy: e.by.id } : one,
        ),
      }
    case 'emergency-declared':
      return { emergencies: [...c.emergencies, e.emergency] }
    case 'emergency-confirmed':
      return emergency(c, e.emergencyId, { confirmedBy: e.confirmedBy, confirmedAt: e.at, owner: e.owner })
    case 'claimed-in-emergency':
      return emergency(c, e.emergencyId, { claimedAt: e.at })
    case 'emergency-ended':
      return ended(c, e.emergencyId, e.at)
    case 'emergency-reviewed':
      return emergency(c, e.emergencyId, {
        reviewed: { at: e.at, by: e.reviewedBy, outcome: e.outcome },
        owner: null,
      })
    default:
      return {}
  }
}

/** Applies one event. `replay(events)` of a case's own events gives the case, whatever clock or network stands then. */
export function evolve(current: Case | undefined, e: CaseEvent): Case {
  if (current === undefined) {
    if (e.type !== 'referral-drafted') throw new Error(`a case cannot begin with ${e.type}`)
    return { ...e.birth, phase: { state: 'draft' }, ...e.then, eventCount: 1 }
  }
  return {
    ...current,
    ...changesOf(current, e),
    phase: phaseAfter(current.phase, e),
    ...e.then,
    eventCount: current.eventCount + 1,
  }
}

export function replay(events: readonly CaseEvent[]): Case {
  let current: Case | undefined
  for (const e of events) current = evolve(current, e)
  if (current === undefined) throw new Error('a case has at least one event')
  return current
}
