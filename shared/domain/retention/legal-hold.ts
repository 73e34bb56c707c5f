import * as z from 'zod'
import { InstantSchema, type Instant } from '../instant.ts'

/**
 * A court, an inquiry or a complaint needs the case: it outlives its retention until the hold is lifted. Two people place
 * it and two lift it, since either alone could hide or destroy evidence (RET-02). Its story stays out of the record.
 */
export const LegalHoldSchema = z.strictObject({
  schema: z.literal('overread/legal-hold@1'),
  holdId: z.string().regex(/^[0-9a-z]{26}$/),
  reason: z.enum(['litigation', 'regulator', 'complaint', 'incident-review']),
  placedAt: InstantSchema,
  placedBy: z.string().min(1),
  confirmedBy: z.string().min(1),
  lifted: z.strictObject({ at: InstantSchema, by: z.string().min(1), confirmedBy: z.string().min(1) }).optional(),
})
export type LegalHold = z.infer<typeof LegalHoldSchema>

/** A hold that one person alone has lifted still holds. */
export const holds = ({ placedAt, lifted }: LegalHold, now: Instant): boolean =>
  placedAt <= now && (lifted === undefined || lifted.at > now || lifted.by === lifted.confirmedBy)
