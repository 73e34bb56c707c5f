import type * as z from 'zod'
import { type RefusalCode } from '../../domain/refusal.ts'
import {
  AccessReportSchema,
  HoldParamsSchema,
  PatientSearchSchema,
  PlaceHoldSchema,
  RequestErasureSchema,
  RetentionPageSchema,
  RetentionQuerySchema,
  RetentionSchema,
} from '../http/privacy.ts'
import { EmptySchema } from '../http/case-commands.ts'
import { ReferralParamsSchema } from '../http/referrals.ts'
import { route, type Route } from './route.ts'

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

export const privacyRoutes = [
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
] as const satisfies readonly Route[]
