import * as z from 'zod'
import { DeclinedForSchema } from '../../domain/routing/eligibility-question.ts'
import { InstantSchema } from '../../domain/instant.ts'

/** That a reader has said they may not read this case. Written once and never taken back while the case exists. */
export const DeclinedReadingSchema = z.strictObject({
  schema: z.literal('overread/declined-reading@1'),
  readerId: z.string(),
  because: DeclinedForSchema,
  declinedAt: InstantSchema,
})
export type DeclinedReading = z.infer<typeof DeclinedReadingSchema>
