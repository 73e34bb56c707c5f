import * as z from 'zod'
import { ReferralIdSchema, ReportKindSchema } from '../../domain/case/case.ts'
import { CriticalCategorySchema } from '../../domain/case/critical-result.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { Sha256Schema } from '../sha256.ts'
import { refusingUnreadable } from './free-text.ts'

const section = z.string().trim().min(1).max(20_000)
export const ReportTextSchema = z
  .strictObject({
    findings: section,
    impression: section,
    recommendation: section.optional(),
    /** The category the reader gives: any but `none` is a critical result, for which the site is called until it takes it up. */
    alert: z.enum(['none', ...CriticalCategorySchema.options]).default('none'),
  })
  .meta({
    id: 'ReportText',
    examples: [{ findings: 'Hyperdense left MCA.', impression: 'Left M1 occlusion.', alert: 'category-1' }],
  })
export type ReportText = z.infer<typeof ReportTextSchema>

export const AttachmentIdSchema = z
  .string()
  .regex(/^[0-9a-z]{26}$/)
  .meta({ id: 'AttachmentId' })
export const OpenAttachmentSchema = z
  .strictObject({
    contentType: z.enum(['application/pdf', 'application/dicom']),
    bytes: z
      .int()
      .min(8)
      .max(50 * 1024 ** 2),
    sha256: Sha256Schema,
  })
  .meta({
    id: 'OpenAttachment',
    examples: [
      {
        contentType: 'application/pdf',
        bytes: 1024,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      },
    ],
  })
export const AttachmentOpenedSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    attachmentId: AttachmentIdSchema,
    put: z.strictObject({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expiresAt: InstantSchema,
    }),
  })
  .meta({ id: 'AttachmentOpened' })

/** A signed impression that nobody can see is worse than none: the referrer takes it for a report. */
const readableReport = refusingUnreadable(() => 'paragraphs')

export const FileReportSchema = z
  .strictObject({ text: ReportTextSchema, attachmentIds: z.array(AttachmentIdSchema).max(10).default([]) })
  .superRefine(readableReport)
  .meta({
    id: 'FileReport',
    examples: [
      {
        text: { findings: 'Hyperdense left MCA.', impression: 'Left M1 occlusion.', alert: 'category-1' },
        attachmentIds: [],
      },
    ],
  })
export type FileReport = z.infer<typeof FileReportSchema>
export const DraftTextSchema = ReportTextSchema.partial()
export const SaveDraftSchema = z
  .strictObject({ text: DraftTextSchema })
  .superRefine(readableReport)
  .meta({ id: 'SaveDraft', examples: [{ text: { findings: 'Draft' } }] })
export const DraftSavedSchema = z
  .strictObject({ referralId: ReferralIdSchema, savedAt: InstantSchema, draftVersion: z.int().positive() })
  .meta({ id: 'DraftSaved' })

export const ReportSchema = z
  .strictObject({
    reportId: z.string(),
    kind: ReportKindSchema,
    filedAt: InstantSchema,
    readerId: z.string(),
    readerName: z.string(),
    registration: z.string().nullable(),
    decisionId: z.string(),
    text: ReportTextSchema,
    /**
     * Of a report written on de-identified copies: how many of their UIDs in the text were put back to the originals', and of
     * how many images its reader could see a copy. Signature and digest are over the text as its reader signed it. `dates`: the
     * reader saw the study's dates moved by some days or years, and so may every date be that the text or a document names:
     * whoever shows the report says so beside it.
     */
    copies: z
      .strictObject({
        uids: z.int().nonnegative(),
        released: z.int().nonnegative(),
        withheld: z.int().nonnegative(),
        dates: z.literal('may-be-shifted'),
      })
      .optional(),
    sha256: Sha256Schema,
    signature: z.strictObject({ keyId: z.string(), value: z.string() }),
    previousSha256: Sha256Schema.optional(),
    attachments: z.array(
      z.strictObject({
        attachmentId: AttachmentIdSchema,
        contentType: z.string(),
        bytes: z.int(),
        sha256: Sha256Schema,
        /**
         * Of a DICOM document written on de-identified copies, which is handed out with the UIDs of the originals and the
         * patient of the case: length and digest of what its reader sent, which the signature covers.
         */
        signed: z.strictObject({ bytes: z.int(), sha256: Sha256Schema }).optional(),
        get: z
          .strictObject({
            method: z.literal('GET'),
            url: z.string(),
            headers: z.record(z.string(), z.string()),
            expiresAt: InstantSchema,
          })
          .optional(),
      }),
    ),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof ReportSchema>
export const ReportsSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    reports: z.array(ReportSchema),
    /** For a reader of copies: reports that were not written on them, whose words may name the patient. */
    withheld: z.int().positive().optional(),
    draft: DraftTextSchema.optional(),
  })
  .meta({ id: 'Reports' })
