import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { HistoryItemSchema, PrelimFromSchema } from '../network/pathway.ts'
import { BodyRegionSchema, PrioritySchema, SubspecialtySchema } from '../network/vocabulary.ts'
import { CriticalResultSchema } from './critical-result.ts'
import { EmergencySchema } from './emergency.ts'
import { ExceptionCodeSchema, ExceptionRecordSchema, ExceptionRecordV3Schema } from './exceptions.ts'
import { OwnerSchema } from './owner.ts'

/** `<referring organisation>.<26 characters>`: the owner is in the id, so a key never needs a look-up, and no patient is. */
export const ReferralIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,38}\.[0-9a-z]{26}$/)
  .meta({
    id: 'ReferralId',
    description: 'Opaque id of a referral and its case',
    examples: ['alder-hospital.01k9zq3v5r8w2x4y6a8c0e2g4j'],
  })
export type ReferralId = z.infer<typeof ReferralIdSchema>

export const orgOf = (referralId: ReferralId): string => referralId.slice(0, referralId.lastIndexOf('.'))

export const UrgencySchema = z
  .enum(['stat', 'urgent', 'routine'])
  .meta({ id: 'Urgency', description: 'Which queue and timers apply; from the pathway', examples: ['urgent'] })
export type Urgency = z.infer<typeof UrgencySchema>

/** Ciphertext of patient fields, opened only inside the cell under an encryption context that names the case. */
export const SealedSchema = z.strictObject({
  ciphertext: z.base64url(),
  keyId: z.string(),
  context: z.record(z.string(), z.string()),
})
export type Sealed = z.infer<typeof SealedSchema>

export const TimerSchema = z.strictObject({
  startedAt: InstantSchema,
  dueAt: InstantSchema,
  then: z.enum(['escalate', 'expire', 'except', 'overflow', 'withdraw-offer', 'release', 'retry-delivery']),
})
export type Timer = z.infer<typeof TimerSchema>

/** A target running beside the states; past it the case climbs its ladder, a rung each quarter of the target. */
export const TargetSchema = z.strictObject({
  clock: z.enum(['unclaimed', 'prelim', 'final']),
  startedAt: InstantSchema,
  targetMinutes: z.number().positive(),
  rungsClimbed: z.int().nonnegative(),
  dueAt: InstantSchema,
})
export type Target = z.infer<typeof TargetSchema>

export const PathwayClocksSchema = z.strictObject({
  acceptMinutes: z.number().positive(),
  prelimMinutes: z.number().positive().nullable(),
  finalMinutes: z.number().positive(),
  unclaimedMinutes: z.number().positive(),
  offerMinutes: z.number().positive(),
  acknowledgeMinutes: z.number().positive(),
})
export type PathwayClocks = z.infer<typeof PathwayClocksSchema>

export const OfferSchema = z.strictObject({
  readerId: z.string(),
  groupOrgId: z.string(),
  poolId: z.string(),
  decisionId: z.string(),
  offeredAt: InstantSchema,
})
export const ClaimSchema = z.strictObject({
  readerId: z.string(),
  groupOrgId: z.string(),
  decisionId: z.string(),
  claimedAt: InstantSchema,
})
export type Claim = z.infer<typeof ClaimSchema>

const at = <S extends string>(state: S) => z.strictObject({ state: z.literal(state) })

/** A phase that a hold (needs-information, exception) can be left back into. */
export const ResumablePhaseSchema = z.discriminatedUnion('state', [
  at('submitted'),
  at('triage'),
  at('accepted'),
  at('awaiting-images'),
  at('study-available'),
  z.strictObject({ state: z.literal('offered'), offer: OfferSchema }),
  z.strictObject({ state: z.literal('claimed'), claim: ClaimSchema }),
  z.strictObject({ state: z.literal('preliminary'), claim: ClaimSchema }),
  z.strictObject({ state: z.literal('final-signed'), claim: ClaimSchema, attempts: z.int().nonnegative() }),
  z.strictObject({ state: z.literal('delivered'), claim: ClaimSchema }),
])
export type ResumablePhase = z.infer<typeof ResumablePhaseSchema>

export const PhaseSchema = z.discriminatedUnion('state', [
  at('draft'),
  ...ResumablePhaseSchema.options,
  z.strictObject({ state: z.literal('needs-information'), returnTo: ResumablePhaseSchema }),
  z.strictObject({ state: z.literal('exception'), code: ExceptionCodeSchema, returnTo: ResumablePhaseSchema }),
  z.strictObject({ state: z.literal('acknowledged'), claim: ClaimSchema }),
  at('rejected'),
  at('cancelled'),
  at('expired'),
])
export type Phase = z.infer<typeof PhaseSchema>

/**
 * What of the order decides routing. Accession number, body part and procedure are somebody's own words and numbers and are
 * sealed with the patient; they are here because earlier releases wrote them.
 */
export const OrderSchema = z.strictObject({
  accessionNumber: z.string().max(64).optional(),
  studyInstanceUid: z.string().optional(),
  modality: z.string(),
  bodyPart: z.string().optional(),
  laterality: z.enum(['L', 'R', 'B']).optional(),
  procedureCode: z.strictObject({ code: z.string(), scheme: z.string() }).optional(),
  patientAgeYears: z.int().min(0).max(130).optional(),
})
export type Order = z.infer<typeof OrderSchema>
/** What is still written of an order outside the sealed record. */
export type OpenOrder = Omit<Order, 'accessionNumber' | 'bodyPart' | 'procedureCode'> &
  Partial<Record<'accessionNumber' | 'bodyPart' | 'procedureCode', never>>

export const EscalationSchema = z.strictObject({
  escalationId: z.string(),
  clock: z.string(),
  rung: z.int().positive(),
  rungName: z.string(),
  orgId: z.string(),
  personId: z.string(),
  raisedAt: InstantSchema,
  acknowledgedAt: InstantSchema.optional(),
  acknowledgedBy: z.string().optional(),
})
export type Escalation = z.infer<typeof EscalationSchema>

export const ReportKindSchema = z
  .enum(['preliminary', 'final', 'addendum'])
  .meta({ id: 'ReportKind', examples: ['final'] })
export type ReportKind = z.infer<typeof ReportKindSchema>
export const ReportMarkSchema = z.strictObject({
  reportId: z.string(),
  kind: ReportKindSchema,
  readerId: z.string(),
  sha256: z.string(),
  filedAt: InstantSchema,
})

/** The instants that the KPIs of `shared/domain/numbers` are computed from. */
export const MilestonesSchema = z.strictObject({
  submittedAt: InstantSchema.optional(),
  acceptedAt: InstantSchema.optional(),
  availableAt: InstantSchema.optional(),
  routedAt: InstantSchema.optional(),
  claimedAt: InstantSchema.optional(),
  preliminaryAt: InstantSchema.optional(),
  finalAt: InstantSchema.optional(),
  deliveredAt: InstantSchema.optional(),
  acknowledgedAt: InstantSchema.optional(),
  pausedAt: InstantSchema.optional(),
  /** Waiting for the referrer's answer before acceptance, and after the study was available. */
  pausedAcceptanceMinutes: z.number().nonnegative(),
  pausedReadingMinutes: z.number().nonnegative(),
})

/** Written before there were emergencies. */
export const CaseV1Schema = z.strictObject({
  schema: z.literal('overread/case@1'),
  referralId: ReferralIdSchema,
  referringOrgId: z.string(),
  siteId: z.string(),
  cellId: z.string(),
  origin: z.string(),
  pathwayId: z.string(),
  serviceLine: z.string(),
  urgency: UrgencySchema,
  clocks: PathwayClocksSchema,
  order: OrderSchema,
  priority: PrioritySchema,
  subspecialty: SubspecialtySchema,
  secondarySubspecialty: SubspecialtySchema.optional(),
  bodyRegion: z.union([BodyRegionSchema, z.literal('unknown')]),
  subspecialtyDecidedBy: z.string(),
  referrerPersonId: z.string(),
  patient: SealedSchema,
  phase: PhaseSchema,
  owner: OwnerSchema.nullable(),
  timer: TimerSchema.nullable(),
  target: TargetSchema.nullable(),
  milestones: MilestonesSchema,
  images: z.strictObject({
    studyInstanceUid: z.string().optional(),
    expected: z.int().nonnegative(),
    stored: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    complete: z.boolean(),
  }),
  routing: z.strictObject({ tier: z.int().nonnegative(), asked: z.array(z.string()), round: z.int().nonnegative() }),
  readingGroups: z.array(z.string()),
  reports: z.array(ReportMarkSchema),
  escalations: z.array(EscalationSchema),
  exceptions: z.array(
    z.strictObject({ code: ExceptionCodeSchema, raisedAt: InstantSchema, resolvedAt: InstantSchema.optional() }),
  ),
  rejectedBecause: z.string().optional(),
  eventCount: z.int().nonnegative(),
})

/** Written before a clock could begin with the scan, and before an exception could stand beside the path. */
export const CaseV2Schema = CaseV1Schema.extend({
  schema: z.literal('overread/case@2'),
  emergencies: z.array(EmergencySchema),
})

/** Written before a referral was held against the history that its pathway asks for, and before critical results had a clock. */
export const CaseV3Schema = CaseV2Schema.extend({
  schema: z.literal('overread/case@3'),
  prelimFrom: PrelimFromSchema,
  images: CaseV1Schema.shape.images.extend({ scannedAt: InstantSchema.optional() }),
  exceptions: z.array(ExceptionRecordV3Schema),
})

/** One referral, its study and its reports, as the events have made it. */
export const CaseSchema = CaseV3Schema.extend({
  schema: z.literal('overread/case@4'),
  exceptions: z.array(ExceptionRecordSchema),
  missingHistory: z
    .array(HistoryItemSchema)
    .describe('what its pathway asks of the history and the referral did not say'),
  criticalResults: z.array(CriticalResultSchema),
})
export type Case = z.infer<typeof CaseSchema>

/** A filed report may have been acted upon: its case goes on to a final one, whoever signs that. */
export const hasReport = (c: Case): boolean => c.reports.length > 0

export const hasFinal = ({ milestones }: Case): boolean => milestones.finalAt !== undefined
