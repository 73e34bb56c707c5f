import * as z from 'zod'
import { ReferralIdSchema } from '../domain/case/case.ts'
import { AuditBundleSchema } from '../domain/audit/verify-bundle.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import type { CapabilityName } from './capabilities.ts'
import {
  AttachmentOpenedSchema,
  DraftSavedSchema,
  FileReportSchema,
  KpiQuerySchema,
  KpisSchema,
  OpenAttachmentSchema,
  ReleaseSchema,
  ReportsSchema,
  SaveDraftSchema,
  WorklistPageSchema,
  WorklistQuerySchema,
} from './http/reading.ts'
import { AttestSchema, AttestedSchema, CopiesQuerySchema, CopyPageSchema } from './http/copies.ts'
import { BinaryAnswerSchema, FrameParamsSchema, FrameQuerySchema } from './http/frames.ts'
import { AuditEventBundleSchema } from './http/audit.ts'
import {
  AccessReportSchema,
  HoldParamsSchema,
  PatientSearchSchema,
  PlaceHoldSchema,
  RequestErasureSchema,
  RetentionPageSchema,
  RetentionQuerySchema,
  RetentionSchema,
} from './http/privacy.ts'
import {
  CancelSchema,
  CaseStatusSchema,
  EmptySchema,
  ListReferralsQuerySchema,
  ProvideInformationSchema,
  ReferralPageSchema,
  ReferralParamsSchema,
  ReadReferralSchema,
  RejectSchema,
  RequestInformationSchema,
  ResolveExceptionSchema,
  SubmitReferralSchema,
  TimelineSchema,
} from './http/referrals.ts'
import { IssuerKeysSchema, IssuerMetadataSchema, TokenAnswerSchema, TokenRequestSchema } from './http/tokens.ts'
import {
  ImagePageSchema,
  ImagesQuerySchema,
  ObjectParamsSchema,
  OpenUploadSchema,
  UploadObjectsPageSchema,
  UploadObjectsQuerySchema,
  UploadParamsSchema,
  UploadStateSchema,
  UploadUrlPageSchema,
  UploadUrlsQuerySchema,
} from './http/uploads.ts'

export const scopes = {
  'referrals:read': 'List and read referrals, their timelines and reports',
  'referrals:write': 'Submit, cancel, answer and acknowledge referrals',
  'referrals:triage': 'Accept, reject and ask for information',
  'uploads:write': 'Open uploads, get upload URLs and complete them',
  'worklist:read': 'See the cases offered to a reader',
  'worklist:claim': 'Claim, renew and release cases',
  'images:read': 'Open the images of a claimed case',
  'reports:write': 'Write and sign reports',
  'kpis:read': 'Read key figures',
  'audit:read': 'Read the audit trail of a case',
  'privacy:read': 'Read legal holds, erasures and who accessed what of a patient',
  'privacy:write': 'Place and lift legal holds, request and confirm erasures',
} as const
export type Scope = keyof typeof scopes

export interface Route {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly capability: CapabilityName
  readonly summary: string
  /** Any one of them is enough for the gateway; the permission table decides in code. Empty: public. */
  readonly scopes: readonly Scope[]
  /** A command takes an Idempotency-Key; a versioned one also If-Match with the version read. */
  readonly command: 'no' | 'idempotent' | 'versioned'
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  /** `form`: `application/x-www-form-urlencoded`, as OAuth 2.0 has it. */
  readonly takes: 'json' | 'form'
  /** Largest body in bytes; 64 KiB unless a manifest needs more. */
  readonly bodyLimit: number
  readonly success: 200 | 201
  readonly answer: z.ZodType
  /** `binary`: bytes for the screen, never to be kept; everything else is JSON. */
  readonly form: 'json' | 'binary'
  readonly refuses: readonly RefusalCode[]
}

const KIB = 1024
const none = z.strictObject({})
const attachmentParams = ReferralParamsSchema
const escalationParams = z.strictObject({
  referralId: ReferralIdSchema,
  escalationId: z.string().regex(/^[0-9a-z]{26}$/),
})

const defaults = {
  command: 'no',
  params: none,
  query: none,
  body: null,
  takes: 'json',
  bodyLimit: 64 * KIB,
  success: 200,
  form: 'json',
  refuses: [],
} as const
const route = <
  const R extends Partial<Route> &
    Pick<Route, 'operationId' | 'method' | 'path' | 'capability' | 'summary' | 'scopes' | 'answer'>,
>(
  given: R,
) => ({ ...defaults, ...given }) as Omit<typeof defaults, keyof R> & R

const caseCommand = <const O extends string, B extends z.ZodType>(
  operationId: O,
  verb: string,
  scope: Scope,
  summary: string,
  body: B,
  refuses: readonly RefusalCode[] = [],
) =>
  route({
    operationId,
    method: 'POST',
    path: `/v1/referrals/{referralId}/${verb}`,
    capability: 'case-desk',
    summary,
    scopes: [scope],
    command: 'versioned',
    params: ReferralParamsSchema,
    body,
    answer: CaseStatusSchema,
    refuses: ['illegal-transition', ...refuses],
  })

const worklistCommand = <const O extends string, B extends z.ZodType>(
  operationId: O,
  verb: string,
  summary: string,
  body: B,
  refuses: readonly RefusalCode[],
) =>
  route({
    operationId,
    method: 'POST',
    path: `/v1/worklist/{referralId}/${verb}`,
    capability: 'worklist',
    summary,
    scopes: ['worklist:claim'],
    command: 'versioned',
    params: ReferralParamsSchema,
    body,
    answer: CaseStatusSchema,
    refuses: ['illegal-transition', 'claim-lost', ...refuses],
  })

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

const retentionCommand = <const O extends string, P extends z.ZodType, B extends z.ZodType>(
  operationId: O,
  path: string,
  summary: string,
  given: { readonly params: P; readonly body: B; readonly refuses?: readonly RefusalCode[] },
) =>
  route({
    operationId,
    method: 'POST',
    path: `/v1/referrals/{referralId}/${path}`,
    capability: 'privacy-desk',
    summary,
    scopes: ['privacy:write'],
    command: 'versioned',
    answer: RetentionSchema,
    params: given.params,
    body: given.body,
    refuses: ['illegal-transition', ...(given.refuses ?? [])],
  })
const ofHold = { params: HoldParamsSchema, body: EmptySchema }
const ofErasure = { params: ReferralParamsSchema, body: EmptySchema }

/** The one route table: the API of both editions, its authorizer scopes, the OpenAPI document and the clients come from it. */
export const routes = [
  route({
    operationId: 'submitReferral',
    method: 'POST',
    path: '/v1/referrals',
    capability: 'referral-intake',
    summary: 'Submit a referral',
    scopes: ['referrals:write'],
    command: 'idempotent',
    body: SubmitReferralSchema,
    success: 201,
    answer: CaseStatusSchema,
    refuses: [
      'unknown-organisation',
      'unknown-pathway',
      'date-in-future',
      'duplicate-referral',
      'no-agreement',
      'wrong-cell',
    ],
  }),
  route({
    operationId: 'listReferrals',
    method: 'GET',
    path: '/v1/referrals',
    capability: 'case-desk',
    summary: 'List the referrals your organisation is party to',
    scopes: ['referrals:read'],
    query: ListReferralsQuerySchema,
    answer: ReferralPageSchema,
    refuses: ['invalid-cursor'],
  }),
  route({
    operationId: 'readReferral',
    method: 'GET',
    path: '/v1/referrals/{referralId}',
    capability: 'case-desk',
    summary: 'Read a referral with its patient and clinical context',
    scopes: ['referrals:read', 'worklist:read'],
    params: ReferralParamsSchema,
    answer: ReadReferralSchema,
    refuses: ['residency-forbidden'],
  }),
  route({
    operationId: 'readStatus',
    method: 'GET',
    path: '/v1/referrals/{referralId}/status',
    capability: 'case-desk',
    summary: 'Follow the status of a case: state, owner, clocks; no patient data',
    scopes: ['referrals:read', 'worklist:read'],
    params: ReferralParamsSchema,
    answer: CaseStatusSchema,
  }),
  route({
    operationId: 'readTimeline',
    method: 'GET',
    path: '/v1/referrals/{referralId}/timeline',
    capability: 'case-desk',
    summary: 'Every event of a case with the owner it led to',
    scopes: ['referrals:read', 'worklist:read'],
    params: ReferralParamsSchema,
    answer: TimelineSchema,
  }),
  caseCommand('acceptReferral', 'accept', 'referrals:triage', 'Accept a referral in triage', EmptySchema),
  caseCommand('rejectReferral', 'reject', 'referrals:triage', 'Reject a referral in triage', RejectSchema),
  caseCommand(
    'requestInformation',
    'request-information',
    'referrals:triage',
    'Ask the referrer for what is missing',
    RequestInformationSchema,
  ),
  caseCommand(
    'provideInformation',
    'provide-information',
    'referrals:write',
    'Answer a question and put the case back',
    ProvideInformationSchema,
  ),
  caseCommand('cancelReferral', 'cancel', 'referrals:write', 'Cancel a referral that has no report yet', CancelSchema),
  caseCommand('acknowledgeReport', 'acknowledge', 'referrals:write', 'Acknowledge the delivered report', EmptySchema),
  caseCommand(
    'resolveException',
    'resolve-exception',
    'referrals:triage',
    'Put a case back on its path',
    ResolveExceptionSchema,
  ),
  route({
    operationId: 'acknowledgeEscalation',
    method: 'POST',
    path: '/v1/referrals/{referralId}/escalations/{escalationId}/acknowledge',
    capability: 'case-desk',
    summary: 'Say that you have taken up an escalation addressed to you',
    scopes: ['referrals:write', 'referrals:triage', 'worklist:claim'],
    command: 'versioned',
    params: escalationParams,
    body: EmptySchema,
    answer: CaseStatusSchema,
  }),
  route({
    operationId: 'openUpload',
    method: 'POST',
    path: '/v1/referrals/{referralId}/uploads',
    capability: 'image-upload',
    summary: 'Open an upload with a manifest of objects',
    scopes: ['uploads:write'],
    command: 'versioned',
    params: ReferralParamsSchema,
    body: OpenUploadSchema,
    bodyLimit: 1024 * KIB,
    success: 201,
    answer: UploadStateSchema,
    refuses: [
      'manifest-repeats-uid',
      'manifest-contradicts',
      'manifest-too-large',
      'upload-closed',
      'study-of-another-case',
    ],
  }),
  route({
    operationId: 'readUpload',
    method: 'GET',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}',
    capability: 'image-upload',
    summary: 'Expected, received, failed and missing objects of an upload',
    scopes: ['uploads:write', 'referrals:read'],
    params: UploadParamsSchema,
    answer: UploadStateSchema,
  }),
  route({
    operationId: 'listUploadObjects',
    method: 'GET',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}/objects',
    capability: 'image-upload',
    summary: 'State of each object, with the reason where it failed',
    scopes: ['uploads:write', 'referrals:read'],
    params: UploadParamsSchema,
    query: UploadObjectsQuerySchema,
    answer: UploadObjectsPageSchema,
    refuses: ['invalid-cursor'],
  }),
  route({
    operationId: 'pageUploadUrls',
    method: 'GET',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}/urls',
    capability: 'image-upload',
    summary: 'Signed URLs for the objects still missing, a page at a time',
    scopes: ['uploads:write'],
    params: UploadParamsSchema,
    query: UploadUrlsQuerySchema,
    answer: UploadUrlPageSchema,
    refuses: ['upload-closed', 'invalid-cursor'],
  }),
  route({
    operationId: 'assembleObject',
    method: 'POST',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}/objects/{index}/assemble',
    capability: 'image-upload',
    summary: 'Put the parts of a large object together',
    scopes: ['uploads:write'],
    command: 'idempotent',
    params: ObjectParamsSchema,
    body: EmptySchema,
    answer: UploadStateSchema,
    refuses: ['upload-closed', 'object-not-received'],
  }),
  route({
    operationId: 'resumeUpload',
    method: 'POST',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}/resume',
    capability: 'image-upload',
    summary: 'Look again at what has arrived and say what is missing',
    scopes: ['uploads:write'],
    command: 'idempotent',
    params: UploadParamsSchema,
    body: EmptySchema,
    answer: UploadStateSchema,
    refuses: ['upload-closed'],
  }),
  route({
    operationId: 'completeUpload',
    method: 'POST',
    path: '/v1/referrals/{referralId}/uploads/{uploadId}/complete',
    capability: 'image-upload',
    summary: 'Say that everything has been sent, failed objects included',
    scopes: ['uploads:write'],
    command: 'idempotent',
    params: UploadParamsSchema,
    body: EmptySchema,
    answer: UploadStateSchema,
    refuses: ['upload-incomplete'],
  }),
  route({
    operationId: 'listWorklist',
    method: 'GET',
    path: '/v1/worklist',
    capability: 'worklist',
    summary: 'Cases offered to you and claimed by you',
    scopes: ['worklist:read'],
    query: WorklistQuerySchema,
    answer: WorklistPageSchema,
    refuses: ['invalid-cursor'],
  }),
  worklistCommand('claimCase', 'claim', 'Claim an offered case; eligibility is checked again', EmptySchema, [
    'claim-held',
    'not-eligible',
    'residency-forbidden',
  ]),
  worklistCommand('releaseCase', 'release', 'Give a claimed or offered case back', ReleaseSchema, []),
  worklistCommand('renewClaim', 'heartbeat', 'Keep a claim while you read', EmptySchema, []),
  route({
    operationId: 'listImages',
    method: 'GET',
    path: '/v1/referrals/{referralId}/images',
    capability: 'image-access',
    summary: 'The images of a case for the reader who holds it, with short-lived URLs where the decision allows them',
    scopes: ['images:read'],
    params: ReferralParamsSchema,
    query: ImagesQuerySchema,
    answer: ImagePageSchema,
    refuses: ['residency-forbidden', 'claim-lost', 'invalid-cursor'],
  }),
  route({
    operationId: 'readFrame',
    method: 'GET',
    path: '/v1/referrals/{referralId}/images/{sopInstanceUid}/frames/{frame}',
    capability: 'image-access',
    summary: 'The bytes of one frame, through the cell: what a reader gets who may look but take nothing away',
    scopes: ['images:read'],
    params: FrameParamsSchema,
    query: FrameQuerySchema,
    answer: BinaryAnswerSchema,
    form: 'binary',
    refuses: ['residency-forbidden', 'not-eligible', 'claim-lost', 'frame-unavailable', 'frame-too-large'],
  }),
  route({
    operationId: 'listCopies',
    method: 'GET',
    path: '/v1/referrals/{referralId}/copies',
    capability: 'case-desk',
    summary: 'What became of the de-identified copies of a case, and which of them wait for a person of its site',
    scopes: ['referrals:read'],
    params: ReferralParamsSchema,
    query: CopiesQuerySchema,
    answer: CopyPageSchema,
    refuses: ['invalid-cursor'],
  }),
  route({
    operationId: 'attestCopies',
    method: 'POST',
    path: '/v1/referrals/{referralId}/copies/attest',
    capability: 'case-desk',
    summary: 'Say that you have looked at the pixels of held copies and found no text, or no face',
    scopes: ['referrals:write'],
    command: 'idempotent',
    params: ReferralParamsSchema,
    body: AttestSchema,
    answer: AttestedSchema,
    refuses: ['copy-not-held'],
  }),
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
    refuses: ['claim-lost'],
  }),
  route({
    operationId: 'openAttachment',
    method: 'POST',
    path: '/v1/referrals/{referralId}/attachments',
    capability: 'report-filing',
    summary: 'Get a signed URL for a PDF or structured report to attach',
    scopes: ['reports:write'],
    command: 'idempotent',
    params: attachmentParams,
    body: OpenAttachmentSchema,
    success: 201,
    answer: AttachmentOpenedSchema,
    refuses: ['claim-lost'],
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
  route({
    operationId: 'readKpis',
    method: 'GET',
    path: '/v1/kpis',
    capability: 'turnaround-kpi',
    summary: 'Acceptance, availability and turnaround by site, reading group and pathway',
    scopes: ['kpis:read'],
    query: KpiQuerySchema,
    answer: KpisSchema,
  }),
  route({
    operationId: 'readAuditTrail',
    method: 'GET',
    path: '/v1/referrals/{referralId}/audit',
    capability: 'audit-trail',
    summary: 'Who did and saw what of a case, when and under which decision: a bundle that can be verified offline',
    scopes: ['audit:read'],
    params: ReferralParamsSchema,
    answer: AuditBundleSchema,
  }),
  route({
    operationId: 'readAuditEvents',
    method: 'GET',
    path: '/v1/referrals/{referralId}/audit-events',
    capability: 'audit-trail',
    summary: 'The same as FHIR R4 AuditEvent resources along IHE BALP',
    scopes: ['audit:read'],
    params: ReferralParamsSchema,
    answer: AuditEventBundleSchema,
  }),
  route({
    operationId: 'issueToken',
    method: 'POST',
    path: '/v1/token',
    capability: 'machine-token',
    summary: 'Get a token as a system registered in the network, by a signed assertion (`private_key_jwt`)',
    scopes: [],
    body: TokenRequestSchema,
    takes: 'form',
    answer: TokenAnswerSchema,
  }),
  route({
    operationId: 'readMachineIssuer',
    method: 'GET',
    path: '/machines/.well-known/openid-configuration',
    capability: 'machine-token',
    summary: 'Where systems get tokens, and how they prove themselves',
    scopes: [],
    answer: IssuerMetadataSchema,
  }),
  route({
    operationId: 'readMachineKeys',
    method: 'GET',
    path: '/machines/.well-known/jwks.json',
    capability: 'machine-token',
    summary: 'The public key that tokens of systems are signed with',
    scopes: [],
    answer: IssuerKeysSchema,
  }),
  route({
    operationId: 'readAccessReport',
    method: 'POST',
    path: '/v1/access-reports',
    capability: 'audit-trail',
    summary: 'Who saw what of a patient of yours, when and under which decision, over all cases of this cell',
    scopes: ['privacy:read'],
    body: PatientSearchSchema,
    answer: AccessReportSchema,
    refuses: ['unknown-organisation'],
  }),
  route({
    operationId: 'listRetention',
    method: 'GET',
    path: '/v1/retention',
    capability: 'privacy-desk',
    summary: 'Cases of your organisation with a legal hold or an erasure, erased ones with their proof',
    scopes: ['privacy:read'],
    query: RetentionQuerySchema,
    answer: RetentionPageSchema,
    refuses: ['invalid-cursor'],
  }),
  route({
    operationId: 'readRetention',
    method: 'GET',
    path: '/v1/referrals/{referralId}/retention',
    capability: 'privacy-desk',
    summary: 'Legal holds and erasure of a case, and every reason against erasing it now with its day',
    scopes: ['privacy:read'],
    params: ReferralParamsSchema,
    answer: RetentionSchema,
  }),
  retentionCommand('placeLegalHold', 'legal-holds', 'Place a legal hold; it holds from now on', {
    params: ReferralParamsSchema,
    body: PlaceHoldSchema,
  }),
  retentionCommand('confirmLegalHold', 'legal-holds/{holdId}/confirm', 'Confirm a legal hold, as a second person', {
    ...ofHold,
    refuses: ['second-person-needed'],
  }),
  retentionCommand(
    'askToLiftLegalHold',
    'legal-holds/{holdId}/ask-lift',
    'Ask to lift a hold, which still holds',
    ofHold,
  ),
  retentionCommand('keepLegalHold', 'legal-holds/{holdId}/keep', 'Keep a hold that somebody asked to lift', ofHold),
  retentionCommand('liftLegalHold', 'legal-holds/{holdId}/lift', 'Lift a hold, as a second person', {
    ...ofHold,
    refuses: ['second-person-needed'],
  }),
  retentionCommand('requestErasure', 'erasure', 'Ask for the erasure of a case; answers every reason against it', {
    params: ReferralParamsSchema,
    body: RequestErasureSchema,
  }),
  retentionCommand('withdrawErasure', 'erasure/withdraw', 'Take back a request that nobody has confirmed', ofErasure),
  retentionCommand(
    'confirmErasure',
    'erasure/confirm',
    'Erase the case, as a second person; a repeat finishes what was cut short',
    { ...ofErasure, refuses: ['second-person-needed', 'erasure-kept', 'erasure-locked'] },
  ),
  route({
    operationId: 'readOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    capability: 'api-reference',
    summary: 'This document',
    scopes: [],
    answer: z.looseObject({ openapi: z.string() }),
  }),
  route({
    operationId: 'readDocs',
    method: 'GET',
    path: '/docs',
    capability: 'api-reference',
    summary: 'This document as a readable page',
    scopes: [],
    answer: z.string(),
  }),
  route({
    operationId: 'readDocsAsset',
    method: 'GET',
    path: '/docs/{asset}',
    capability: 'api-reference',
    summary: 'Script and style of the page',
    scopes: [],
    params: z.strictObject({ asset: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) }),
    answer: z.string(),
  }),
] as const satisfies readonly Route[]

export type Operation = (typeof routes)[number]
export type OperationId = Operation['operationId']
export type RouteOf<O extends OperationId> = Extract<Operation, { operationId: O }>
export type ParamsOf<O extends OperationId> = z.output<RouteOf<O>['params']>
export type QueryOf<O extends OperationId> = z.output<RouteOf<O>['query']>
export type BodyOf<O extends OperationId> = RouteOf<O>['body'] extends z.ZodType ? z.output<RouteOf<O>['body']> : null
export type AnswerOf<O extends OperationId> = z.input<RouteOf<O>['answer']>

export const routeKey = (r: Pick<Route, 'method' | 'path'>): string => `${r.method} ${r.path}`

export const routeOf = <O extends OperationId>(operationId: O): RouteOf<O> => {
  const found = routes.find((r) => r.operationId === operationId)
  if (found === undefined) throw new Error('no such operation')
  return found as RouteOf<O>
}
