import { jurisdictionCovers } from '../network/jurisdiction.ts'
import type { Jurisdiction } from '../network/jurisdiction.ts'
import type { Agreement } from '../network/parties.ts'
import type { Reader } from '../network/reader.ts'
import { isValidAt } from '../network/validity.ts'
import { modeRank } from '../residency/reading-mode.ts'
import type {
  EligibilityPurpose,
  EligibilityQuestion,
  EligibilityRule,
  ReaderSituation,
} from './eligibility-question.ts'
import { shiftCapacity } from './shift-rule.ts'
import { readingAgreements } from './standing-rules.ts'

/** What the definition gives a reader for one kind of case while no window and no shift begins or ends: looked up once, asked often. */
export interface ReadingBasis {
  readonly reader: Reader
  readonly isSpecialist: boolean
  readonly sameOrganisation: boolean
  readonly agreements: readonly Agreement[]
  readonly mostOpenCases: number
  /** Rank of the widest mode that an agreement allows. */
  readonly widestModeRank: number
  /** Where the reader may sit: approved workstations, and those of them that an agreement allows. */
  readonly approvedPlaces: readonly Jurisdiction[]
  readonly agreedPlaces: readonly Jurisdiction[]
  readonly declaresConflict: boolean
}

/** Gathers a basis. */
export const readingBasisOf = (question: EligibilityQuestion, reader: Reader): ReadingBasis => {
  const sameOrganisation = reader.orgId === question.site.orgId
  const agreements = readingAgreements(question, reader).filter((one) => isValidAt(one, question.atMs))
  const approvedPlaces = reader.readingLocations
    .filter(({ approvedWorkstation }) => approvedWorkstation)
    .map(({ country }) => country)
  const isAgreed = (place: Jurisdiction) =>
    agreements.some(({ regionsAllowed }) => regionsAllowed.some((granted) => jurisdictionCovers(granted, place)))
  return {
    reader,
    isSpecialist: reader.subspecialties.includes(question.facts.subspecialty),
    sameOrganisation,
    agreements,
    mostOpenCases: Math.min(reader.capacity, shiftCapacity(question, reader)),
    widestModeRank: Math.max(0, ...agreements.map(({ readingMode }) => modeRank(readingMode))),
    approvedPlaces,
    agreedPlaces: sameOrganisation ? approvedPlaces : approvedPlaces.filter(isAgreed),
    declaresConflict: reader.conflictsOfInterest.some(({ orgId }) => orgId === question.site.orgId),
  }
}

/** Asks about the situation of the moment too. */
export interface MomentaryRule {
  readonly rule: EligibilityRule
  readonly purposes: readonly EligibilityPurpose[]
  readonly failure: (
    question: EligibilityQuestion,
    basis: ReadingBasis,
    situation: ReaderSituation,
  ) => string | undefined
}

const residency: MomentaryRule['failure'] = (_question, { sameOrganisation, widestModeRank }, { decision }) => {
  if (decision === undefined) return 'no residency decision was made'
  const { mode } = decision
  if (mode === 'forbidden') return 'the residency policy forbids it'
  return sameOrganisation || widestModeRank >= modeRank(mode) ? undefined : `no agreement allows ${mode}`
}

const conflictOfInterest: MomentaryRule['failure'] = ({ facts, site }, { reader, declaresConflict }) => {
  if (facts.referrerPersonId === reader.personId) return 'the reader is the referrer'
  return declaresConflict ? `the reader has declared a conflict with ${site.orgId}` : undefined
}

const declined: MomentaryRule['failure'] = (_question, _basis, situation) =>
  situation.declined === undefined ? undefined : `gave the case back for ${situation.declined}`

const location: MomentaryRule['failure'] = (_question, { approvedPlaces, agreedPlaces }, { attestedCountry }) => {
  const isHere = (places: readonly Jurisdiction[]) =>
    attestedCountry === undefined ? places.length > 0 : places.includes(attestedCountry)
  if (!isHere(approvedPlaces)) return `no approved reading location${attestedCountry === undefined ? '' : ' there'}`
  return isHere(agreedPlaces) ? undefined : 'no agreement allows reading from there'
}

const alreadyAsked: MomentaryRule['failure'] = (_question, _basis, situation) =>
  situation.alreadyAsked === true ? 'was offered the case already' : undefined

const capacity: MomentaryRule['failure'] = (_question, { mostOpenCases }, { openCases }) =>
  openCases < mostOpenCases ? undefined : `holds ${openCases} of at most ${mostOpenCases} cases`

const always = ['offer', 'claim', 'image-access', 'sign-off'] as const

/** Asked after the standing rules, in this order; the load counts only while a reader is being chosen. */
export const momentaryRules: readonly MomentaryRule[] = [
  { rule: 'residency', purposes: always, failure: residency },
  { rule: 'conflict-of-interest', purposes: always, failure: conflictOfInterest },
  { rule: 'declined', purposes: ['offer', 'claim'], failure: declined },
  { rule: 'location', purposes: always, failure: location },
  { rule: 'already-asked', purposes: ['offer'], failure: alreadyAsked },
  { rule: 'capacity', purposes: ['offer'], failure: capacity },
]
