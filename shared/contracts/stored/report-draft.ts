import * as z from 'zod'
import { InstantSchema } from '../../domain/instant.ts'
import { DraftTextSchema } from '../http/reports.ts'

/** A reader's own unsigned text. It is nobody's report: only the reader who wrote it is ever shown it. */
export const ReportDraftSchema = z.strictObject({
  text: DraftTextSchema,
  schema: z.literal('overread/draft@1'),
  readerId: z.string(),
  savedAt: InstantSchema,
})
export type ReportDraft = z.infer<typeof ReportDraftSchema>
