import * as z from 'zod'
import { ReportTextSchema } from '../http/reports.ts'

/**
 * A report that was written on de-identified copies, as the referrer reads it: with the UIDs of the originals. What was
 * signed is the sealed report beside it, in the words of its reader.
 */
export const HomeReportSchema = z.strictObject({
  schema: z.literal('overread/home-report@1'),
  reportId: z.string(),
  text: ReportTextSchema.required({ alert: true }),
  /** How many UIDs of copies it named. */
  uids: z.int().nonnegative(),
  /** Of how many images the reader could see a copy. */
  images: z.strictObject({ released: z.int().nonnegative(), withheld: z.int().nonnegative() }),
})
export type HomeReport = z.infer<typeof HomeReportSchema>
