import { Right } from '../access/right.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { Purpose, ResidencyEvidence, ResidencyReader } from './decision-inputs.ts'
import type { DecisionRecord } from './decision-record.ts'
import { evaluateResidency } from './evaluation.ts'
import type { PolicyDocument } from './jurisdiction-policy.ts'
import { modeRank, type ReadingMode } from './reading-mode.ts'

declare const purposeOf: unique symbol
declare const permittedMode: unique symbol

/**
 * A decision that opens something. The class is not exported and its private name makes the type nominal: no object
 * literal, spread copy or parsed record is one, so whatever asks for it in its signature cannot be called without
 * having asked `decide`. The name is checked at run time too (`permits`), so that a cast does not help either.
 */
class Decided<P extends Purpose> extends Right {
  readonly #made = true
  declare readonly [purposeOf]: P
  readonly record: DecisionRecord

  constructor(record: DecisionRecord) {
    super(record.caseId ?? '')
    this.record = record
    Object.freeze(this)
  }

  get mode(): ReadingMode {
    return this.record.mode
  }

  /** What is written to the audit record and the case. */
  toJSON(): DecisionRecord {
    return this.record
  }

  static isDecision(value: object): boolean {
    return #made in value
  }
}

/** What `decide` returned: `mode` to branch on, `record` to store. */
export type ResidencyDecision<P extends Purpose = Purpose> = Decided<P>

/** A decision known to allow at least `M`, for the purpose it was asked for. Made by `permits` alone. */
export type Permit<M extends ReadingMode, P extends Purpose = Purpose> = ResidencyDecision<P> & {
  readonly [permittedMode]: M
}

/** What a function that hands out objects with the patient's identity asks for. */
export type IdentifiableRead = Permit<'read_identifiable', 'image-access'>
/** What a function that shows frames in place asks for. */
export type InRegionView = Permit<'view_in_region_identifiable', 'image-access'>
/** What a function that hands out the derived copy asks for. */
export type DeidentifiedRead = Permit<'transfer_deidentified', 'image-access'>

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}

/**
 * Whether, and how, this reader may see this origin's case for this purpose. Total and deny by default; the same
 * inputs give the same answer, so a stored record can be checked years later (`rerunDecision`).
 */
export const decide = <const P extends Purpose>(
  document: PolicyDocument,
  origin: string,
  reader: ResidencyReader,
  purpose: P,
  evidence: ResidencyEvidence,
): ResidencyDecision<P> => new Decided<P>(deepFreeze(evaluateResidency(document, origin, reader, purpose, evidence)))

/** Whether a decision allows at least `mode`, and was made by `decide`. `forbidden` is never permitted. */
export const permits = <M extends Exclude<ReadingMode, 'forbidden'>, P extends Purpose>(
  decision: ResidencyDecision<P>,
  mode: M,
): decision is Permit<M, P> => Decided.isDecision(decision) && modeRank(decision.mode) >= modeRank(mode)

/** What a decision was made from; kept by whoever stores the record, so that it can be made again. */
export interface DecisionInputs {
  readonly reader: ResidencyReader
  readonly evidence: ResidencyEvidence
}

/** The outcome of making a stored decision again: `same`, or the members of the record that come out differently. */
export type Rerun =
  | { readonly outcome: 'same' }
  | { readonly outcome: 'different'; readonly members: readonly string[]; readonly now: DecisionRecord }

/** Makes a stored decision again from its inputs. Another policy than the stored one shows as `policyHash`. */
export const rerunDecision = (stored: DecisionRecord, document: PolicyDocument, inputs: DecisionInputs): Rerun => {
  const { reader, evidence } = inputs
  const now = evaluateResidency(document, stored.origin, reader, stored.purpose, evidence)
  const names = [...new Set([...Object.keys(stored), ...Object.keys(now)])] as (keyof DecisionRecord)[]
  const text = (record: DecisionRecord, name: keyof DecisionRecord) => canonicalJson({ value: record[name] })
  const members = names.filter((name) => text(stored, name) !== text(now, name))
  return members.length === 0 ? { outcome: 'same' } : { outcome: 'different', members, now }
}
