import type * as z from 'zod'
import { type RefusalCode } from '../../domain/refusal.ts'
import { ReleaseSchema, WorklistPageSchema, WorklistQuerySchema } from '../http/worklist.ts'
import { AttestSchema, AttestedSchema, CopiesQuerySchema, CopyPageSchema } from '../http/copies.ts'
import { BinaryAnswerSchema, FrameParamsSchema, FrameQuerySchema } from '../http/frames.ts'
import { EmptySchema } from '../http/case-commands.ts'
import { CaseStatusSchema, ReferralParamsSchema } from '../http/referrals.ts'
import { ImagePageSchema, ImagesQuerySchema } from '../http/uploads.ts'
import { route, type Route } from './route.ts'

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

export const readingRoutes = [
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
  worklistCommand(
    'releaseCase',
    'release',
    'Give an offered or claimed case back, or hand over the final of a preliminary report',
    ReleaseSchema,
    [],
  ),
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
] as const satisfies readonly Route[]
