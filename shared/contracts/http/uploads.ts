import * as z from 'zod'
import { ReferralIdSchema } from '../../domain/case/case.ts'
import { ImageDisplaySchema } from '../../domain/dicom/stored-pixels.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { ObjectReasonSchema } from '../../domain/upload/object-reason.ts'
import { Sha256Schema } from '../sha256.ts'
import { DicomUidSchema, PageQuerySchema } from './referrals.ts'

export const UploadIdSchema = z
  .string()
  .regex(/^[0-9a-z]{26}$/)
  .meta({ id: 'UploadId', examples: ['01k9zq3v5r8w2x4y6a8c0e2g4j'] })

/** One upload names at most this many objects; a larger study opens several. */
export const MANIFEST_LIMIT = 2000
export const OBJECT_BYTES_LIMIT = 5 * 1024 ** 3

/**
 * An object the sender could not read a SOP Instance UID from may still be sent: it is checked like any other and, when the
 * cell cannot read it either, it ends in quarantine with a reason instead of vanishing at the site.
 */
export const ManifestObjectSchema = z
  .strictObject({
    sopInstanceUid: DicomUidSchema.optional(),
    bytes: z.int().min(1).max(OBJECT_BYTES_LIMIT),
    sha256: Sha256Schema,
  })
  .meta({ id: 'ManifestObject' })
export type ManifestObject = z.infer<typeof ManifestObjectSchema>

export const OpenUploadSchema = z
  .strictObject({
    studyInstanceUid: DicomUidSchema,
    /** More are refused by a code of their own, which says what to do; the schema would only say that the request does not fit. */
    objects: z.array(ManifestObjectSchema).min(1).meta({ maxItems: MANIFEST_LIMIT }),
  })
  .meta({
    id: 'OpenUpload',
    examples: [
      {
        studyInstanceUid: '1.2.840.113619.2.55.3.1',
        objects: [
          {
            sopInstanceUid: '1.2.840.113619.2.55.3.1.7',
            bytes: 525450,
            sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          },
        ],
      },
    ],
  })
export type OpenUpload = z.infer<typeof OpenUploadSchema>

export const UploadStateSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    uploadId: UploadIdSchema,
    caseVersion: z.int().positive(),
    state: z.enum(['open', 'complete']),
    expected: z.int(),
    stored: z.int(),
    failed: z.int(),
    missing: z.int(),
    openedAt: InstantSchema,
  })
  .meta({ id: 'UploadState' })
export type UploadState = z.infer<typeof UploadStateSchema>

export const UploadParamsSchema = z.strictObject({ referralId: ReferralIdSchema, uploadId: UploadIdSchema })
export const ObjectParamsSchema = UploadParamsSchema.extend({
  index: z.coerce
    .number()
    .int()
    .min(0)
    .max(MANIFEST_LIMIT - 1),
})

const SignedRequestSchema = z.strictObject({
  method: z.enum(['PUT', 'GET']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAt: InstantSchema,
})

/** `put` for one request; `parts` for an object above 64 MiB, assembled by its own command once all parts are sent. */
export const UploadUrlSchema = z
  .strictObject({
    index: z.int(),
    sopInstanceUid: DicomUidSchema.optional(),
    put: SignedRequestSchema.optional(),
    parts: z.array(SignedRequestSchema.extend({ partNumber: z.int(), from: z.int(), toExclusive: z.int() })).optional(),
  })
  .meta({ id: 'UploadUrl' })
export const UploadUrlsQuerySchema = PageQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(500).default(500),
})
export const UploadUrlPageSchema = z
  .strictObject({ serverTime: InstantSchema, urls: z.array(UploadUrlSchema), cursor: z.string().optional() })
  .meta({ id: 'UploadUrlPage' })
export type UploadUrlPage = z.infer<typeof UploadUrlPageSchema>

export const ObjectStateSchema = z
  .strictObject({
    index: z.int(),
    sopInstanceUid: DicomUidSchema.optional(),
    state: z.enum(['missing', 'stored', 'failed']),
    reason: ObjectReasonSchema.optional(),
  })
  .meta({ id: 'ObjectState' })
export const UploadObjectsQuerySchema = PageQuerySchema.extend({
  state: z.enum(['missing', 'stored', 'failed']).optional(),
})
export const UploadObjectsPageSchema = z
  .strictObject({ objects: z.array(ObjectStateSchema), cursor: z.string().optional() })
  .meta({ id: 'UploadObjectsPage' })

export const ImageUrlSchema = z
  .strictObject({
    seriesInstanceUid: DicomUidSchema,
    sopInstanceUid: DicomUidSchema,
    sopClassUid: DicomUidSchema,
    modality: z.string(),
    instanceNumber: z.int().nullable(),
    bytes: z.int(),
    sha256: Sha256Schema,
    transferSyntaxUid: DicomUidSchema.optional(),
    /** Absent where the object has no frames to show. */
    display: ImageDisplaySchema.optional(),
    /** Only for a reader who may read the object itself; in a view in the region, frames come through the cell. */
    get: SignedRequestSchema.optional(),
  })
  .meta({ id: 'ImageUrl' })
export const ImagesQuerySchema = PageQuerySchema.extend({ limit: z.coerce.number().int().min(1).max(500).default(200) })
export const ImagePageSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    studyInstanceUid: DicomUidSchema.optional(),
    decisionId: z.string(),
    mode: z.string(),
    images: z.array(ImageUrlSchema),
    /** How many the site announced that were not taken in, and so are in no page: the site is told why of each. */
    failed: z.int().nonnegative(),
    /** For a reader of de-identified copies: how many images of the study are not among them, and why not. */
    withheld: z
      .strictObject({ held: z.int().nonnegative(), blocked: z.int().nonnegative(), underWay: z.int().nonnegative() })
      .optional(),
    cursor: z.string().optional(),
  })
  .meta({ id: 'ImagePage' })
