import * as z from 'zod'
import type { PoolId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import type { Jurisdiction } from '../network/jurisdiction.ts'
import type { Site } from '../network/parties.ts'
import type { CaseFacts, ResidencyMode } from './case-facts.ts'
import { patientJurisdictionOf, siteOf } from './case-facts.ts'

export type EligibilityPurpose = 'offer' | 'claim' | 'image-access' | 'sign-off'

export type EligibilityRule =
  | 'subspecialty'
  | 'registration'
  | 'privilege'
  | 'indemnity'
  | 'agreement'
  | 'certification'
  | 'pool'
  | 'shift'
  | 'residency'
  | 'conflict-of-interest'
  | 'declined'
  | 'location'
  | 'already-asked'
  | 'capacity'

/** Reasons to give a case back that do not pass: nobody is asked again for a case they have said they may not read. */
export const DeclinedForSchema = z.enum(['outside-competence', 'conflict-of-interest'])
export type DeclinedFor = z.infer<typeof DeclinedForSchema>

/** Everything the rules look at, gathered once for a case; the clock is an argument like any other. */
export interface EligibilityQuestion {
  readonly facts: CaseFacts
  readonly network: NetworkIndex
  readonly site: Site
  readonly jurisdiction: Jurisdiction
  readonly purpose: EligibilityPurpose
  readonly atMs: number
  /** Pools asked now; absent where the question is about one reader, whatever their pool. */
  readonly pools?: readonly PoolId[] | undefined
}

/** What is asked of one reader besides: these change from minute to minute, the rest only when a window ends. */
export interface ReaderSituation {
  readonly decision: ResidencyMode | undefined
  readonly openCases: number
  /** Where the reader's session says they sit; absent where nobody has signed in yet. */
  readonly attestedCountry?: Jurisdiction | undefined
  readonly alreadyAsked?: boolean
  readonly declined?: DeclinedFor | undefined
}

/** Gathers a question. */
export const questionOf = (
  facts: CaseFacts,
  network: NetworkIndex,
  instant: string,
  purpose: EligibilityPurpose,
  pools?: readonly PoolId[],
): EligibilityQuestion => {
  const atMs = Date.parse(instant)
  // NaN would make every comparison of a window false one way and true another: refuse to judge at no time at all.
  if (Number.isNaN(atMs)) throw new Error('eligibility is judged at an instant')
  const site = siteOf(network, facts)
  return { facts, network, site, jurisdiction: patientJurisdictionOf(network, facts), purpose, atMs, pools }
}

/** The rules of each purpose, in order, picked out of a table once. */
export const rulesByPurpose = <Rule extends { readonly purposes: readonly EligibilityPurpose[] }>(
  table: readonly Rule[],
): Readonly<Record<EligibilityPurpose, readonly Rule[]>> => {
  const rulesOf = (purpose: EligibilityPurpose) => table.filter(({ purposes }) => purposes.includes(purpose))
  return {
    offer: rulesOf('offer'),
    claim: rulesOf('claim'),
    'image-access': rulesOf('image-access'),
    'sign-off': rulesOf('sign-off'),
  }
}
