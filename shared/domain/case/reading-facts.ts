import type { PathwayId, PersonId, SiteId } from '../network/ids.ts'
import type { ReportType } from '../network/vocabulary.ts'
import type { CaseFacts } from '../routing/case-facts.ts'
import { hasReport, type Case } from './case.ts'

/** What of the case decides who may read it. */
export const caseFactsOf = (c: Case, reportType: ReportType): CaseFacts => ({
  siteId: c.siteId as SiteId,
  pathwayId: c.pathwayId as PathwayId,
  priority: c.priority,
  subspecialty: c.subspecialty,
  secondary: c.secondarySubspecialty,
  modalities: [c.order.modality],
  region: c.bodyRegion,
  ageYears: c.order.patientAgeYears,
  reportType,
  referrerPersonId: c.referrerPersonId as PersonId,
})

/**
 * A pathway with a preliminary target needs readers who may file one. Once it is filed and handed over, the next reader is to
 * sign the final; who filed it and still holds the case goes on seeing what they reported.
 */
export const reportTypeOf = (c: Case): ReportType =>
  c.clocks.prelimMinutes === null || (hasReport(c) && c.phase.state !== 'preliminary') ? 'final' : 'preliminary'
