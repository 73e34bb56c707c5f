import { AuditBundleSchema } from '../../domain/audit/verify-bundle.ts'
import { KpiQuerySchema, KpisSchema } from '../http/kpis.ts'
import { AuditEventBundleSchema } from '../http/audit.ts'
import { ReferralParamsSchema } from '../http/referrals.ts'
import { route, type Route } from './route.ts'

export const oversightRoutes = [
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
] as const satisfies readonly Route[]
