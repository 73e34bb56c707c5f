import type { PoolId, ReaderId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import type { Instant } from '../instant.ts'
import type { ByReader, CaseFacts, ResidencyMode } from './case-facts.ts'
import type { DeclinedFor } from './eligibility-question.ts'
import { questionOf } from './eligibility-question.ts'
import type { ReaderEvaluation } from './eligibility.ts'
import { momentaryFailure } from './eligibility.ts'
import type { ReadingBasis } from './momentary-rules.ts'
import { standingVerdicts } from './standing-verdicts.ts'

export interface ReaderChoice {
  readonly facts: CaseFacts
  /** Pools asked now, in order: the first of a reader's pools in this list is the one the offer is made through. */
  readonly pools: readonly PoolId[]
  readonly network: NetworkIndex
  /** Open cases of each reader, offers that still run included; absent means none. */
  readonly loads: ByReader<number>
  /** What the residency policy decided; a reader without a decision is refused. */
  readonly decisions: ByReader<ResidencyMode>
  readonly instant: Instant
  readonly alreadyAsked: ReadonlySet<ReaderId>
  /** Who has said that they may not read this case; unlike `alreadyAsked`, no round of asking clears it. */
  readonly declined: ByReader<DeclinedFor>
}

/** `evaluations` is the decision record: every reader of the network, with the first rule that failed. */
export type ChosenReader =
  | {
      readonly outcome: 'offer'
      readonly readerId: ReaderId
      readonly poolId: PoolId
      readonly evaluations: readonly ReaderEvaluation[]
    }
  | {
      readonly outcome: 'nobody'
      readonly evaluations: readonly ReaderEvaluation[]
    }

interface Candidate {
  readonly basis: ReadingBasis
  readonly openCases: number
}

/**
 * Readers come in the order of preference (`standingVerdicts`): specialists before those who may read it second, then by
 * id, so that the same facts always give the same reader. A later one wins only by a smaller share of capacity in use.
 */
const winsOver = (later: Candidate, best: Candidate): boolean =>
  later.basis.isSpecialist === best.basis.isSpecialist &&
  later.openCases * best.basis.reader.capacity < best.openCases * later.basis.reader.capacity

/** Chooses whom to offer a case, and says of everybody else why not. */
export const chooseReader = (choice: ReaderChoice): ChosenReader => {
  const { facts, pools, network, loads, decisions, alreadyAsked, declined } = choice
  const question = questionOf(facts, network, choice.instant, 'offer', pools)
  const { blocked, open } = standingVerdicts(question)
  const evaluations: ReaderEvaluation[] = []
  let best: Candidate | undefined
  for (const basis of open) {
    const { readerId } = basis.reader
    const openCases = loads.get(readerId) ?? 0
    const failure = momentaryFailure(question, basis, {
      decision: decisions.get(readerId),
      openCases,
      alreadyAsked: alreadyAsked.has(readerId),
      declined: declined.get(readerId),
    })
    evaluations.push(failure ?? { eligible: true, readerId })
    if (failure !== undefined) continue
    const candidate = { basis, openCases }
    if (best === undefined || winsOver(candidate, best)) best = candidate
  }
  // Not spread: this runs for every case that is routed, and the record is as long as the network has readers.
  const record = evaluations.concat(blocked)
  if (best === undefined) return { outcome: 'nobody', evaluations: record }
  const { readerId, poolIds } = best.basis.reader
  const poolId = pools.find((one) => poolIds.includes(one))
  if (poolId === undefined) throw new Error('a reader is chosen from the pools asked')
  return { outcome: 'offer', readerId, poolId, evaluations: record }
}
