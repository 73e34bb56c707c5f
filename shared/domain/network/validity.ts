import * as z from 'zod'

const instant = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 instant with Z or an offset' })

/**
 * Half-open [validFrom, validTo). The authority's zone is written as the offset (`2027-01-01T00:00:00+01:00` is the end
 * of 2026 in Vienna), so no zone is ever guessed. Both ends are required: a missing end means refuse, not for ever.
 */
export const validityShape = { validFrom: instant, validTo: instant }

export interface Validity {
  readonly validFrom: string
  readonly validTo: string
}

/** True while the window runs; at `validTo` itself it has ended. */
export const isValidAt = (window: Validity, atMs: number): boolean =>
  Date.parse(window.validFrom) <= atMs && atMs < Date.parse(window.validTo)
