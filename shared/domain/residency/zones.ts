import { countryCodes, countryOfSubdivision, isPlaceCode } from './country-codes.ts'
import type { JurisdictionPolicy } from './jurisdiction-policy.ts'

/** How a rule's `reader` fits a place, most specific first; `unknown` = the policy names a zone that it does not define. */
export type PlaceMatch = 'country' | 'zone' | 'any' | 'none' | 'unknown'

const members = (policy: JurisdictionPolicy, zone: string): readonly string[] | undefined => {
  if (!Object.hasOwn(policy.zones, zone)) return undefined
  const written = policy.zones[zone]
  return written === undefined || Array.isArray(written) ? written : written.seed
}

/**
 * The place codes of a zone, with zones in it expanded. Undefined where it, or a zone that it names, is not defined or
 * names itself: a zone nobody can enumerate must not be taken for an empty one.
 */
export const expandZone = (
  policy: JurisdictionPolicy,
  zone: string,
  above: readonly string[] = [],
): ReadonlySet<string> | undefined => {
  const written = above.includes(zone) ? undefined : members(policy, zone)
  if (written === undefined) return undefined
  const codes = new Set<string>()
  for (const member of written) {
    const inner = isPlaceCode(member) ? [member] : expandZone(policy, member, [...above, zone])
    if (inner === undefined) return undefined
    for (const code of inner) codes.add(code)
  }
  return codes
}

/**
 * The codes by which rules may name a place: `CA-QC` is also `CA`. Undefined for a place that is none, or a
 * subdivision of another country.
 */
export const placeCodes = (country: string, subdivision?: string): readonly string[] | undefined => {
  if (!countryCodes.has(country)) return undefined
  if (subdivision === undefined) return [country]
  return countryOfSubdivision(subdivision) === country ? [subdivision, country] : undefined
}

export const matchPlace = (policy: JurisdictionPolicy, named: string, codes: readonly string[]): PlaceMatch => {
  if (named === '*') return 'any'
  if (isPlaceCode(named)) return codes.includes(named) ? 'country' : 'none'
  const zone = expandZone(policy, named)
  if (zone === undefined) return 'unknown'
  return codes.some((code) => zone.has(code)) ? 'zone' : 'none'
}
