import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { OwnerSchema } from './owner.ts'
import type { OwnerRole } from './states.ts'

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

/**
 * Whose each is: of whoever can do something about it. What is wrong with the images is the site's, whose patient and scanner they
 * are; a reader is the reading group's to find; what Overread itself could not do is the operations desk's.
 */
export const exceptionOwners = {
  'no-images': 'coordinator',
  'images-incomplete': 'coordinator',
  'identity-mismatch': 'coordinator',
  'no-upload-opened': 'coordinator',
  'unreadable-modality': 'coordinator',
  'no-reader': 'pool-lead',
  'delivery-failed': 'operations',
  'processing-failed': 'operations',
} as const satisfies Record<ExceptionCode, OwnerRole>

/** Of the release before there were others. */
export const AsideCodeV3Schema = z.enum(['unmapped']).meta({ id: 'AsideCode' })

/** What somebody must look at while the case goes on: no patient waits for it. */
export const AsideCodeSchema = z
  .enum([...AsideCodeV3Schema.options, 'history-missing', 'images-after-report', 'figures-uncounted'])
  .meta({
    id: 'AsideCode',
    description: 'What somebody must look at while the case goes on',
    examples: ['unmapped'],
  })
export type AsideCode = z.infer<typeof AsideCodeSchema>

export interface AsideRule {
  readonly owner: OwnerRole
  /** When its owner is called: as for any exception of the urgency, or after a day, since no patient is the worse for it. */
  readonly pace: 'urgency' | 'day'
  /** Who is called when its owner does not answer. */
  readonly above: 'ladder' | 'nobody'
  /** Ends of itself with the final report, with the case, or never: then it stands beside a closed case too. */
  readonly endsWith: 'final' | 'case' | 'nothing'
  /** By whom else: the desk and the site by resolving it; images that were not read, by whoever reads them alone. */
  readonly endedBy: 'desk' | 'reader'
}

export const asideRules: Readonly<Record<AsideCode, AsideRule>> = {
  unmapped: { owner: 'operations', pace: 'urgency', above: 'ladder', endsWith: 'case', endedBy: 'desk' },
  'history-missing': { owner: 'coordinator', pace: 'urgency', above: 'ladder', endsWith: 'final', endedBy: 'desk' },
  'images-after-report': { owner: 'reader', pace: 'urgency', above: 'ladder', endsWith: 'nothing', endedBy: 'reader' },
  'figures-uncounted': { owner: 'operations', pace: 'day', above: 'nobody', endsWith: 'nothing', endedBy: 'desk' },
}

export const ExceptionRecordV3Schema = z.strictObject({
  code: z.union([ExceptionCodeSchema, AsideCodeV3Schema]),
  raisedAt: InstantSchema,
  resolvedAt: InstantSchema.optional(),
  owner: OwnerSchema.optional(),
})

export const ExceptionRecordSchema = z.strictObject({
  code: z.union([ExceptionCodeSchema, AsideCodeSchema]),
  raisedAt: InstantSchema,
  resolvedAt: InstantSchema.optional(),
  /** Of one beside the path; the owner of any other is the case's. */
  owner: OwnerSchema.optional(),
})
export type ExceptionRecord = z.infer<typeof ExceptionRecordSchema>
