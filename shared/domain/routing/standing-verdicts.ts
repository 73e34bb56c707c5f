import type { NetworkIndex } from '../network/index-network.ts'
import { ageBandsOf } from './case-facts.ts'
import type { EligibilityQuestion } from './eligibility-question.ts'
import type { ReaderEvaluation } from './eligibility.ts'
import { standingFailure } from './eligibility.ts'
import type { ReadingBasis } from './momentary-rules.ts'
import { readingBasisOf } from './momentary-rules.ts'

/** What the standing rules say of all readers for one kind of case; the momentary ones are for `open` readers only. */
export interface StandingVerdicts {
  readonly blocked: readonly ReaderEvaluation[]
  readonly open: readonly ReadingBasis[]
}

const MOST_KINDS = 512

interface Remembered {
  fromMs: number
  toMs: number
  readonly byKind: Map<string, StandingVerdicts>
}

/** Follows from definition, kind of case and running windows alone, so remembering it changes no answer. */
const remembered = new WeakMap<NetworkIndex, Remembered>()
const boundaries = new WeakMap<NetworkIndex, readonly number[]>()

/** Every instant at which a window of the definition begins or ends: between two of them no standing verdict changes. */
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

const memoryAt = (network: NetworkIndex, atMs: number): Remembered => {
  const known = remembered.get(network)
  if (known !== undefined && known.fromMs <= atMs && atMs < known.toMs) return known
  const all = boundariesOf(network)
  const next = all.findIndex((instant) => instant > atMs)
  const fresh: Remembered = {
    fromMs: (next === -1 ? all.at(-1) : all[next - 1]) ?? -Infinity,
    toMs: all[next] ?? Infinity,
    byKind: new Map(),
  }
  remembered.set(network, fresh)
  return fresh
}

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

/** The standing verdicts on every reader of the network. */
export const standingVerdicts = (question: EligibilityQuestion): StandingVerdicts => {
  const { byKind } = memoryAt(question.network, question.atMs)
  const kind = kindOf(question)
  const known = byKind.get(kind)
  if (known !== undefined) return known
  const blocked: ReaderEvaluation[] = []
  const open: ReadingBasis[] = []
  for (const reader of question.network.definition.readers) {
    const failure = standingFailure(question, reader)
    if (failure === undefined) open.push(readingBasisOf(question, reader))
    else blocked.push(failure)
  }
  const verdicts = { blocked, open }
  if (byKind.size >= MOST_KINDS) byKind.clear()
  byKind.set(kind, verdicts)
  return verdicts
}
