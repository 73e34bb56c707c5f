import * as z from 'zod'
import { ReferralIdSchema } from '../../domain/case/case.ts'
import { DicomUidSchema } from './referrals.ts'

const FRAMES_LIMIT = 100_000

export const FrameParamsSchema = z.strictObject({
  referralId: ReferralIdSchema,
  sopInstanceUid: DicomUidSchema,
  frame: z.coerce.number().int().min(1).max(FRAMES_LIMIT).meta({ description: 'Counted from 1, as DICOM does' }),
})

/** A function answers at most 6 MB, and base64 makes four bytes of three. */
export const FRAME_PART_BYTES = 4 * 1024 * 1024

export const FrameQuerySchema = z.strictObject({
  part: z.coerce.number().int().min(0).max(1023).optional().meta({
    description: 'Of a frame above 4 MiB: which 4 MiB of it, counted from 0; `x-frame-bytes` says how long it is',
  }),
})

/** What an operation answers that gives bytes instead of JSON. */
export const BinaryAnswerSchema = z.strictObject({
  contentType: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  headers: z.record(z.string(), z.string()),
})
export type BinaryAnswer = z.infer<typeof BinaryAnswerSchema>
