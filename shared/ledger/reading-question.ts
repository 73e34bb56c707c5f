import type { Principal } from '../domain/access/principal.ts'
import type { Case } from '../domain/case/case.ts'
import { caseFactsOf } from '../domain/case/reading-facts.ts'
import type { ReaderId } from '../domain/network/ids.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import type { Reader } from '../domain/network/reader.ts'
import type { ReportType } from '../domain/network/vocabulary.ts'
import { Refusal } from '../domain/refusal.ts'
import type { ResidencyDecision } from '../domain/residency/decide.ts'
import type { Purpose } from '../domain/residency/decision-inputs.ts'
import type { DeclinedFor, EligibilityPurpose } from '../domain/routing/eligibility-question.ts'
import { evaluateReader, type Eligibility } from '../domain/routing/eligibility.ts'
import { askForReader, type ResidencySetting } from './residency-question.ts'

export const readerOf = (principal: Principal, network: NetworkIndex): Reader => {
  const reader = principal.readerId === undefined ? undefined : network.readers.get(principal.readerId as ReaderId)
  if (reader === undefined) throw new Refusal('not-permitted')
  return reader
}

export interface ReadingVerdict<P extends Purpose> {
  readonly reader: Reader
  readonly decision: ResidencyDecision<P>
  readonly eligibility: Eligibility
}

/** Residency decision and eligibility of the reader who asks, for one purpose, now. */
export function judgeReading<const P extends Purpose>(
  c: Case,
  principal: Principal,
  purpose: P,
  eligibilityPurpose: EligibilityPurpose,
  reportType: ReportType,
  setting: ResidencySetting,
  declined?: DeclinedFor,
): ReadingVerdict<P> {
  const { network, now } = setting
  const reader = readerOf(principal, network)
  const decision = askForReader(c, principal, purpose, setting)
  const eligibility = evaluateReader(caseFactsOf(c, reportType), reader, network, now, eligibilityPurpose, {
    decision,
    openCases: 0,
    declined,
    ...(principal.attestedCountry === undefined ? {} : { attestedCountry: principal.attestedCountry }),
  })
  return { reader, decision, eligibility }
}
