import * as z from 'zod'
import { InstantSchema, type Instant } from '../instant.ts'
import { holds, type LegalHold } from './legal-hold.ts'
import {
  erasableClasses,
  ErasableClassSchema,
  type ErasableClass,
  type RetentionPolicy,
  type RetentionRule,
} from './retention-rules.ts'

/** What of a case its retention depends on. */
export interface RetainedCase {
  readonly origin: string
  /** Undefined while the case is open. */
  readonly endedAt?: Instant
  /** As the referral gave it at `submittedAt`; unknown counts as a minor born that day, the longest it could be. */
  readonly patientAgeYears?: number
  readonly submittedAt: Instant
}

export interface ErasureRequest {
  readonly requestedBy: string
  readonly confirmedBy: string
  readonly now: Instant
}

export const KeptSchema = z
  .discriminatedUnion('why', [
    z.strictObject({ why: z.enum(['case-open', 'second-person-needed']) }),
    z.strictObject({ why: z.literal('legal-hold'), holdIds: z.array(z.string()) }),
    z.strictObject({ why: z.literal('no-rule'), class: ErasableClassSchema }),
    z.strictObject({
      why: z.literal('duty-to-retain'),
      class: ErasableClassSchema,
      ruleId: z.string(),
      until: InstantSchema,
    }),
  ])
  .meta({ id: 'Kept', description: 'Why a case must be kept, with the day on which that ends where it is known' })
export type Kept = z.infer<typeof KeptSchema>

/** Erased whole or not at all: a report without its images, or the other way round, helps nobody and misleads. */
export type ErasureDecision =
  | { readonly outcome: 'erase'; readonly ruleIds: readonly string[]; readonly policyVersion: string }
  | { readonly outcome: 'keep'; readonly kept: readonly Kept[]; readonly policyVersion: string }

const ADULT = 18

/** 29 February becomes 1 March: a day late, never a day early. */
const addYears = (instant: Instant, years: number): Instant => {
  const date = new Date(instant)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return date.toISOString()
}

/** The rule of the origin itself, of its country, or of all: the nearest one that there is. */
const ruleFor = ({ rules }: RetentionPolicy, origin: string, of: ErasableClass): RetentionRule | undefined =>
  [origin, origin.slice(0, 2), '*']
    .map((one) => rules.find((rule) => rule.origin === one && rule.class === of))
    .find((rule) => rule !== undefined)

const later = (a: Instant, b: Instant): Instant => (a >= b ? a : b)

/** An age in whole years may be almost a year more, so a minor's years are counted from the youngest they can have been. */
function retainedUntil({ years, minorsUntilAge }: RetentionRule, c: RetainedCase, endedAt: Instant): Instant {
  const usual = addYears(endedAt, years)
  const age = c.patientAgeYears ?? 0
  return minorsUntilAge === undefined || age >= ADULT
    ? usual
    : later(usual, addYears(c.submittedAt, minorsUntilAge - age))
}

const dutyOf =
  (policy: RetentionPolicy, c: RetainedCase, endedAt: Instant, now: Instant) =>
  (of: ErasableClass): Kept | string => {
    const rule = ruleFor(policy, c.origin, of)
    if (rule === undefined) return { why: 'no-rule', class: of }
    const until = retainedUntil(rule, c, endedAt)
    return until > now ? { why: 'duty-to-retain', class: of, ruleId: rule.id, until } : rule.id
  }

/**
 * Whether a case may be erased now. Total; what no rule covers is kept, and every reason is given, so that whoever asked
 * can tell the patient why and until when (GDPR art. 17(3)(b), (e)).
 */
export function decideErasure(
  c: RetainedCase,
  legalHolds: readonly LegalHold[],
  policy: RetentionPolicy,
  { requestedBy, confirmedBy, now }: ErasureRequest,
): ErasureDecision {
  const holding = legalHolds.filter((hold) => holds(hold, now)).map(({ holdId }) => holdId)
  const duties = c.endedAt === undefined ? [] : erasableClasses.map(dutyOf(policy, c, c.endedAt, now))
  const kept: Kept[] = [
    ...(requestedBy === confirmedBy ? [{ why: 'second-person-needed' as const }] : []),
    ...(c.endedAt === undefined ? [{ why: 'case-open' as const }] : []),
    ...(holding.length === 0 ? [] : [{ why: 'legal-hold' as const, holdIds: holding }]),
    ...duties.filter((duty) => typeof duty !== 'string'),
  ]
  const { policyVersion } = policy
  if (kept.length > 0) return { outcome: 'keep', kept, policyVersion }
  return { outcome: 'erase', ruleIds: duties.filter((duty) => typeof duty === 'string'), policyVersion }
}
