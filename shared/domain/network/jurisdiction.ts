import * as z from 'zod'

/** ISO 3166-1 alpha-2 (`AT`) or ISO 3166-2 (`CA-QC`), or `EU`, which the residency policy uses as a root of chains. */
export const JurisdictionSchema = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'must be an ISO 3166-1 or 3166-2 code, e.g. AT or CA-QC')
  .meta({ title: 'Jurisdiction', examples: ['AT', 'CA-QC'] })
export type Jurisdiction = z.infer<typeof JurisdictionSchema>

export const CountrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code, e.g. AT')
  .meta({ title: 'Country', examples: ['AT'] })
export type Country = z.infer<typeof CountrySchema>

/**
 * What is granted for a country holds in its subdivisions; what is granted for a subdivision holds there alone: a
 * licence of one US state says nothing about the next.
 */
export const jurisdictionCovers = (granted: Jurisdiction, needed: Jurisdiction): boolean =>
  granted === needed || (granted.length === 2 && needed.startsWith(`${granted}-`))
