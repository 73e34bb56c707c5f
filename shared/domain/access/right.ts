/** Within the cell, where nobody is shown anything. */
export const ANY_CASE = '*'

/**
 * What lets something of a patient out of its seal: a decision, the organisation's own record, or a purpose within the cell.
 * Extended by the three modules that make these and by no other. The compiler asks for them by type; a cast would silence it,
 * and no type knows which case a key is of, so the ports ask again.
 */
export abstract class Right {
  readonly #caseId: string

  constructor(caseId: string) {
    this.#caseId = caseId
  }

  /** `place`: the key of an object, or the case that a text is sealed to. */
  static covers(by: unknown, place: string): boolean {
    if (typeof by !== 'object' || by === null || !(#caseId in by)) return false
    return by.#caseId === ANY_CASE || place.split('/').includes(by.#caseId)
  }
}

/** Asked by each adapter that opens, reads or signs. */
export function requireRight(by: unknown, place = ''): void {
  if (!Right.covers(by, place)) throw new Error('opened without a right to it')
}
