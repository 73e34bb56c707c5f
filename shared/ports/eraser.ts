import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { ReferralId } from '../domain/case/case.ts'
import type { Instant } from '../domain/instant.ts'

export interface Erased {
  readonly objects: number
  readonly bytes: number
}

/** The right to make things unrecoverable, apart from `ObjectStore` so that no other use case is ever given it. */
export interface Eraser {
  /** When the store's own lock lets go of the newest object whose key begins so; absent where nothing is locked. */
  lockedUntil(bucket: BucketClass, prefix: string): Promise<Instant | undefined>
  /**
   * All objects whose keys begin so, with every version and marker of them. A repeat finds nothing and is no error. What a
   * lock still holds is refused as `erasure-locked` with its day: the rest is gone, and a later repeat takes what is left.
   */
  eraseUnder(bucket: BucketClass, prefix: string): Promise<Erased>
  /**
   * The messages about the case in all dead-letter queues: nobody else would take them away. Those still in a queue find the case
   * erased and are done with. Refused as `busy` while too many of others lie there to look through.
   */
  eraseDeadLetters(referralId: ReferralId): Promise<void>
  /** What deleted records leave in the store's own files is overwritten, where the store is ours to overwrite. */
  scrub(): Promise<void>
}
