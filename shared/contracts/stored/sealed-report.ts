import * as z from 'zod'
import { ReferralIdSchema, ReportKindSchema } from '../../domain/case/case.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { AttachmentIdSchema, OpenAttachmentSchema, ReportTextSchema } from '../http/reports.ts'
import { Sha256Schema } from '../sha256.ts'

export const SealedAttachmentSchema = OpenAttachmentSchema.extend({ attachmentId: AttachmentIdSchema })
export type SealedAttachment = z.infer<typeof SealedAttachmentSchema>

/** What a signature covers: the text, whoever signs it and with which right, the images it speaks of, the report before it. */
export const ReportContentSchema = z.strictObject({
  schema: z.literal('overread/report@1'),
  referralId: ReferralIdSchema,
  reportId: z.string(),
  kind: ReportKindSchema,
  text: ReportTextSchema.required({ alert: true }),
  attachments: z.array(SealedAttachmentSchema),
  signer: z.strictObject({
    readerId: z.string(),
    personId: z.string(),
    orgId: z.string(),
    name: z.string(),
    /** Where the session attests that the reader sits (domain.md 8: store signer, location, registration). */
    readingFrom: z.string().nullable(),
  }),
  registration: z.strictObject({
    jurisdiction: z.string(),
    authority: z.string(),
    number: z.string(),
    validTo: z.string(),
  }),
  decisionId: z.string(),
  networkVersion: z.string(),
  /** SHA-256 over the sorted SHA-256 of every stored instance: which images the report was written on. */
  study: z.strictObject({ instances: z.int().nonnegative(), sha256: Sha256Schema }),
  previousSha256: Sha256Schema.nullable(),
  signedAt: InstantSchema,
})
export type ReportContent = z.infer<typeof ReportContentSchema>

/** A signed report: `sha256` is over the canonical JSON (RFC 8785) of `content`, `signature` ECDSA P-256 over the same bytes. */
export const SealedReportSchema = z.strictObject({
  content: ReportContentSchema,
  sha256: Sha256Schema,
  signature: z.strictObject({ keyId: z.string(), value: z.base64() }),
})
export type SealedReport = z.infer<typeof SealedReportSchema>

export const sealedReportKey = (referralId: string, reportId: string): string =>
  `reports/${referralId}/${reportId}.json`
