import type { PersonId, PathwayId, ReaderId, SiteId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import type { Jurisdiction } from '../network/jurisdiction.ts'
import type { Site } from '../network/parties.ts'
import { AgeBandSchema, type AgeBand, type BodyRegion, type Modality } from '../network/vocabulary.ts'
import type { Priority, ReportType, Subspecialty } from '../network/vocabulary.ts'

import type { ReadingMode } from '../residency/reading-mode.ts'

/** What of a case decides who may read it. No identity: routing never needs to know who the patient is. */
export interface CaseFacts {
  readonly siteId: SiteId
  readonly pathwayId: PathwayId
  readonly priority: Priority
  /** Of the patient; absent: the site's, since the state in which the patient is imaged regulates the reading. */
  readonly patientJurisdiction?: Jurisdiction | undefined
  readonly subspecialty: Subspecialty
  readonly secondary?: Subspecialty | undefined
  readonly modalities: readonly Modality[]
  readonly region: BodyRegion | 'unknown'
  readonly ageYears?: number | undefined
  readonly reportType: ReportType
  readonly referrerPersonId?: PersonId | undefined
}

/** What the residency policy has decided for this reader and case; only the mode matters to eligibility. */
export interface ResidencyMode {
  readonly mode: ReadingMode
}

/** Anything that looks up by reader: a Map, or a source that decides when asked. */
export interface ByReader<Value> {
  get(readerId: ReaderId): Value | undefined
}

const NEONATE_YEARS = 28 / 365.25
const ADULT_YEARS = 16

/** Every band the patient may be in: an unknown age must be covered whatever it turns out to be. */
export const ageBandsOf = (ageYears: number | undefined): readonly AgeBand[] => {
  if (ageYears === undefined) return AgeBandSchema.options
  // A case knows the age in whole years: an infant of eleven months is 0 too, and no neonate.
  if (ageYears === 0) return ['neonate', 'child']
  if (ageYears < NEONATE_YEARS) return ['neonate']
  return ageYears < ADULT_YEARS ? ['child'] : ['adult']
}

/** The site of a case. A site that is not in the network is a fault: the case could not have been accepted. */
export const siteOf = (network: NetworkIndex, { siteId }: Pick<CaseFacts, 'siteId'>): Site => {
  const site = network.sites.get(siteId)
  if (site === undefined) throw new Error(`site ${siteId} is not in network ${network.version}`)
  return site
}

/** Whose law regulates the reading. */
export const patientJurisdictionOf = (network: NetworkIndex, facts: CaseFacts): Jurisdiction =>
  facts.patientJurisdiction ?? siteOf(network, facts).jurisdiction
