import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import {
  CaseSchema,
  CaseV1Schema,
  CaseV2Schema,
  CaseV3Schema,
  ClaimSchema,
  EscalationSchema,
  OfferSchema,
  ReportMarkSchema,
  TargetSchema,
  TimerSchema,
} from './case.ts'
import { CriticalResultSchema } from './critical-result.ts'
import { EmergencySchema, ReviewOutcomeSchema } from './emergency.ts'
import { AsideCodeSchema, AsideCodeV3Schema, ExceptionCodeSchema } from './exceptions.ts'
import { OwnerSchema } from './owner.ts'
import type { CaseState } from './states.ts'

/** Who did it: a person by token, or Overread itself by one of its parts. */
export const ActorSchema = z
  .strictObject({
    kind: z.enum(['person', 'machine', 'overread']),
    id: z.string(),
    orgId: z.string().optional(),
    role: z.string().optional(),
  })
  .meta({ id: 'Actor', examples: [{ kind: 'overread', id: 'sweep' }] })
export type Actor = z.infer<typeof ActorSchema>

/** What a transition leads to. Stored with the event, so a replay needs neither clock nor network definition. */
export const ConsequencesSchema = z.strictObject({
  owner: OwnerSchema.nullable(),
  timer: TimerSchema.nullable(),
  target: TargetSchema.nullable(),
})
export type Consequences = z.infer<typeof ConsequencesSchema>

const envelope = { at: InstantSchema, by: ActorSchema, then: ConsequencesSchema }
const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, data: S) =>
  z.strictObject({ type: z.literal(type), ...envelope, ...data })

const made = { phase: true, owner: true, timer: true, target: true, eventCount: true } as const
const CaseBirthV1Schema = CaseV1Schema.omit(made)
const CaseBirthV2Schema = CaseV2Schema.omit(made)
const CaseBirthV3Schema = CaseV3Schema.omit(made)
export type CaseBirthV1 = z.infer<typeof CaseBirthV1Schema>
export type CaseBirthV2 = z.infer<typeof CaseBirthV2Schema>
export type CaseBirthV3 = z.infer<typeof CaseBirthV3Schema>
/** The case as it is when its first event is written. */
export const CaseBirthSchema = CaseSchema.omit(made)

const eventsOfAnyVersion = [
  event('referral-submitted', {}),
  event('triage-started', {}),
  event('referral-accepted', { rule: z.string().optional() }),
  event('referral-rejected', { reason: z.string() }),
  event('information-requested', { item: z.string() }),
  event('information-provided', {}),
  event('referral-cancelled', { reason: z.string() }),
  event('referral-expired', {}),
  event('images-awaited', {}),
  event('upload-opened', {
    uploadId: z.string(),
    objects: z.int().positive(),
    studyInstanceUid: z.string().optional(),
  }),
  event('images-counted', { expected: z.int(), stored: z.int(), failed: z.int(), complete: z.boolean() }),
  event('study-became-available', {}),
  event('overflow-entered', { tier: z.int().positive() }),
  event('case-offered', { offer: OfferSchema, tier: z.int().nonnegative() }),
  event('offer-withdrawn', { readerId: z.string(), because: z.enum(['lapsed', 'declined', 'no-longer-eligible']) }),
  event('case-claimed', { claim: ClaimSchema }),
  event('claim-renewed', {}),
  event('claim-released', { readerId: z.string(), because: z.enum(['returned', 'stale', 'no-longer-eligible']) }),
  event('preliminary-filed', { report: ReportMarkSchema }),
  event('final-signed', { report: ReportMarkSchema }),
  event('addendum-added', { report: ReportMarkSchema }),
  event('delivery-failed', { attempt: z.int().positive() }),
  event('report-delivered', { recipientOrgId: z.string() }),
  event('report-acknowledged', {}),
  event('escalated', { escalation: EscalationSchema }),
  event('escalation-acknowledged', { escalationId: z.string() }),
  event('exception-raised', { code: ExceptionCodeSchema }),
  event('exception-resolved', { code: ExceptionCodeSchema, resolution: z.string() }),
] as const

const ofEmergency = { emergencyId: z.string() }

/** Written before there were emergencies. */
export const CaseEventV1Schema = z.discriminatedUnion('type', [
  event('referral-drafted', { birth: CaseBirthV1Schema }),
  ...eventsOfAnyVersion,
])

const eventsOfEmergencies = [
  event('emergency-declared', { emergency: EmergencySchema }),
  event('emergency-confirmed', { ...ofEmergency, confirmedBy: z.string(), owner: OwnerSchema }),
  event('claimed-in-emergency', ofEmergency),
  event('emergency-ended', ofEmergency),
  event('emergency-reviewed', { ...ofEmergency, reviewedBy: z.string(), outcome: ReviewOutcomeSchema }),
] as const

/** Written before a clock could begin with the scan, and before an exception could stand beside the path. */
export const CaseEventV2Schema = z.discriminatedUnion('type', [
  event('referral-drafted', { birth: CaseBirthV2Schema }),
  ...eventsOfAnyVersion,
  ...eventsOfEmergencies,
])

/** Written before a referral was held against the history that its pathway asks for, and before critical results had a clock. */
export const CaseEventV3Schema = z.discriminatedUnion('type', [
  event('referral-drafted', { birth: CaseBirthV3Schema }),
  ...eventsOfAnyVersion,
  ...eventsOfEmergencies,
  event('scan-dated', { scannedAt: InstantSchema }),
  event('aside-raised', { code: AsideCodeV3Schema, owner: OwnerSchema }),
  event('aside-resolved', { code: AsideCodeV3Schema, resolution: z.string() }),
])

/** Past-tense, append-only: the timeline, the KPIs, the escalations and the audit trail all derive from these. */
export const CaseEventSchema = z.discriminatedUnion('type', [
  event('referral-drafted', { birth: CaseBirthSchema }),
  ...eventsOfAnyVersion,
  ...eventsOfEmergencies,
  event('scan-dated', { scannedAt: InstantSchema }),
  event('aside-raised', { code: AsideCodeSchema, owner: OwnerSchema }),
  event('aside-resolved', { code: AsideCodeSchema, resolution: z.string() }),
  event('critical-result-declared', { result: CriticalResultSchema }),
  event('critical-result-received', { reportId: z.string() }),
])
export type CaseEvent = z.infer<typeof CaseEventSchema>
export type CaseBirth = z.infer<typeof CaseBirthSchema>
export type CaseEventType = CaseEvent['type']

/** Where an event may happen (`unless-abandoned`: in a case that was closed with its report too; `anywhere`: in any) and where it leads: 'same' stays, 'left' returns to the phase a hold was entered from. */
export interface EventRule {
  readonly from: 'nothing' | 'any-open' | 'unless-abandoned' | 'anywhere' | readonly CaseState[]
  readonly to: CaseState | 'same' | 'left'
  /** `never`: not once a report has been filed, whatever state the case has gone to or is held in since. */
  readonly withReport?: 'never'
}

const underway = [
  'submitted',
  'triage',
  'accepted',
  'awaiting-images',
  'study-available',
  'offered',
  'claimed',
] as const
/** The images are there and the report is not. */
const readable = ['study-available', 'offered', 'claimed', 'preliminary'] as const
/** Whatever comes now is for an addendum. */
const reported = ['final-signed', 'delivered', 'acknowledged'] as const
const holdable = [...underway, 'preliminary', 'final-signed', 'delivered'] as const

export const eventRules = {
  'referral-drafted': { from: 'nothing', to: 'draft' },
  'referral-submitted': { from: ['draft'], to: 'submitted' },
  'triage-started': { from: ['submitted'], to: 'triage' },
  'referral-accepted': { from: ['submitted', 'triage'], to: 'accepted' },
  'referral-rejected': { from: ['triage'], to: 'rejected' },
  'information-requested': { from: ['triage', 'study-available', 'claimed'], to: 'needs-information' },
  'information-provided': { from: ['needs-information'], to: 'left' },
  // A case with a report in it stays: a cancelled one takes no addendum, and the report would be lost to its reader.
  'referral-cancelled': {
    from: ['draft', ...underway, 'needs-information', 'exception'],
    withReport: 'never',
    to: 'cancelled',
  },
  'referral-expired': { from: ['draft', 'needs-information', 'awaiting-images'], to: 'expired' },
  'images-awaited': { from: ['accepted'], to: 'awaiting-images' },
  'upload-opened': {
    from: ['submitted', 'triage', 'needs-information', 'accepted', 'awaiting-images', 'exception', ...reported],
    to: 'same',
  },
  'images-counted': { from: 'unless-abandoned', to: 'same' },
  'study-became-available': { from: ['accepted', 'awaiting-images'], to: 'study-available' },
  'overflow-entered': { from: ['study-available'], to: 'same' },
  'case-offered': { from: ['study-available'], to: 'offered' },
  'offer-withdrawn': { from: ['offered'], to: 'study-available' },
  'case-claimed': { from: ['offered', 'study-available'], to: 'claimed' },
  'claim-renewed': { from: ['claimed'], to: 'same' },
  'claim-released': { from: ['claimed', 'preliminary'], to: 'study-available' },
  'preliminary-filed': { from: ['claimed'], to: 'preliminary' },
  'final-signed': { from: ['claimed', 'preliminary'], to: 'final-signed' },
  'addendum-added': { from: ['delivered', 'acknowledged'], to: 'final-signed' },
  'delivery-failed': { from: ['final-signed'], to: 'same' },
  'report-delivered': { from: ['final-signed'], to: 'delivered' },
  'report-acknowledged': { from: ['delivered'], to: 'acknowledged' },
  // The review of an emergency may be overdue when the case has long been closed.
  escalated: { from: 'anywhere', to: 'same' },
  'escalation-acknowledged': { from: 'anywhere', to: 'same' },
  'exception-raised': { from: holdable, to: 'exception' },
  'exception-resolved': { from: ['exception'], to: 'left' },
  'emergency-declared': { from: readable, to: 'same' },
  'emergency-confirmed': { from: readable, to: 'same' },
  'claimed-in-emergency': { from: ['claimed'], to: 'same' },
  'emergency-ended': { from: 'anywhere', to: 'same' },
  'emergency-reviewed': { from: 'anywhere', to: 'same' },
  'scan-dated': { from: 'any-open', to: 'same' },
  'aside-raised': { from: 'anywhere', to: 'same' },
  'aside-resolved': { from: 'anywhere', to: 'same' },
  'critical-result-declared': { from: ['preliminary', 'final-signed'], to: 'same' },
  'critical-result-received': { from: 'any-open', to: 'same' },
} as const satisfies Record<CaseEventType, EventRule>
