import * as z from 'zod'
import { ReferralIdSchema, type ReferralId } from '../case/case.ts'
import { InstantSchema, type Instant } from '../instant.ts'
import type { RefusalCode } from '../refusal.ts'
import { LegalHoldSchema, type HoldReason, type LegalHold } from './legal-hold.ts'

export const ErasureBasisSchema = z.enum(['data-subject-request', 'retention-over', 'entered-in-error'])
export type ErasureBasis = z.infer<typeof ErasureBasisSchema>

/** What is left of a case: counts, and by whose order and which rules. Nothing of the patient. */
export const ErasureProofSchema = z.strictObject({
  objects: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  records: z.int().nonnegative(),
})
export type ErasureProof = z.infer<typeof ErasureProofSchema>

const requested = { requestedAt: InstantSchema, requestedBy: z.string().min(1), basis: ErasureBasisSchema }
const begun = {
  ...requested,
  begunAt: InstantSchema,
  confirmedBy: z.string().min(1),
  ruleIds: z.array(z.string()),
  policyVersion: z.string(),
}

/** `erasing`: nobody sees the case any more and not all of it is gone. `wiped`: gone, but not yet from the store's own files. */
export const ErasureSchema = z
  .discriminatedUnion('state', [
    z.strictObject({ state: z.literal('requested'), ...requested }),
    z.strictObject({ state: z.literal('erasing'), ...begun }),
    z.strictObject({ state: z.literal('wiped'), ...begun, proof: ErasureProofSchema }),
    z.strictObject({ state: z.literal('erased'), ...begun, erasedAt: InstantSchema, proof: ErasureProofSchema }),
  ])
  .meta({ id: 'Erasure' })
export type Erasure = z.infer<typeof ErasureSchema>
export type ErasureIn<S extends Erasure['state']> = Extract<Erasure, { state: S }>

/**
 * Holds and erasure of a case in one record, so that a hold and an erasure decided at the same instant cannot both stand. It
 * names no patient and outlives the case: it is the tombstone, and tells who erased it under which rules.
 */
export const RetentionFileSchema = z
  .strictObject({
    schema: z.literal('overread/retention-file@1'),
    referralId: ReferralIdSchema,
    legalHolds: z.array(LegalHoldSchema),
    erasure: ErasureSchema.nullable(),
  })
  .meta({ id: 'RetentionFile' })
export type RetentionFile = z.infer<typeof RetentionFileSchema>

export const emptyFile = (referralId: ReferralId): RetentionFile => ({
  schema: 'overread/retention-file@1',
  referralId,
  legalHolds: [],
  erasure: null,
})

export type HoldStep = 'confirm-hold' | 'ask-lift' | 'keep-hold' | 'confirm-lift'
export type RetentionCommand =
  | { readonly command: 'place-hold'; readonly holdId: string; readonly reason: HoldReason }
  | { readonly command: HoldStep; readonly holdId: string }
  | { readonly command: 'request-erasure'; readonly basis: ErasureBasis }
  | { readonly command: 'withdraw-erasure' }

export type RetentionDecision =
  | { readonly outcome: 'changed'; readonly file: RetentionFile }
  | {
      readonly outcome: 'refused'
      readonly code: Extract<RefusalCode, 'not-found' | 'illegal-transition' | 'second-person-needed'>
    }

interface HoldRule {
  /** Undefined: the state of the hold does not allow it. Else the person who must not be the one that does it. */
  readonly first: (hold: LegalHold) => string | null | undefined
  readonly then: (hold: LegalHold, one: { at: Instant; by: string }) => LegalHold
}

/** What may become of a hold, and which two steps must be of two people. */
const holdRules: Readonly<Record<HoldStep, HoldRule>> = {
  'confirm-hold': {
    first: ({ placedBy, confirmed, lifted }) =>
      confirmed === undefined && lifted === undefined ? placedBy : undefined,
    then: (hold, confirmed) => ({ ...hold, confirmed }),
  },
  'ask-lift': {
    first: ({ liftAsked, lifted }) => (liftAsked === undefined && lifted === undefined ? null : undefined),
    then: (hold, liftAsked) => ({ ...hold, liftAsked }),
  },
  // Towards keeping, one person is enough.
  'keep-hold': {
    first: ({ liftAsked, lifted }) => (liftAsked !== undefined && lifted === undefined ? null : undefined),
    then: ({ liftAsked: _, ...hold }) => hold,
  },
  'confirm-lift': {
    first: ({ liftAsked, lifted }) => (lifted === undefined ? liftAsked?.by : undefined),
    then: (hold, { at, by }) => ({ ...hold, lifted: { at, by: hold.liftAsked?.by ?? by, confirmedBy: by } }),
  },
}

const refused = (code: Extract<RetentionDecision, { outcome: 'refused' }>['code']): RetentionDecision => ({
  outcome: 'refused',
  code,
})

function decideHold(
  file: RetentionFile,
  holdId: string,
  rule: HoldRule,
  one: { at: Instant; by: string },
): RetentionDecision {
  const hold = file.legalHolds.find((each) => each.holdId === holdId)
  if (hold === undefined) return refused('not-found')
  const first = rule.first(hold)
  if (first === undefined) return refused('illegal-transition')
  if (first === one.by) return refused('second-person-needed')
  const legalHolds = file.legalHolds.map((each) => (each === hold ? rule.then(hold, one) : each))
  return { outcome: 'changed', file: { ...file, legalHolds } }
}

/** Once an erasure has begun, nothing but its end may follow: a hold placed then would promise what is half gone. */
export function decideRetention(
  file: RetentionFile,
  command: RetentionCommand,
  one: { readonly at: Instant; readonly by: string },
): RetentionDecision {
  const { erasure } = file
  if (erasure !== null && erasure.state !== 'requested') return refused('illegal-transition')
  switch (command.command) {
    case 'place-hold': {
      const { holdId, reason } = command
      const hold: LegalHold = {
        schema: 'overread/legal-hold@1',
        holdId,
        reason,
        placedAt: one.at,
        placedBy: one.by,
      }
      return { outcome: 'changed', file: { ...file, legalHolds: [...file.legalHolds, hold] } }
    }
    case 'confirm-hold':
    case 'ask-lift':
    case 'keep-hold':
    case 'confirm-lift':
      return decideHold(file, command.holdId, holdRules[command.command], one)
    case 'request-erasure':
      if (erasure !== null) return refused('illegal-transition')
      return {
        outcome: 'changed',
        file: {
          ...file,
          erasure: { state: 'requested', requestedAt: one.at, requestedBy: one.by, basis: command.basis },
        },
      }
    case 'withdraw-erasure':
      return erasure === null ? refused('illegal-transition') : { outcome: 'changed', file: { ...file, erasure: null } }
  }
}
