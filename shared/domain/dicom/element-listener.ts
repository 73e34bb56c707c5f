import type { DicomRejection } from './rejection.ts'

/**
 * Hears the data set in order. `level` is 0 for the data set, 1 for a sequence in it, 2 for an item of that, and so on;
 * `vr` is 0 where the encoding is implicit.
 */
export interface ElementListener {
  /** True if the value is wanted; it is then refused where it is longer than the limit for text. */
  wants(tag: number, vr: number, level: number, length: number): boolean
  element(tag: number, vr: number, level: number, value: Uint8Array, littleEndian: boolean): DicomRejection | undefined
  /** A sequence begins, or encapsulated pixel data, which has no items. */
  sequence(tag: number, level: number): void
  item(level: number): void
  /** The sequence or item of this level ends. */
  leave(level: number): void
}
