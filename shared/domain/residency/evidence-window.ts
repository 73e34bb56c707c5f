import { canonicalJson } from '../canonical-json.ts'
import type { EvidenceRecord, EvidenceScope, ResidencyEvidence, ResidencyReader } from './decision-inputs.ts'

/** Where a question stands: the chain of origins, leaf first, and the place codes of the reader. */
export interface Question {
  readonly chain: readonly string[]
  readonly places: readonly string[]
  readonly reader: ResidencyReader
  readonly evidence: ResidencyEvidence
}

type Dimension = keyof EvidenceScope

/**
 * Which dimensions a condition's evidence must name: a licence of somebody, a contract with somebody, a consent of
 * somebody. A condition that is not in the table (one a deployer adds) must at least name the origin.
 */
const mustName: ReadonlyMap<string, readonly Dimension[]> = new Map([
  ['LICENSED', ['readerIds', 'origins']],
  ['ADEQUACY', ['readerCountries']],
  ['SCC_TIA', ['organisationIds']],
  ['DPA', ['organisationIds']],
  ['BAA', ['organisationIds']],
  ['RISK_ANALYSIS', ['readerCountries']],
  ['CONSENT_EXPLICIT', ['subjectIds', 'origins']],
  ['PIA', ['organisationIds']],
  ['AUTHORITY_APPROVAL', ['origins']],
  ['RECIPIENT_NO_REID', ['organisationIds']],
  ['C5_TYPE2', []],
  ['DE_ESTABLISHMENT', []],
  ['HDS_CERT', []],
])

/** Months after `validFrom` at which evidence is stale whatever it says: a risk analysis counts for a year. */
const monthsOfLife: ReadonlyMap<string, number> = new Map([['RISK_ANALYSIS', 12]])

const instant = (text: string): number => Date.parse(text)

const monthsAfter = (from: string, months: number): number => {
  const date = new Date(from)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.getTime()
}

/** Half-open, by the cell's clock; an instant that cannot be read is outside every window (comparisons with NaN). */
const isCurrent = (record: EvidenceRecord, now: number): boolean => {
  const months = monthsOfLife.get(record.condition)
  return (
    instant(record.validFrom) <= now &&
    now < instant(record.validTo) &&
    (record.withdrawnAt === undefined || now < instant(record.withdrawnAt)) &&
    (months === undefined || now < monthsAfter(record.validFrom, months))
  )
}

/** A licence is for the patient's own jurisdiction; any other evidence may name any origin of the chain. */
const origins = (record: EvidenceRecord, { chain }: Question): readonly string[] =>
  record.condition === 'LICENSED' ? chain.slice(0, 1) : chain

const asList = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value])

const fits = (record: EvidenceRecord, question: Question): boolean => {
  const { reader, evidence, places } = question
  const actual: Record<Dimension, readonly string[]> = {
    readerIds: [reader.readerId],
    organisationIds: asList(reader.organisationId),
    origins: origins(record, question),
    readerCountries: places,
    subjectIds: asList(evidence.facts.subjectId),
    modalities: asList(evidence.facts.modality),
  }
  const required = mustName.get(record.condition) ?? ['origins']
  return (Object.keys(actual) as Dimension[]).every((dimension) => {
    const named = record.scope[dimension]
    if (named === undefined) return !required.includes(dimension)
    return named.some((name) => actual[dimension].includes(name))
  })
}

/** Two records that say different things under one id contradict each other: nobody can say which is true, so neither counts. */
const isContradicted = (record: EvidenceRecord, all: readonly EvidenceRecord[]): boolean =>
  all.some((other) => other !== record && other.id === record.id && canonicalJson(other) !== canonicalJson(record))

/** The evidence that fulfils a condition now: of several, the one that lasts longest (then by id), so that re-runs agree. */
export const evidenceFor = (condition: string, question: Question): EvidenceRecord | undefined => {
  const { records, now } = question.evidence
  return records
    .filter((record) => record.condition === condition && isCurrent(record, instant(now)) && fits(record, question))
    .filter((record) => !isContradicted(record, records))
    .toSorted((a, b) => instant(b.validTo) - instant(a.validTo) || (a.id < b.id ? -1 : 1))[0]
}
