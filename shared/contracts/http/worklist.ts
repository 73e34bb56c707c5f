import * as z from 'zod'
import { ReferralIdSchema, UrgencySchema } from '../../domain/case/case.ts'
import { CaseStateSchema } from '../../domain/case/states.ts'
import { DeclinedForSchema } from '../../domain/routing/eligibility-question.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { CaseRegionSchema, PageQuerySchema } from './referrals.ts'

/** What a reader sees before claiming: enough to choose, nothing that names the patient. */
export const WorklistItemSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    version: z.int().positive(),
    state: CaseStateSchema,
    readerId: z.string(),
    siteId: z.string(),
    pathwayId: z.string(),
    urgency: UrgencySchema,
    subspecialty: z.string(),
    modality: z.string(),
    bodyRegion: CaseRegionSchema,
    images: z.int(),
    /** Announced by the site and not taken in: the study may lack what matters, and whoever reads it must know. */
    imagesFailed: z.int().nonnegative(),
    since: InstantSchema,
    dueAt: InstantSchema.nullable(),
  })
  .meta({ id: 'WorklistItem' })
export type WorklistItem = z.infer<typeof WorklistItemSchema>
export const WorklistQuerySchema = PageQuerySchema
export const WorklistPageSchema = z
  .strictObject({ items: z.array(WorklistItemSchema), cursor: z.string().optional() })
  .meta({ id: 'WorklistPage' })

export const ReleaseSchema = z
  .strictObject({ reason: z.enum(['returned', 'shift-end', ...DeclinedForSchema.options]) })
  .meta({ id: 'Release', examples: [{ reason: 'returned' }] })
