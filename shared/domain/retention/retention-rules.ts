import * as z from 'zod'
import rulesJson from './default-retention.policy.json' with { type: 'json' }

/** What has a period of its own. The audit is in no erasure: it is the proof that there was one (RET-03). */
export const erasableClasses = ['images', 'reports', 'referral'] as const
export const ErasableClassSchema = z.enum(erasableClasses)
export type ErasableClass = z.infer<typeof ErasableClassSchema>

/** How long something of an origin must be kept: years from the end of the case, for a minor at least until an age. */
export const RetentionRuleSchema = z.strictObject({
  id: z.string().min(1).max(64),
  /** An origin of the residency policy, or `*` for all that have no rule of their own. */
  origin: z.string().regex(/^([A-Z]{2}(-[A-Z0-9]{1,3})?|\*)$/),
  class: ErasableClassSchema,
  years: z.int().min(0).max(100),
  minorsUntilAge: z.int().min(18).max(40).optional(),
  source: z.string().min(1),
})
export type RetentionRule = z.infer<typeof RetentionRuleSchema>

export const RetentionPolicySchema = z.strictObject({
  schema: z.literal('overread/retention@1'),
  policyVersion: z.string().min(1),
  rules: z
    .array(RetentionRuleSchema)
    .refine((rules) => new Set(rules.map((one) => `${one.origin} ${one.class}`)).size === rules.length, {
      message: 'two rules for one class of one origin contradict each other',
    }),
})
export type RetentionPolicy = z.infer<typeof RetentionPolicySchema>

/** Engineering defaults, no legal advice: a deployment brings its own. */
export const defaultRetentionPolicy: RetentionPolicy = RetentionPolicySchema.parse(rulesJson)
