import * as z from 'zod'
import { InstantSchema, type Instant } from '../instant.ts'

export const HoldReasonSchema = z.enum(['litigation', 'regulator', 'complaint', 'incident-review'])
export type HoldReason = z.infer<typeof HoldReasonSchema>

export const HoldIdSchema = z.string().regex(/^[0-9a-z]{26}$/)

const byOne = z.strictObject({ at: InstantSchema, by: z.string().min(1) })

/**
 * A court, an inquiry or a complaint needs the case: it outlives its retention until the hold is lifted. Two people place
 * it and two lift it, since either alone could hide or destroy evidence (RET-02). It holds from the first of them on: what
 * is erased while the second is looked for does not come back. Its story stays out of the record.
 */
export const LegalHoldSchema = z
  .strictObject({
    schema: z.literal('overread/legal-hold@1'),
    holdId: HoldIdSchema,
    reason: HoldReasonSchema,
    placedAt: InstantSchema,
    placedBy: z.string().min(1),
    confirmed: byOne.optional(),
    liftAsked: byOne.optional(),
    lifted: byOne.extend({ confirmedBy: z.string().min(1) }).optional(),
  })
  .meta({ id: 'LegalHold' })
export type LegalHold = z.infer<typeof LegalHoldSchema>

/** A hold that one person alone has lifted still holds. */
export const holds = ({ placedAt, lifted }: LegalHold, now: Instant): boolean =>
  placedAt <= now && (lifted === undefined || lifted.at > now || lifted.by === lifted.confirmedBy)
