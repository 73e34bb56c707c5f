import type { NetworkIndex } from '../network/index-network.ts'
import { ageBandsOf } from './case-facts.ts'
import type { EligibilityQuestion } from './eligibility-question.ts'
import type { ReaderEvaluation } from './eligibility.ts'
import { standingFailure } from './eligibility.ts'
import type { ReadingBasis } from './momentary-rules.ts'
import { readingBasisOf } from './momentary-rules.ts'
import type { Span } from './rota.ts'
import { contains } from './rota.ts'
import { shiftHorizon } from './shift-rule.ts'
import type { Reader } from '../network/reader.ts'

/** What the standing rules say of all readers for one kind of case; the momentary ones are for `open` readers only. */
export interface StandingVerdicts {
  readonly blocked: readonly ReaderEvaluation[]
  /** In the order of preference: specialists first, then by id. */
  readonly open: readonly ReadingBasis[]
  /** Those of the blocked whom nothing but the rota blocks. */
  readonly offShift: readonly Reader[]
  /** In which none of this changes. */
  readonly span: Span
}

const MOST_KINDS = 512

/** Follows from definition, kind of case and running windows alone, so remembering it changes no answer. */
const remembered = new WeakMap<NetworkIndex, Map<string, StandingVerdicts>>()
const boundaries = new WeakMap<NetworkIndex, readonly number[]>()

/** Every instant at which a window of the definition begins or ends, in order. */
const boundariesOf = (network: NetworkIndex): readonly number[] => {
  const known = boundaries.get(network)
  if (known !== undefined) return known
  const windows = [
    ...network.definition.agreements,
    ...network.definition.readers.flatMap((reader) => [
      ...reader.registrations,
      ...reader.certifications,
      ...reader.privileges,
      ...reader.indemnities,
    ]),
  ]
  const retroDates = network.definition.readers.flatMap((reader) =>
    reader.indemnities.flatMap(({ retroDate }) => (retroDate === null ? [] : [retroDate])),
  )
  const instants = [...windows.flatMap(({ validFrom, validTo }) => [validFrom, validTo]), ...retroDates]
  const sorted = [...new Set(instants.map((instant) => Date.parse(instant)))].sort((a, b) => a - b)
  boundaries.set(network, sorted)
  return sorted
}

/** The span about an instant in which no window begins or ends. */
const windowSpan = (network: NetworkIndex, atMs: number): Span => {
  const all = boundariesOf(network)
  const next = all.findIndex((instant) => instant > atMs)
  return { fromMs: (next === -1 ? all.at(-1) : all[next - 1]) ?? -Infinity, toMs: all[next] ?? Infinity }
}

const overlap = (one: Span, other: Span): Span => ({
  fromMs: Math.max(one.fromMs, other.fromMs),
  toMs: Math.min(one.toMs, other.toMs),
})

/** Everything of a question that a standing rule or a basis reads, besides the network and the clock. */
const kindOf = ({ facts, site, jurisdiction, purpose, pools }: EligibilityQuestion): string =>
  [
    site.siteId,
    jurisdiction,
    purpose,
    pools?.join('+') ?? '*',
    facts.priority,
    facts.subspecialty,
    facts.secondary ?? '',
    facts.modalities.join('+'),
    facts.region,
    ageBandsOf(facts.ageYears).join('+'),
    facts.reportType,
  ].join('|')

const byPreference = (one: ReadingBasis, other: ReadingBasis): number => {
  if (one.isSpecialist !== other.isSpecialist) return one.isSpecialist ? -1 : 1
  return one.reader.readerId < other.reader.readerId ? -1 : 1
}

const judgeAll = (question: EligibilityQuestion): StandingVerdicts => {
  const blocked: ReaderEvaluation[] = []
  const open: ReadingBasis[] = []
  const offShift: Reader[] = []
  let span = windowSpan(question.network, question.atMs)
  for (const reader of question.network.definition.readers) {
    const failure = standingFailure(question, reader)
    if (failure === undefined) open.push(readingBasisOf(question, reader))
    else blocked.push(failure)
    if (failure?.rule === 'shift') offShift.push(reader)
    if (failure === undefined || failure.rule === 'shift') span = overlap(span, shiftHorizon(question, reader))
  }
  return { blocked, open: open.sort(byPreference), offShift, span }
}

/** The standing verdicts on every reader of the network. */
export const standingVerdicts = (question: EligibilityQuestion): StandingVerdicts => {
  const byKind = remembered.get(question.network) ?? new Map<string, StandingVerdicts>()
  remembered.set(question.network, byKind)
  const kind = kindOf(question)
  const known = byKind.get(kind)
  if (known !== undefined && contains(known.span, question.atMs)) return known
  const verdicts = judgeAll(question)
  if (byKind.size >= MOST_KINDS) byKind.clear()
  byKind.set(kind, verdicts)
  return verdicts
}
