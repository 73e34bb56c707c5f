import { countryOfSubdivision, isPlaceCode } from './country-codes.ts'
import type { JurisdictionPolicy, PolicyOrigin, PolicyRule } from './jurisdiction-policy.ts'
import { modeRank } from './reading-mode.ts'
import { effectiveMode, requirementsOf } from './rule-weighing.ts'
import { expandZone } from './zones.ts'

/** The places a rule names: `*`, or codes; an undefined zone names none (that is reported by itself). */
const placesOf = (policy: JurisdictionPolicy, { reader }: PolicyRule): '*' | readonly string[] => {
  if (reader === '*') return '*'
  return isPlaceCode(reader) ? [reader] : [...(expandZone(policy, reader) ?? [])]
}

const covers = (wide: '*' | readonly string[], narrow: '*' | readonly string[]): boolean => {
  if (wide === '*') return true
  if (narrow === '*') return false
  return (
    narrow.length > 0 && narrow.every((code) => wide.includes(code) || wide.includes(countryOfSubdivision(code) ?? ''))
  )
}

const specificity = ({ reader }: PolicyRule): number => (reader === '*' ? 0 : isPlaceCode(reader) ? 2 : 1)

const isFinal = ({ mode, reader }: PolicyRule): boolean => mode === 'forbidden' && reader !== '*'

/** Whether `other` answers every question that `rule` could answer, as well or better. */
const answersFor = (policy: JurisdictionPolicy, origin: PolicyOrigin, other: PolicyRule, rule: PolicyRule): boolean => {
  if (!covers(placesOf(policy, other), placesOf(policy, rule))) return false
  if (isFinal(other)) return !isFinal(rule) || origin.rules.indexOf(other) < origin.rules.indexOf(rule)
  if (isFinal(rule)) return false
  const [a, b] = [effectiveMode(policy, origin, other).mode, effectiveMode(policy, origin, rule).mode]
  const [writtenGap, gap] = [modeRank(other.mode) - modeRank(rule.mode), modeRank(a) - modeRank(b)]
  if (writtenGap < 0 || gap < 0) return false
  const asked = requirementsOf(policy, origin, rule, b)
  const askedAsWritten = requirementsOf(policy, origin, rule, rule.mode)
  const isEasier =
    requirementsOf(policy, origin, other, a).every((id) => asked.includes(id)) &&
    requirementsOf(policy, origin, other, other.mode).every((id) => askedAsWritten.includes(id))
  if (!isEasier) return false
  if (writtenGap > 0 && gap > 0) return true
  const placeGap = specificity(other) - specificity(rule)
  return placeGap > 0 || (placeGap === 0 && origin.rules.indexOf(other) < origin.rules.indexOf(rule))
}

const namesNobody = (policy: JurisdictionPolicy, { reader }: PolicyRule): boolean => {
  const zone = Object.hasOwn(policy.zones, reader) ? policy.zones[reader] : undefined
  // A zone the deployer maintains may be empty today (IN_RESTRICTED): the rule waits for its first member.
  return Array.isArray(zone) && zone.length === 0
}

/** Why a rule can never be the answer, or undefined where it can. A rule that never speaks is a typing error nobody saw. */
export const whyUnreachable = (
  policy: JurisdictionPolicy,
  origin: PolicyOrigin,
  rule: PolicyRule,
): string | undefined => {
  if (namesNobody(policy, rule)) return `its zone ${rule.reader} has no member`
  const required = requirementsOf(policy, origin, rule, rule.mode)
  if (required.includes('VOLUME_BELOW') && origin.volumeLimit === undefined) {
    return 'it requires VOLUME_BELOW and its origin has no volumeLimit'
  }
  const other = origin.rules.find((candidate) => candidate !== rule && answersFor(policy, origin, candidate, rule))
  return other === undefined ? undefined : `${other.id} always answers before it`
}
