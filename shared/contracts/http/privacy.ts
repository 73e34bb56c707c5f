import * as z from 'zod'
import { ReferralIdSchema } from '../../domain/case/case.ts'
import { ActorSchema } from '../../domain/case/events.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { SiteIdSchema } from '../../domain/network/ids.ts'
import { KeptSchema } from '../../domain/retention/decide-erasure.ts'
import { HoldIdSchema, HoldReasonSchema } from '../../domain/retention/legal-hold.ts'
import { ErasureBasisSchema, RetentionFileSchema } from '../../domain/retention/retention-file.ts'
import { PageQuerySchema, PatientSchema, ReferralParamsSchema } from './referrals.ts'

export const HoldParamsSchema = ReferralParamsSchema.extend({ holdId: HoldIdSchema })
export const PlaceHoldSchema = z
  .strictObject({ reason: HoldReasonSchema })
  .meta({ id: 'PlaceHold', examples: [{ reason: 'litigation' }] })
export const RequestErasureSchema = z
  .strictObject({ basis: ErasureBasisSchema })
  .meta({ id: 'RequestErasure', examples: [{ basis: 'data-subject-request' }] })

const file = RetentionFileSchema.omit({ schema: true }).extend({
  version: z.int().nonnegative().describe('for If-Match; 0 while nobody has asked for anything'),
})
/** What the file says, and every reason against an erasure now: what a patient who asked for it must be told. */
export const RetentionSchema = file.extend({ kept: z.array(KeptSchema) }).meta({ id: 'Retention' })
export type Retention = z.infer<typeof RetentionSchema>

export const RetentionPageSchema = z
  .strictObject({ files: z.array(file), cursor: z.string().optional() })
  .meta({ id: 'RetentionPage' })
export const RetentionQuerySchema = PageQuerySchema

/** A search by body: a patient id in a path or a query would stand in logs of servers that we do not know. */
export const PatientSearchSchema = z
  .strictObject({
    siteId: SiteIdSchema,
    patientId: PatientSchema.shape.patientId,
    issuerOfPatientId: PatientSchema.shape.issuerOfPatientId,
  })
  .meta({ id: 'PatientSearch', examples: [{ siteId: 'donau-vienna', patientId: 'MRN-0042' }] })
export type PatientSearch = z.infer<typeof PatientSearchSchema>

/** One person, one thing, under one decision: repeats that follow each other are counted, not listed. */
export const AccessSchema = z
  .strictObject({
    from: InstantSchema,
    to: InstantSchema,
    times: z.int().positive(),
    by: ActorSchema,
    organisation: z.string().optional(),
    operation: z.string(),
    what: z.string(),
    decision: z
      .strictObject({ mode: z.string(), ruleIds: z.array(z.string()), policyVersion: z.string() })
      .optional()
      .describe('of the residency policy; absent where the organisation read its own record'),
  })
  .meta({ id: 'Access' })
export type Access = z.infer<typeof AccessSchema>

export const AccessReportSchema = z
  .strictObject({
    generatedAt: InstantSchema,
    cases: z.array(
      z.strictObject({
        referralId: ReferralIdSchema,
        log: z.discriminatedUnion('outcome', [
          z.strictObject({ outcome: z.literal('intact'), records: z.int(), checkpoints: z.int() }),
          z.strictObject({ outcome: z.literal('broken'), broken: z.string(), number: z.int() }),
        ]),
        accesses: z.array(AccessSchema),
      }),
    ),
    text: z.string().describe('the same in words, to hand to the patient'),
  })
  .meta({ id: 'AccessReport' })
export type AccessReport = z.infer<typeof AccessReportSchema>
