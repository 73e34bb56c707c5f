import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { TimelineEntry } from '../../shared/contracts/http/timeline.ts'
import type { AnswerOf } from '../../shared/contracts/routes.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import type { CaseEvent } from '../../shared/domain/case/events.ts'
import { evolve } from '../../shared/domain/case/evolve.ts'
import { nextDueAt } from '../../shared/domain/case/due.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { loadEvents } from '../../shared/ledger/case-ledger.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { receivedSoFar } from '../../shared/ledger/image-count.ts'
import { recordAccess, type AccessPorts } from '../../shared/ledger/recorded-access.ts'
import type { SettingPorts } from '../../shared/ledger/residency-question.ts'
import { requireTold } from '../../shared/ledger/told-of-case.ts'

type FollowPorts = AccessPorts & SettingPorts

interface Asked {
  readonly params: { readonly referralId: ReferralId }
  readonly context: Asking
}

async function authoriseFollowing(
  ports: FollowPorts,
  operation: 'readStatus' | 'readTimeline',
  { params, context: { principal } }: Asked,
): Promise<AuthorisedCase> {
  const authorised = await authoriseCase(ports, operation, principal, params.referralId)
  await requireTold(ports, authorised.case, principal, authorised.network)
  return authorised
}

export async function readStatus(ports: FollowPorts, asked: Asked): Promise<CaseStatus> {
  const { context } = asked
  const { case: c, version } = await authoriseFollowing(ports, 'readStatus', asked)
  await recordAccess(ports, context, { action: 'read', referralId: c.referralId })
  return caseStatus({ ...c, images: await receivedSoFar(ports.store, c) }, version)
}

/** The facts of an event that a partner may see: ids, counts, codes. Birth, offers and claims are named, not copied whole. */
function factsOf(e: CaseEvent): TimelineEntry['facts'] {
  switch (e.type) {
    case 'referral-accepted':
      return e.rule === undefined ? {} : { rule: e.rule }
    case 'referral-rejected':
    case 'referral-cancelled':
      return { reason: e.reason }
    case 'information-requested':
      return { item: e.item }
    case 'upload-opened':
      return { uploadId: e.uploadId, objects: e.objects }
    case 'images-counted':
      return { expected: e.expected, stored: e.stored, failed: e.failed }
    case 'overflow-entered':
      return { tier: e.tier }
    case 'case-offered':
      return { readerId: e.offer.readerId, poolId: e.offer.poolId, decisionId: e.offer.decisionId, tier: e.tier }
    case 'case-claimed':
      return { readerId: e.claim.readerId, decisionId: e.claim.decisionId }
    case 'offer-withdrawn':
    case 'claim-released':
      return { readerId: e.readerId, because: e.because }
    case 'preliminary-filed':
    case 'final-signed':
    case 'addendum-added':
      return { reportId: e.report.reportId, sha256: e.report.sha256 }
    case 'delivery-failed':
      return { attempt: e.attempt }
    case 'report-delivered':
      return { recipientOrgId: e.recipientOrgId }
    case 'escalated':
      return { rung: e.escalation.rungName, personId: e.escalation.personId, clock: e.escalation.clock }
    case 'exception-raised':
    case 'aside-raised':
      return { code: e.code }
    case 'exception-resolved':
    case 'aside-resolved':
      return { code: e.code, resolution: e.resolution }
    case 'critical-result-declared':
      return { reportId: e.result.reportId, category: e.result.category, dueAt: e.result.dueAt }
    case 'critical-result-received':
      return { reportId: e.reportId }
    case 'emergency-declared': {
      const { emergencyId, readerId, reason, expiresAt, reviewDueAt } = e.emergency
      return { emergencyId, readerId, reason, expiresAt, reviewDueAt }
    }
    case 'emergency-confirmed':
    case 'claimed-in-emergency':
    case 'emergency-ended':
      return { emergencyId: e.emergencyId }
    case 'emergency-reviewed':
      return { emergencyId: e.emergencyId, outcome: e.outcome }
    default:
      return {}
  }
}

/** Every event with the state, owner and deadline it led to, replayed: the timeline has no second source of truth. */
export function timelineOf(events: readonly CaseEvent[]): TimelineEntry[] {
  let current: Case | undefined
  return events.map((e, at) => {
    current = evolve(current, e)
    return {
      number: at + 1,
      at: e.at,
      event: e.type,
      state: current.phase.state,
      by: e.by,
      owner: current.owner,
      dueAt: nextDueAt(current),
      facts: factsOf(e),
    }
  })
}

export async function readTimeline(ports: FollowPorts, asked: Asked): Promise<AnswerOf<'readTimeline'>> {
  const { params, context } = asked
  const { referralId } = params
  await authoriseFollowing(ports, 'readTimeline', asked)
  await recordAccess(ports, context, { action: 'read', referralId })
  return { referralId, entries: timelineOf(await loadEvents(ports.store, referralId)) }
}
