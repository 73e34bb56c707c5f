import type { Site } from '../network/parties.ts'
import { agreementsBetween } from '../network/index-network.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import { jurisdictionCovers } from '../network/jurisdiction.ts'
import type { Jurisdiction } from '../network/jurisdiction.ts'
import type { Privilege, Reader } from '../network/reader.ts'
import { isValidAt } from '../network/validity.ts'
import type { Validity } from '../network/validity.ts'
import { modeRank } from '../residency/reading-mode.ts'
import type { CaseFacts, ResidencyMode } from './case-facts.ts'
import { ageBandsOf } from './case-facts.ts'
import { isShiftOnIn } from './rota.ts'

export type EligibilityPurpose = 'offer' | 'claim' | 'image-access' | 'sign-off'

export type EligibilityRule =
  | 'subspecialty'
  | 'registration'
  | 'privilege'
  | 'indemnity'
  | 'agreement'
  | 'residency'
  | 'conflict-of-interest'
  | 'location'
  | 'certification'
  | 'already-asked'
  | 'pool'
  | 'shift'
  | 'capacity'

/** Everything the rules look at, gathered once for a case; the clock is an argument like any other. */
export interface EligibilityQuestion {
  readonly facts: CaseFacts
  readonly network: NetworkIndex
  readonly site: Site
  readonly jurisdiction: Jurisdiction
  readonly purpose: EligibilityPurpose
  readonly atMs: number
}

/** What is asked of one reader besides: these change from minute to minute, the rest only when a window ends. */
export interface ReaderSituation {
  readonly decision: ResidencyMode | undefined
  readonly openCases: number
  /** Where the reader's session says they sit; absent where nobody has signed in yet. */
  readonly attestedCountry?: Jurisdiction | undefined
  readonly alreadyAsked?: boolean
  readonly inPool?: boolean
}

interface RuleBase {
  readonly rule: EligibilityRule
  readonly purposes: readonly EligibilityPurpose[]
}

/** Follows from the definition, the kind of case and the running windows alone. */
export interface StandingRule extends RuleBase {
  readonly failure: (question: EligibilityQuestion, reader: Reader) => string | undefined
}

/** Asks about the situation or the minute too. */
export interface MomentaryRule extends RuleBase {
  readonly failure: (question: EligibilityQuestion, reader: Reader, situation: ReaderSituation) => string | undefined
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

const residency = (
  question: EligibilityQuestion,
  reader: Reader,
  { decision }: ReaderSituation,
): string | undefined => {
  if (decision === undefined) return 'no residency decision was made'
  if (decision.mode === 'forbidden') return 'the residency policy forbids it'
  if (reader.orgId === question.site.orgId) return undefined
  const wideEnough = readingAgreements(question, reader).some(
    (one) => isValidAt(one, question.atMs) && modeRank(one.readingMode) >= modeRank(decision.mode),
  )
  return wideEnough ? undefined : `no agreement allows ${decision.mode}`
}

const conflictOfInterest = ({ facts, site }: EligibilityQuestion, reader: Reader): string | undefined => {
  if (facts.referrerPersonId === reader.personId) return 'the reader is the referrer'
  const declared = reader.conflictsOfInterest.some(({ orgId }) => orgId === site.orgId)
  return declared ? `the reader has declared a conflict with ${site.orgId}` : undefined
}

const location = (question: EligibilityQuestion, reader: Reader, situation: ReaderSituation): string | undefined => {
  const { attestedCountry } = situation
  const approved = reader.readingLocations.filter(({ approvedWorkstation }) => approvedWorkstation)
  const here = approved.filter(({ country }) => attestedCountry === undefined || country === attestedCountry)
  if (here.length === 0) return `no approved reading location${attestedCountry === undefined ? '' : ' there'}`
  if (reader.orgId === question.site.orgId) return undefined
  const allowed = readingAgreements(question, reader)
    .filter((one) => isValidAt(one, question.atMs))
    .flatMap(({ regionsAllowed }) => regionsAllowed)
  const agreed = here.some(({ country }) => allowed.some((granted) => jurisdictionCovers(granted, country)))
  return agreed ? undefined : 'no agreement allows reading from there'
}

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

/** The shifts of a reader that take such a case, whether they run now or not. */
export const fittingShifts = ({ facts, network, jurisdiction }: EligibilityQuestion, reader: Reader) =>
  (network.shiftsByReader.get(reader.readerId) ?? []).filter(
    (shift) =>
      shift.priorities.includes(facts.priority) &&
      shift.reportTypes.includes(facts.reportType) &&
      (shift.subspecialties.includes(facts.subspecialty) ||
        (facts.secondary !== undefined && shift.subspecialties.includes(facts.secondary))) &&
      (shift.jurisdictions.length === 0 || shift.jurisdictions.some((one) => jurisdictionCovers(one, jurisdiction))),
  )

const runningShifts = (question: EligibilityQuestion, reader: Reader) =>
  fittingShifts(question, reader).filter((one) => isShiftOnIn(question.network, one, question.atMs))

/** Near its end a shift is offered only what the reader, or the reader's next shift, can still carry over the hand-over. */
const shift = (question: EligibilityQuestion, reader: Reader): string | undefined => {
  const running = runningShifts(question, reader)
  if (running.length === 0) return 'no shift for such a case is on'
  const fitting = fittingShifts(question, reader)
  const carried = running.some(({ handoverMinutes }) =>
    fitting.some((one) => isShiftOnIn(question.network, one, question.atMs + handoverMinutes * 60_000)),
  )
  return carried ? undefined : 'the shift ends within its hand-over time'
}

const capacity = (
  question: EligibilityQuestion,
  reader: Reader,
  { openCases }: ReaderSituation,
): string | undefined => {
  const onShift = Math.max(0, ...runningShifts(question, reader).map((one) => one.capacity))
  const most = Math.min(reader.capacity, onShift)
  return openCases < most ? undefined : `holds ${openCases} of at most ${most} cases`
}

const askedAlready: MomentaryRule['failure'] = (_question, _reader, { alreadyAsked }) =>
  alreadyAsked === true ? 'was offered the case already' : undefined

const pool: MomentaryRule['failure'] = (_question, _reader, { inPool }) =>
  inPool === false ? 'is in none of the pools asked now' : undefined

const always = ['offer', 'claim', 'image-access', 'sign-off'] as const
const beforeReading = ['offer', 'claim'] as const

/**
 * The rules in the order in which they are asked, these before the momentary ones; the first that fails is the reason
 * kept. What the law and the agreements ask is asked every time, up to the signature; the rota and the load only while a
 * reader is being chosen, since a reader who has the case open must be able to finish it after the shift.
 */
export const standingRules: readonly StandingRule[] = [
  { rule: 'subspecialty', purposes: beforeReading, failure: subspecialty },
  { rule: 'registration', purposes: always, failure: registration },
  { rule: 'privilege', purposes: always, failure: privilege },
  { rule: 'indemnity', purposes: always, failure: indemnity },
  { rule: 'agreement', purposes: always, failure: agreement },
  { rule: 'certification', purposes: always, failure: certification },
]

export const momentaryRules: readonly MomentaryRule[] = [
  { rule: 'residency', purposes: always, failure: residency },
  { rule: 'conflict-of-interest', purposes: always, failure: conflictOfInterest },
  { rule: 'location', purposes: always, failure: location },
  { rule: 'already-asked', purposes: ['offer'], failure: askedAlready },
  { rule: 'pool', purposes: ['offer'], failure: pool },
  { rule: 'shift', purposes: ['offer'], failure: shift },
  { rule: 'capacity', purposes: ['offer'], failure: capacity },
]
