import type { NetworkIndex } from '../network/index-network.ts'
import type { PoolId, ReaderId } from '../network/ids.ts'
import type { Reader, Registration } from '../network/reader.ts'
import { jurisdictionCovers } from '../network/jurisdiction.ts'
import { isValidAt } from '../network/validity.ts'
import type { ReadingMode } from '../residency/reading-mode.ts'
import type { CaseFacts } from './case-facts.ts'
import type {
  EligibilityPurpose,
  EligibilityQuestion,
  EligibilityRule,
  ReaderSituation,
} from './eligibility-question.ts'
import { questionOf, rulesByPurpose } from './eligibility-question.ts'
import type { ReadingBasis } from './momentary-rules.ts'
import { momentaryRules, readingBasisOf } from './momentary-rules.ts'
import { standingRules } from './standing-rules.ts'

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

const standing = rulesByPurpose(standingRules)
const momentary = rulesByPurpose(momentaryRules)

type Refusal = ReaderEvaluation & { readonly eligible: false }

const failed = ({ readerId }: Reader, rule: EligibilityRule, why: string): Refusal => ({
  eligible: false,
  readerId,
  rule,
  why,
})

/** The first standing rule that fails. */
export const standingFailure = (question: EligibilityQuestion, reader: Reader): Refusal | undefined => {
  for (const { rule, failure } of standing[question.purpose]) {
    const why = failure(question, reader)
    if (why !== undefined) return failed(reader, rule, why)
  }
  return undefined
}

/** The first momentary rule that fails. */
export const momentaryFailure = (
  question: EligibilityQuestion,
  basis: ReadingBasis,
  situation: ReaderSituation,
): Refusal | undefined => {
  for (const { rule, failure } of momentary[question.purpose]) {
    const why = failure(question, basis, situation)
    if (why !== undefined) return failed(basis.reader, rule, why)
  }
  return undefined
}

const groundsOf = (
  { jurisdiction, atMs, network }: EligibilityQuestion,
  { reader, agreements }: ReadingBasis,
  { decision }: ReaderSituation,
): EligibilityGrounds => {
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
    agreementIds: agreements.map(({ agreementId }) => agreementId),
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
  pools?: readonly PoolId[],
): Eligibility => {
  const question = questionOf(facts, network, instant, purpose, pools)
  const basis = readingBasisOf(question, reader)
  const failure = standingFailure(question, reader) ?? momentaryFailure(question, basis, situation)
  if (failure !== undefined) return failure
  return { eligible: true, readerId: reader.readerId, grounds: groundsOf(question, basis, situation) }
}
