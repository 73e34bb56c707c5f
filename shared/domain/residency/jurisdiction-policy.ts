import * as z from 'zod'
import { ReadingModeSchema } from './reading-mode.ts'

const Text = z.string().min(1).max(2_000)
const ConditionReference = z.string().regex(/^@?[A-Za-z][A-Za-z0-9_]{1,63}$/)
const mode = <Rank extends number>(rank: Rank) => z.strictObject({ rank: z.literal(rank), means: Text })

/** Who, for the deployer, has confirmed a row: without it the row runs one step stricter. */
export const ConfirmationSchema = z.strictObject({
  name: Text.max(200),
  role: Text.max(200),
  date: z.iso.date(),
})
export type Confirmation = z.infer<typeof ConfirmationSchema>

export const PolicyRuleSchema = z.strictObject({
  id: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,31}$/),
  reader: z.string().min(1).max(64),
  mode: ReadingModeSchema,
  requires: z.array(ConditionReference).max(64),
  note: Text.optional(),
  confirmedBy: ConfirmationSchema.optional(),
})
export type PolicyRule = z.infer<typeof PolicyRuleSchema>

export const PolicyOriginSchema = z.strictObject({
  id: z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/),
  inherits: z.string().optional(),
  law: Text,
  storageRegions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)).max(64),
  requires: z.array(ConditionReference).max(64).optional(),
  volumeLimit: z.int().positive().optional(),
  rules: z.array(PolicyRuleSchema).min(1).max(256),
  sources: z.array(Text).max(64),
  confidence: z.enum(['low', 'medium', 'high']),
  confirmedBy: ConfirmationSchema.optional(),
  note: Text.optional(),
  todo: Text.optional(),
})
export type PolicyOrigin = z.infer<typeof PolicyOriginSchema>

const MaintainedZoneSchema = z.strictObject({
  deployerMaintained: z.literal(true),
  seed: z.array(z.string()).max(512),
  note: Text.optional(),
})

/**
 * Emergency access: which missing evidence it may stand in for, for how long, and when it must be reviewed.
 * Policy, not code, because which derogation applies (GDPR art. 49(1)(f), FADP art. 17) is counsel's to say; absent
 * means there is none.
 */
export const BreakGlassPolicySchema = z.strictObject({
  waives: z.array(z.string()).min(1).max(32),
  maxMinutes: z.int().min(1).max(240),
  reviewWithinHours: z.int().min(1).max(168),
  note: Text.optional(),
})

/** The jurisdiction policy file (`overread/jurisdiction-policy@1`), as it is written. Cross references: `policy-checks.ts`. */
export const JurisdictionPolicySchema = z
  .strictObject({
    schema: z.literal('overread/jurisdiction-policy@1'),
    policyVersion: z.string().min(1).max(64),
    reviewBy: z.iso.date(),
    disclaimer: Text,
    modes: z.strictObject({
      forbidden: mode(0),
      transfer_deidentified: mode(1),
      view_in_region_identifiable: mode(2),
      read_identifiable: mode(3),
    }),
    unconfirmed: z.record(ReadingModeSchema, ReadingModeSchema),
    breakGlass: BreakGlassPolicySchema.optional(),
    evaluation: z.array(Text),
    zones: z.record(z.string(), z.union([z.array(z.string()).max(512), MaintainedZoneSchema])),
    conditions: z.record(z.string(), z.strictObject({ kind: z.enum(['evidence', 'runtime', 'config']), check: Text })),
    common: z.array(ConditionReference).min(1),
    deidBundle: z.array(ConditionReference).min(1),
    origins: z.array(PolicyOriginSchema).min(1).max(300),
  })
  .meta({ id: 'JurisdictionPolicy', description: 'Who may read what from where, and under which conditions' })

export type JurisdictionPolicy = z.infer<typeof JurisdictionPolicySchema>

/** A policy and the SHA-256 of its canonical JSON; hashed outside the domain (`shared/runtime/policy-document.ts`). */
export interface PolicyDocument {
  readonly policy: JurisdictionPolicy
  readonly sha256: string
}

/** What the reference `@deidBundle` in a rule stands for. */
export const deidBundleReference = '@deidBundle'
