import * as z from 'zod'
import { ReferralIdSchema, SealedSchema, type Urgency } from '../case/case.ts'
import { InstantSchema } from '../instant.ts'
import { burnedInRiskModalities } from '../residency/conditions.ts'
import { DeidentificationFactsSchema, type DeidentificationFacts } from '../residency/decision-inputs.ts'
import { bothCopyFacts, plannedCopyFacts } from './copy-evidence.ts'
import type { DeidentificationPolicy } from './deidentification-policy.ts'
import { mayBeHead } from './release-risk.ts'

/** Opaque and keyed: nobody without the key of the pseudonyms can tell which original it stands for. */
export const CopyIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .meta({ id: 'CopyId', examples: ['5f0c2a9be1d84c7f9a3b6e2d1c0f4a87'] })

/** Where a copy lies, and what a reader of it is told. Every UID is a replacement. */
export const ReleasedCopySchema = z.strictObject({
  key: z.string(),
  bytes: z.int().positive(),
  sha256: z.string(),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  transferSyntaxUid: z.string(),
})

/**
 * What became of one stored instance when a copy of it was asked for. `held`: a person must look at the pixels. `blocked`: no
 * copy of it leaves, whoever says so: the verifier found something, or it is no image.
 */
export const CopyRecordSchema = z.strictObject({
  schema: z.literal('overread/copy@1'),
  copyId: CopyIdSchema,
  referralId: ReferralIdSchema,
  /** Digest of the original in the index of the case. */
  instance: z.string(),
  state: z.enum(['released', 'held', 'blocked']),
  reasons: z.array(z.string().max(64)).max(16),
  attestation: z.strictObject({ noTextSeenBy: z.string().optional(), noFaceSeenBy: z.string().optional() }),
  /** A person has attested since: to be made again. */
  again: z.boolean(),
  sopClassUid: z.string(),
  modality: z.string(),
  instanceNumber: z.int().nullable(),
  madeAt: InstantSchema,
  released: ReleasedCopySchema.optional(),
  evidence: DeidentificationFactsSchema.optional(),
  /** Originals to replacements, UIDs and the patient's, under the key of patient data: what brings a report home. */
  uidPairs: SealedSchema.optional(),
})
export type CopyRecord = z.infer<typeof CopyRecordSchema>

/** All copies of a case in one record, written with each of them. */
export const StudyCopiesSchema = z.strictObject({
  schema: z.literal('overread/study-copies@1'),
  released: z.int().nonnegative(),
  held: z.int().nonnegative(),
  blocked: z.int().nonnegative(),
  /** How many were held back when somebody was last called. */
  called: z.int().nonnegative(),
  /** The worse of each, over every released copy. */
  evidence: DeidentificationFactsSchema.optional(),
})
export type StudyCopies = z.infer<typeof StudyCopiesSchema>

export const noCopies: StudyCopies = {
  schema: 'overread/study-copies@1',
  released: 0,
  held: 0,
  blocked: 0,
  called: 0,
}

export const withheldOf = ({ held, blocked }: StudyCopies): number => held + blocked

/** The case's copies once `next` stands in the place of `before`. */
export const withCopy = (all: StudyCopies, before: CopyRecord | undefined, next: CopyRecord): StudyCopies => {
  const counted = (state: CopyRecord['state']): number =>
    all[state] - (before?.state === state ? 1 : 0) + (next.state === state ? 1 : 0)
  const { evidence } = next
  const together =
    all.evidence === undefined || evidence === undefined ? evidence : bothCopyFacts(all.evidence, evidence)
  return {
    ...all,
    released: counted('released'),
    held: counted('held'),
    blocked: counted('blocked'),
    ...(together === undefined ? {} : { evidence: together }),
  }
}

interface CopiedCase {
  readonly urgency: Urgency
  readonly order: { readonly modality: string }
  readonly bodyRegion: string
  readonly images: { readonly stored: number }
}

/** A stat case does not wait for a copy that waits for a person: somebody who may see the original is asked instead. */
const isTooSlow = ({ urgency, order, bodyRegion }: CopiedCase): boolean =>
  urgency === 'stat' && (burnedInRiskModalities.has(order.modality) || mayBeHead(order.modality, bodyRegion))

/**
 * What the residency policy may be told of the copies of a case: those there are; a plan while none was refused release yet;
 * nothing where all were, since a reader could then be shown nothing.
 */
export const copyFactsOf = (
  c: CopiedCase,
  copies: StudyCopies | undefined,
  policy: DeidentificationPolicy,
): DeidentificationFacts | undefined => {
  if (copies !== undefined && copies.released > 0) return copies.evidence
  const isUnderWay = copies === undefined || withheldOf(copies) < c.images.stored
  return isUnderWay && !isTooSlow(c) ? plannedCopyFacts(policy) : undefined
}
