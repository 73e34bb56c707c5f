import * as z from 'zod'
import { EmergencyReasonSchema, ReviewOutcomeSchema } from '../../domain/case/emergency.ts'
import { AsideCodeSchema } from '../../domain/case/exceptions.ts'
import { ReaderIdSchema } from '../../domain/network/ids.ts'
import { ReferralParamsSchema } from './referrals.ts'

/** Reasons are codes or short notes about the process; clinical text belongs in the sealed context. */
export const RejectSchema = z
  .strictObject({
    reason: z.enum([
      'not-indicated',
      'wrong-modality',
      'duplicate',
      'outside-agreement',
      'insufficient-quality',
      'other',
    ]),
  })
  .meta({ id: 'Reject', examples: [{ reason: 'not-indicated' }] })
export const CancelSchema = z
  .strictObject({ reason: z.enum(['patient-declined', 'no-longer-needed', 'duplicate', 'entered-in-error', 'other']) })
  .meta({ id: 'Cancel', examples: [{ reason: 'no-longer-needed' }] })
export const ResolveExceptionSchema = z
  .strictObject({
    resolution: z.enum(['images-requested-again', 'reader-arranged', 'retry', 'handled-by-telephone', 'other']),
    code: AsideCodeSchema.optional().meta({ description: 'Of what stands beside the path, this alone' }),
  })
  .meta({ id: 'ResolveException', examples: [{ resolution: 'retry' }] })
export const ReviewLateImagesSchema = z
  .strictObject({ outcome: z.enum(['nothing-to-add', 'reported-in-addendum']) })
  .meta({ id: 'ReviewLateImages', examples: [{ outcome: 'nothing-to-add' }] })
export const DeclareEmergencySchema = z
  .strictObject({ readerId: ReaderIdSchema, reason: EmergencyReasonSchema })
  .meta({ id: 'DeclareEmergency', examples: [{ readerId: 'r-harris', reason: 'threat-to-life' }] })
export const ReviewEmergencySchema = z
  .strictObject({ outcome: ReviewOutcomeSchema })
  .meta({ id: 'ReviewEmergency', examples: [{ outcome: 'appropriate' }] })
export const EmergencyParamsSchema = ReferralParamsSchema.extend({
  emergencyId: z.string().regex(/^[0-9a-z]{26}$/),
})
export const HandOverSchema = z
  .strictObject({ reason: z.enum(['reader-unavailable', 'reader-not-eligible', 'other']) })
  .meta({ id: 'HandOver', examples: [{ reason: 'reader-unavailable' }] })
export const EmptySchema = z.strictObject({}).meta({ id: 'Empty', examples: [{}] })
