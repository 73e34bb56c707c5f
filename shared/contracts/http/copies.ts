import * as z from 'zod'
import { ReferralIdSchema } from '../../domain/case/case.ts'
import { CopyIdSchema, CopyRecordSchema } from '../../domain/deidentification/study-copies.ts'
import { DicomUidSchema, PageQuerySchema } from './referrals.ts'

const { state, reasons, attestation } = CopyRecordSchema.shape

export const CopiesQuerySchema = PageQuerySchema.extend({ state: state.optional() })

/** For the people of the referring organisation alone: it says which original a copy stands for. */
export const CopyPageSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    released: z.int().nonnegative(),
    held: z.int().nonnegative(),
    blocked: z.int().nonnegative(),
    copies: z.array(
      z.strictObject({
        copyId: CopyIdSchema,
        state,
        reasons,
        /** Attested since, and about to be made again. */
        attested: z.boolean(),
        attestation,
        modality: z.string(),
        instanceNumber: z.int().nullable(),
        seriesInstanceUid: DicomUidSchema,
        sopInstanceUid: DicomUidSchema,
      }),
    ),
    cursor: z.string().optional(),
  })
  .meta({ id: 'CopyPage' })

/** Together with the audit record and the answer they fit one transaction. */
const COPIES_AT_ONCE = 80

export const AttestSchema = z
  .strictObject({
    copyIds: z.array(CopyIdSchema).min(1).max(COPIES_AT_ONCE),
    /** What the person who attests has looked for in every frame of each, and not found. */
    seen: z
      .array(z.enum(['no-text', 'no-face']))
      .min(1)
      .max(2),
  })
  .meta({
    id: 'Attest',
    examples: [{ copyIds: ['5f0c2a9be1d84c7f9a3b6e2d1c0f4a87'], seen: ['no-text', 'no-face'] }],
  })
export const AttestedSchema = z
  .strictObject({ referralId: ReferralIdSchema, attested: z.int().positive() })
  .meta({ id: 'Attested' })
