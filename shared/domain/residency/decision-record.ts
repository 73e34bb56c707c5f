import * as z from 'zod'
import { BreakGlassSchema, PurposeSchema } from './decision-inputs.ts'
import { ReadingModeSchema } from './reading-mode.ts'

const Id = z.string().max(128)
const Ids = z.array(Id)

/** Why the answer is `forbidden`, as far as one cause decided it. */
export const forbiddenReasons = [
  'unknown-origin',
  'no-storage-region',
  'reader-place-unknown',
  'location-not-agreed',
  'policy-not-understood',
  'forbidden-by-rule',
  'no-rule-for-reader',
  'conditions-missing',
] as const
export const ForbiddenReasonSchema = z.enum(forbiddenReasons)
export type ForbiddenReason = z.infer<typeof ForbiddenReasonSchema>

/** A rule that named the reader's place, and what became of it: the answer to "why not more?". */
export const CandidateRuleSchema = z.strictObject({
  origin: Id,
  ruleId: Id,
  matchedBy: z.enum(['country', 'zone', 'any']),
  writtenMode: ReadingModeSchema,
  effectiveMode: ReadingModeSchema,
  confirmed: z.boolean(),
  outcome: z.enum(['chosen', 'final', 'outranked', 'not-held']),
  missing: Ids,
  waived: Ids,
})
export type CandidateRule = Readonly<z.infer<typeof CandidateRuleSchema>>

/** A residency decision as it is stored and audited. It holds no patient datum: ids, codes, rules, instants. */
export const DecisionRecordSchema = z
  .strictObject({
    schema: z.literal('overread/residency-decision@1'),
    mode: ReadingModeSchema,
    reason: ForbiddenReasonSchema.optional(),
    origin: z.string().max(64),
    readerId: Id,
    purpose: PurposeSchema,
    caseId: Id.optional(),
    decidedAt: z.string().max(64),
    ruleIds: Ids,
    evidenceIds: Ids,
    deferred: Ids,
    policyVersion: z.string(),
    policyHash: z.string(),
    candidates: z.array(CandidateRuleSchema),
    breakGlass: BreakGlassSchema.extend({ waived: Ids }).optional(),
  })
  .meta({ id: 'ResidencyDecision', description: 'A residency decision that can be re-run to the same answer' })
export type DecisionRecord = Readonly<z.infer<typeof DecisionRecordSchema>>
