import type { CaseStatus } from '../contracts/http/referrals.ts'
import type { Case } from '../domain/case/case.ts'
import { nextDueAt } from '../domain/case/due.ts'
import { ruleOf } from '../domain/case/states.ts'

const readerOf = (c: Case): string | undefined =>
  'claim' in c.phase ? c.phase.claim.readerId : c.phase.state === 'offered' ? c.phase.offer.readerId : undefined

/** The status everybody entitled to the case may follow. */
export function caseStatus(c: Case, version: number): CaseStatus {
  const { task, businessStatus } = ruleOf(c.phase.state)
  const readerId = readerOf(c)
  return {
    referralId: c.referralId,
    version,
    state: c.phase.state,
    siteId: c.siteId,
    referringOrgId: c.referringOrgId,
    readingGroups: c.readingGroups,
    pathwayId: c.pathwayId,
    urgency: c.urgency,
    subspecialty: c.subspecialty,
    modality: c.order.modality,
    bodyRegion: c.bodyRegion,
    owner: c.owner,
    dueAt: nextDueAt(c),
    milestones: c.milestones,
    images: {
      expected: c.images.expected,
      stored: c.images.stored,
      failed: c.images.failed,
      complete: c.images.complete,
    },
    reports: c.reports,
    escalations: c.escalations,
    exceptions: c.exceptions,
    emergencies: c.emergencies,
    missingHistory: c.missingHistory,
    criticalResults: c.criticalResults,
    task: { status: task, businessStatus },
    ...(c.phase.state === 'exception' ? { exceptionCode: c.phase.code } : {}),
    ...(readerId === undefined ? {} : { readerId }),
    ...(c.rejectedBecause === undefined ? {} : { rejectedBecause: c.rejectedBecause }),
  }
}
