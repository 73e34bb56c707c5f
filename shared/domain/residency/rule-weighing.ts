import { evaluateCondition, isDeferred, type LinkQuestion } from './conditions.ts'
import type { CandidateRule } from './decision-record.ts'
import {
  deidBundleReference,
  type JurisdictionPolicy,
  type PolicyOrigin,
  type PolicyRule,
} from './jurisdiction-policy.ts'
import { modeRank, stricterMode, type ReadingMode } from './reading-mode.ts'

/** A rule that names the reader's place, with the evidence that fulfils it. */
export interface WeighedRule {
  readonly candidate: CandidateRule
  readonly evidenceIds: readonly string[]
  readonly deferred: readonly string[]
}

type Match = CandidateRule['matchedBy']
const specificity: Record<Match, number> = { country: 2, zone: 1, any: 0 }

/** The mode a rule has before matching: one step stricter until somebody has confirmed it or its origin. */
export const effectiveMode = (
  policy: JurisdictionPolicy,
  link: PolicyOrigin,
  rule: PolicyRule,
): { readonly mode: ReadingMode; readonly confirmed: boolean } => {
  const confirmed = (rule.confirmedBy ?? link.confirmedBy) !== undefined
  return { mode: confirmed ? rule.mode : stricterMode(rule.mode, policy.unconfirmed[rule.mode]), confirmed }
}

/** common + the origin's + the rule's; a de-identified copy is bound to the whole bundle however the rule came to it. */
export const requirementsOf = (
  policy: JurisdictionPolicy,
  link: PolicyOrigin,
  rule: PolicyRule,
  mode: ReadingMode,
): readonly string[] => {
  const written = [...policy.common, ...(link.requires ?? []), ...rule.requires]
  const bundle = mode === 'transfer_deidentified' ? [deidBundleReference] : []
  return [...new Set([...written, ...bundle].flatMap((id) => (id === deidBundleReference ? policy.deidBundle : [id])))]
}

/** Which of a rule's conditions hold, and which an emergency access may stand in for. */
export const weighRule = (
  question: LinkQuestion,
  rule: PolicyRule,
  matchedBy: Match,
  waivable: ReadonlySet<string>,
): WeighedRule => {
  const { policy, link, purpose } = question
  const { mode, confirmed } = effectiveMode(policy, link, rule)
  const required = requirementsOf(policy, link, rule, mode)
  const outcomes = required.map((id) => ({ id, ...evaluateCondition(id, question) }))
  const unheld = outcomes.filter(({ held }) => !held).map(({ id }) => id)
  const missing = unheld.filter((id) => !waivable.has(id))
  return {
    candidate: {
      origin: link.id,
      ruleId: rule.id,
      matchedBy,
      writtenMode: rule.mode,
      effectiveMode: mode,
      confirmed,
      outcome: missing.length === 0 ? 'outranked' : 'not-held',
      missing,
      waived: unheld.filter((id) => waivable.has(id)),
    },
    evidenceIds: outcomes.flatMap(({ evidenceId }) => (evidenceId === undefined ? [] : [evidenceId])),
    deferred: required.filter((id) => isDeferred(id, purpose)),
  }
}

/** Highest rank first; on equal rank the more specific place; on equal place the rule written first. */
export const outranks = (a: CandidateRule, b: CandidateRule): boolean => {
  const byRank = modeRank(a.effectiveMode) - modeRank(b.effectiveMode)
  return byRank === 0 ? specificity[a.matchedBy] > specificity[b.matchedBy] : byRank > 0
}
