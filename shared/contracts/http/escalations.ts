import * as z from 'zod'
import { EscalationSchema, ReferralIdSchema } from '../../domain/case/case.ts'
import { ReferralRowSchema } from './referrals.ts'

export const EscalationParamsSchema = z.strictObject({
  referralId: ReferralIdSchema,
  escalationId: z.string().regex(/^[0-9a-z]{26}$/),
})

/** A case with what one person was called for in it and has not taken up, oldest first. */
export const EscalationRowSchema = ReferralRowSchema.extend({
  escalations: z.array(EscalationSchema).min(1),
}).meta({ id: 'EscalationRow' })
export type EscalationRow = z.infer<typeof EscalationRowSchema>
export const EscalationPageSchema = z
  .strictObject({ referrals: z.array(EscalationRowSchema), cursor: z.string().optional() })
  .meta({ id: 'EscalationPage' })
