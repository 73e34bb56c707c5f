import {
  AttachmentOpenedSchema,
  DraftSavedSchema,
  FileReportSchema,
  OpenAttachmentSchema,
  ReportsSchema,
  SaveDraftSchema,
} from '../http/reports.ts'
import { CaseStatusSchema, ReferralParamsSchema } from '../http/referrals.ts'
import { route, type Route } from './route.ts'

const reportCommand = <const O extends string>(operationId: O, kind: string, summary: string) =>
  route({
    operationId,
    method: 'POST',
    path: `/v1/referrals/{referralId}/reports/${kind}`,
    capability: 'report-filing',
    summary,
    scopes: ['reports:write'],
    command: 'versioned',
    params: ReferralParamsSchema,
    body: FileReportSchema,
    success: 201,
    answer: CaseStatusSchema,
    refuses: ['illegal-transition', 'claim-lost', 'not-eligible', 'residency-forbidden', 'attachment-rejected'],
  })

export const reportRoutes = [
  route({
    operationId: 'saveDraft',
    method: 'PUT',
    path: '/v1/referrals/{referralId}/report-draft',
    capability: 'report-filing',
    summary: 'Save a draft',
    scopes: ['reports:write'],
    command: 'idempotent',
    params: ReferralParamsSchema,
    body: SaveDraftSchema,
    answer: DraftSavedSchema,
    refuses: ['illegal-transition', 'claim-lost'],
  }),
  route({
    operationId: 'openAttachment',
    method: 'POST',
    path: '/v1/referrals/{referralId}/attachments',
    capability: 'report-filing',
    summary: 'Get a signed URL for a PDF or structured report to attach',
    scopes: ['reports:write'],
    command: 'idempotent',
    params: ReferralParamsSchema,
    body: OpenAttachmentSchema,
    success: 201,
    answer: AttachmentOpenedSchema,
    refuses: ['illegal-transition', 'claim-lost'],
  }),
  reportCommand('filePreliminary', 'preliminary', 'File a preliminary report'),
  reportCommand('signFinal', 'final', 'Sign and seal the final report'),
  reportCommand('addAddendum', 'addendum', 'Add an addendum; the report is delivered again'),
  route({
    operationId: 'readReports',
    method: 'GET',
    path: '/v1/referrals/{referralId}/reports',
    capability: 'report-filing',
    summary: 'Read the reports of a case',
    scopes: ['referrals:read', 'reports:write'],
    params: ReferralParamsSchema,
    answer: ReportsSchema,
    refuses: ['residency-forbidden'],
  }),
] as const satisfies readonly Route[]
