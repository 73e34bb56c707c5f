import { ANY_CASE, Right } from './right.ts'

/**
 * Why something of a patient is opened though nobody is shown it. Closed: which module may name which of them is written
 * down once more in the tests, so a new one is seen in review.
 */
export const inCellPurposes = [
  /** Its headers and pixels are compared with the referral. */
  'judge-arrival',
  /** Headers become the list of a series. */
  'index-study',
  'make-copy',
  /** Documents are checked, and what was written on copies is brought home. */
  'file-report',
  /** Whole and as it was signed, before anybody is told of it. */
  'check-delivery',
  /** The number of a cancelled order may be used again. */
  'free-guards',
  /** Checkpoints of the audit name no patient. */
  'verify-audit',
] as const
export type InCellPurpose = (typeof inCellPurposes)[number]

class Within<P extends InCellPurpose> extends Right {
  protected readonly purpose: P

  constructor(purpose: P) {
    super(ANY_CASE)
    this.purpose = purpose
    Object.freeze(this)
  }
}

/** A right to open for one purpose and to tell nobody. Not exchangeable for a decision, nor for another purpose. */
export type InCell<P extends InCellPurpose = InCellPurpose> = Within<P>

export const inCell = <const P extends InCellPurpose>(purpose: P): InCell<P> => new Within(purpose)
