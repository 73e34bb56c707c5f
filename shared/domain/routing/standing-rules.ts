import { agreementsBetween } from '../network/index-network.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import { jurisdictionCovers } from '../network/jurisdiction.ts'
import type { Jurisdiction } from '../network/jurisdiction.ts'
import type { Privilege, Reader } from '../network/reader.ts'
import { isValidAt } from '../network/validity.ts'
import type { Validity } from '../network/validity.ts'
import { ageBandsOf } from './case-facts.ts'
import type { EligibilityPurpose, EligibilityQuestion, EligibilityRule } from './eligibility-question.ts'
import { shiftFailure } from './shift-rule.ts'

/** Follows from the definition, the kind of case, the pools asked and the windows and shifts that run, alone. */
export interface StandingRule {
  readonly rule: EligibilityRule
  readonly purposes: readonly EligibilityPurpose[]
  readonly failure: (question: EligibilityQuestion, reader: Reader) => string | undefined
}

/** Of windows that would fit, why none holds now: the next person to look wants to know if it has ended or not begun. */
const whyNoneHolds = (fitting: readonly Validity[], atMs: number, what: string): string | undefined => {
  if (fitting.some((window) => isValidAt(window, atMs))) return undefined
  if (fitting.length === 0) return `no ${what}`
  const ended = fitting.map(({ validTo }) => validTo).filter((validTo) => Date.parse(validTo) <= atMs)
  const last = ended.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
  return last === undefined ? `${what} does not run yet` : `${what} ended ${last}`
}

const coversJurisdiction = (reader: Reader, jurisdiction: Jurisdiction, atMs: number): string | undefined =>
  whyNoneHolds(
    reader.registrations.filter((registration) => jurisdictionCovers(registration.jurisdiction, jurisdiction)),
    atMs,
    `registration for ${jurisdiction}`,
  )

const registration = ({ network, jurisdiction, atMs }: EligibilityQuestion, reader: Reader): string | undefined => {
  const atSite = coversJurisdiction(reader, jurisdiction, atMs)
  const alsoAtLocation = network.definition.eligibilityPolicy.registrationAtLocationFor.includes(jurisdiction)
  if (atSite !== undefined || !alsoAtLocation) return atSite
  return reader.readingLocations
    .map(({ country }) => coversJurisdiction(reader, country, atMs))
    .find((why) => why !== undefined)
}

const includesAll = <T>(granted: '*' | readonly T[], needed: readonly T[]): boolean =>
  granted === '*' || needed.every((one) => granted.includes(one))

const PIXEL_FREE = new Set(['SR', 'PR', 'KO', 'DOC', 'SEG', 'REG', 'RWV', 'AU'])

const privilegeFits = (privilege: Privilege, { facts, site }: EligibilityQuestion): boolean =>
  privilege.siteId === site.siteId &&
  privilege.status === 'active' &&
  includesAll(
    privilege.modalities,
    facts.modalities.filter((modality) => !PIXEL_FREE.has(modality)),
  ) &&
  (facts.region === 'unknown' ? privilege.regions === '*' : includesAll(privilege.regions, [facts.region])) &&
  privilege.reportTypes.includes(facts.reportType) &&
  includesAll(privilege.ageBands, ageBandsOf(facts.ageYears))

const restsOnRunningAgreement = (privilege: Privilege, network: NetworkIndex, atMs: number): boolean => {
  if (privilege.grantedUnder === 'direct') return true
  const agreement = privilege.agreementId === null ? undefined : network.agreements.get(privilege.agreementId)
  return agreement !== undefined && isValidAt(agreement, atMs)
}

const privilege = (question: EligibilityQuestion, reader: Reader): string | undefined => {
  const atSite = reader.privileges.filter(({ siteId }) => siteId === question.site.siteId)
  if (atSite.length === 0) return `no privilege at ${question.site.siteId}`
  const fitting = atSite.filter((one) => privilegeFits(one, question))
  if (fitting.length === 0)
    return `no privilege at ${question.site.siteId} for this modality, region, age or report type`
  const resting = fitting.filter((one) => restsOnRunningAgreement(one, question.network, question.atMs))
  if (resting.length === 0) return 'the agreement the proxy privilege rests on does not run'
  return whyNoneHolds(resting, question.atMs, `privilege at ${question.site.siteId}`)
}

const indemnity = ({ jurisdiction, atMs }: EligibilityQuestion, reader: Reader): string | undefined =>
  whyNoneHolds(
    reader.indemnities.filter(({ jurisdictions, retroDate }) => {
      const begun = retroDate === null || Date.parse(retroDate) <= atMs
      return begun && jurisdictions.some((granted) => jurisdictionCovers(granted, jurisdiction))
    }),
    atMs,
    `indemnity for ${jurisdiction}`,
  )

/** Agreements under which this reader may read for the site; within one organisation none is needed. */
export const readingAgreements = ({ network, site }: EligibilityQuestion, reader: Reader) =>
  agreementsBetween(network, site.orgId, reader.orgId).filter(
    ({ purpose, dataClasses }) => purpose === 'primary-reading' && dataClasses.includes('images'),
  )

const agreement = (question: EligibilityQuestion, reader: Reader): string | undefined =>
  reader.orgId === question.site.orgId
    ? undefined
    : whyNoneHolds(readingAgreements(question, reader), question.atMs, `agreement with ${question.site.orgId}`)

const certification = ({ network, facts, atMs }: EligibilityQuestion, reader: Reader): string | undefined =>
  network.definition.eligibilityPolicy.certificationFor.includes(facts.subspecialty)
    ? whyNoneHolds(
        reader.certifications.filter(({ subspecialty }) => subspecialty === facts.subspecialty),
        atMs,
        `certificate in ${facts.subspecialty}`,
      )
    : undefined

const subspecialty = ({ facts }: EligibilityQuestion, reader: Reader): string | undefined =>
  reader.subspecialties.includes(facts.subspecialty) ||
  (facts.secondary !== undefined && reader.subspecialties.includes(facts.secondary))
    ? undefined
    : `does not read ${facts.subspecialty}`

const pool = ({ pools }: EligibilityQuestion, reader: Reader): string | undefined =>
  pools === undefined || reader.poolIds.some((poolId) => pools.includes(poolId))
    ? undefined
    : 'is in none of the pools asked now'

const always = ['offer', 'claim', 'image-access', 'sign-off'] as const
const beforeReading = ['offer', 'claim'] as const

/**
 * The rules in the order in which they are asked, these before the momentary ones; the first that fails is the reason
 * kept. What the law and the agreements ask is asked every time, up to the signature; pool and rota only while a reader is
 * being chosen, since a reader who has the case open must be able to finish it after the shift. They come last of these:
 * the record shows who could have read it in another pool or at another hour, and the residency policy is asked about
 * nobody else.
 */
export const standingRules: readonly StandingRule[] = [
  { rule: 'subspecialty', purposes: beforeReading, failure: subspecialty },
  { rule: 'registration', purposes: always, failure: registration },
  { rule: 'privilege', purposes: always, failure: privilege },
  { rule: 'indemnity', purposes: always, failure: indemnity },
  { rule: 'agreement', purposes: always, failure: agreement },
  { rule: 'certification', purposes: always, failure: certification },
  { rule: 'pool', purposes: ['offer'], failure: pool },
  { rule: 'shift', purposes: ['offer'], failure: shiftFailure },
]
