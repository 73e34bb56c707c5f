import * as z from 'zod'
import { ReferralIdSchema } from '../../domain/case/case.ts'
import { ActorSchema } from '../../domain/case/events.ts'
import { OwnerSchema } from '../../domain/case/owner.ts'
import { CaseStateSchema } from '../../domain/case/states.ts'
import { InstantSchema } from '../../domain/instant.ts'

export const TimelineEntrySchema = z
  .strictObject({
    number: z.int().positive(),
    at: InstantSchema,
    event: z.string(),
    state: CaseStateSchema,
    by: ActorSchema,
    owner: OwnerSchema.nullable(),
    dueAt: InstantSchema.nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'TimelineEntry' })
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>
export const TimelineSchema = z
  .strictObject({ referralId: ReferralIdSchema, entries: z.array(TimelineEntrySchema) })
  .meta({ id: 'Timeline' })
