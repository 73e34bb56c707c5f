import type { NetworkIndex } from '../network/index-network.ts'
import type { ReaderId } from '../network/ids.ts'
import type { Reader, Registration } from '../network/reader.ts'
import { jurisdictionCovers } from '../network/jurisdiction.ts'
import { isValidAt } from '../network/validity.ts'
import type { ReadingMode } from '../residency/reading-mode.ts'
import type { CaseFacts } from './case-facts.ts'
import { patientJurisdictionOf, siteOf } from './case-facts.ts'
import type { EligibilityPurpose, EligibilityQuestion, EligibilityRule, ReaderSituation } from './eligibility-rules.ts'
import { momentaryRules, readingAgreements, standingRules } from './eligibility-rules.ts'

/** One line of the decision record. A refusal keeps the first rule that failed and why, in words without patient data. */
export type ReaderEvaluation =
  | { readonly eligible: true; readonly readerId: ReaderId }
  | { readonly eligible: false; readonly readerId: ReaderId; readonly rule: EligibilityRule; readonly why: string }

/** What an eligible reading rests on: kept with the claim and again with the signature. */
export interface EligibilityGrounds {
  readonly jurisdiction: string
  readonly registration: Pick<Registration, 'jurisdiction' | 'authority' | 'number' | 'validTo' | 'conditions'>
  readonly agreementIds: readonly string[]
  readonly mode: ReadingMode
  readonly networkVersion: string
}

export type Eligibility =
  | { readonly eligible: true; readonly readerId: ReaderId; readonly grounds: EligibilityGrounds }
  | { readonly eligible: false; readonly readerId: ReaderId; readonly rule: EligibilityRule; readonly why: string }

/** Everything about the case that the rules ask, looked up once and not once a reader. */
export const questionOf = (
  facts: CaseFacts,
  network: NetworkIndex,
  instant: string,
  purpose: EligibilityPurpose,
): EligibilityQuestion => {
  const atMs = Date.parse(instant)
  // NaN would make every comparison of a window false one way and true another: refuse to judge at no time at all.
  if (Number.isNaN(atMs)) throw new Error('eligibility is judged at an instant')
  return {
    facts,
    network,
    site: siteOf(network, facts),
    jurisdiction: patientJurisdictionOf(network, facts),
    purpose,
    atMs,
  }
}

type Refusal = ReaderEvaluation & { readonly eligible: false }

const failed = ({ readerId }: Reader, rule: EligibilityRule, why: string): Refusal =>
  Object.freeze({ eligible: false, readerId, rule, why })

/** The first standing rule that fails. */
export const standingFailure = (question: EligibilityQuestion, reader: Reader): Refusal | undefined => {
  for (const { rule, purposes, failure } of standingRules) {
    const why = purposes.includes(question.purpose) ? failure(question, reader) : undefined
    if (why !== undefined) return failed(reader, rule, why)
  }
  return undefined
}

/** The first momentary rule that fails. */
export const momentaryFailure = (
  question: EligibilityQuestion,
  reader: Reader,
  situation: ReaderSituation,
): Refusal | undefined => {
  for (const { rule, purposes, failure } of momentaryRules) {
    const why = purposes.includes(question.purpose) ? failure(question, reader, situation) : undefined
    if (why !== undefined) return failed(reader, rule, why)
  }
  return undefined
}

const groundsOf = (
  question: EligibilityQuestion,
  reader: Reader,
  { decision }: ReaderSituation,
): EligibilityGrounds => {
  const { jurisdiction, atMs, network } = question
  const registration = reader.registrations.find(
    (one) => jurisdictionCovers(one.jurisdiction, jurisdiction) && isValidAt(one, atMs),
  )
  if (registration === undefined || decision === undefined) {
    throw new Error('an eligible reader has a registration and a residency decision')
  }
  const { authority, number, validTo, conditions } = registration
  return {
    jurisdiction,
    registration: { jurisdiction: registration.jurisdiction, authority, number, validTo, conditions },
    agreementIds: readingAgreements(question, reader)
      .filter((one) => isValidAt(one, atMs))
      .map(({ agreementId }) => agreementId),
    mode: decision.mode,
    networkVersion: network.version,
  }
}

/**
 * Whether one reader may be offered, may claim, may see or may sign a case at an instant. Missing means refuse; every
 * window is half-open, so a registration that ends at midnight does not cover a signature at midnight.
 */
export const evaluateReader = (
  facts: CaseFacts,
  reader: Reader,
  network: NetworkIndex,
  instant: string,
  purpose: EligibilityPurpose,
  situation: ReaderSituation,
): Eligibility => {
  const question = questionOf(facts, network, instant, purpose)
  const failure = standingFailure(question, reader) ?? momentaryFailure(question, reader, situation)
  if (failure !== undefined) return failure
  return { eligible: true, readerId: reader.readerId, grounds: groundsOf(question, reader, situation) }
}
