import * as z from 'zod'
import { AttachmentIdSchema, ReportTextSchema } from '../http/reports.ts'
import { Sha256Schema } from '../sha256.ts'

/** Written before documents were brought home: those of such a report are handed out as they were signed. */
export const HomeReportV1Schema = z.strictObject({
  schema: z.literal('overread/home-report@1'),
  reportId: z.string(),
  text: ReportTextSchema.required({ alert: true }),
  /** How many UIDs of copies it named. */
  uids: z.int().nonnegative(),
  /** Of how many images the reader could see a copy. */
  images: z.strictObject({ released: z.int().nonnegative(), withheld: z.int().nonnegative() }),
})

/** A DICOM document as it came home: another object than the one that was signed. */
export const HomeAttachmentSchema = z.strictObject({
  attachmentId: AttachmentIdSchema,
  bytes: z.int().positive(),
  sha256: Sha256Schema,
  /** How often it named a UID of a copy. */
  uids: z.int().nonnegative(),
  /** Its own, which later documents of the case may refer to. */
  sopInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
})
export type HomeAttachment = z.infer<typeof HomeAttachmentSchema>

/**
 * A report that was written on de-identified copies, as the referrer reads it: with the UIDs of the originals. What was
 * signed is the sealed report beside it, in the words of its reader, with the documents as its reader sent them.
 */
export const HomeReportV2Schema = HomeReportV1Schema.extend({
  schema: z.literal('overread/home-report@2'),
  attachments: z.array(HomeAttachmentSchema),
})
export type HomeReport = z.infer<typeof HomeReportV2Schema>

export const HomeReportSchema = z.union([
  HomeReportV2Schema,
  HomeReportV1Schema.transform((one): HomeReport => ({ ...one, schema: 'overread/home-report@2', attachments: [] })),
])

/** Beside the documents as they were signed. One document may come home with two reports, each time as the case then is. */
export const homeAttachmentKey = (referralId: string, reportId: string, attachmentId: string): string =>
  `attachments/${referralId}/home-${reportId}-${attachmentId}`
