import * as z from 'zod'
import { InstantSchema } from '../../domain/instant.ts'
import { AttachmentIdSchema, OpenAttachmentSchema } from '../http/reports.ts'

/** An attachment as it was announced. It is part of a report once the report that names it is sealed. */
export const AttachmentRecordSchema = OpenAttachmentSchema.extend({
  schema: z.literal('overread/attachment@1'),
  attachmentId: AttachmentIdSchema,
  readerId: z.string(),
  openedAt: InstantSchema,
})
export type AttachmentRecord = z.infer<typeof AttachmentRecordSchema>

/** The same key in `incoming`, where the reader sends it, and in `reports`, where it stays. */
export const attachmentKey = (referralId: string, attachmentId: string): string =>
  `attachments/${referralId}/${attachmentId}`
