import type { BucketClass } from '../contracts/bucket-classes.ts'

export interface Erased {
  readonly objects: number
  readonly bytes: number
}

/** The right to make things unrecoverable, apart from `ObjectStore` so that no other use case is ever given it. */
export interface Eraser {
  /** All objects whose keys begin so, with every version and marker of them. A repeat finds nothing and is no error. */
  eraseUnder(bucket: BucketClass, prefix: string): Promise<Erased>
  /** What deleted records leave in the store's own files is overwritten, where the store is ours to overwrite. */
  scrub(): Promise<void>
}
