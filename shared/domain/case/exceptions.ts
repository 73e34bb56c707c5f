import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { OwnerSchema } from './owner.ts'

/** Why a case left its path: it waits until somebody puts it back. */
export const ExceptionCodeSchema = z
  .enum([
    'no-images',
    'images-incomplete',
    'identity-mismatch',
    'no-upload-opened',
    'no-reader',
    'unreadable-modality',
    'delivery-failed',
    'processing-failed',
  ])
  .meta({ id: 'ExceptionCode', description: 'Why the case left its path', examples: ['no-images'] })
export type ExceptionCode = z.infer<typeof ExceptionCodeSchema>

/** What somebody must look at while the case goes on: no patient waits for it. */
export const AsideCodeSchema = z.enum(['unmapped']).meta({
  id: 'AsideCode',
  description: 'What somebody must look at while the case goes on',
  examples: ['unmapped'],
})
export type AsideCode = z.infer<typeof AsideCodeSchema>

export const ExceptionRecordSchema = z.strictObject({
  code: z.union([ExceptionCodeSchema, AsideCodeSchema]),
  raisedAt: InstantSchema,
  resolvedAt: InstantSchema.optional(),
  /** Of one beside the path; the owner of any other is the case's. */
  owner: OwnerSchema.optional(),
})
export type ExceptionRecord = z.infer<typeof ExceptionRecordSchema>
