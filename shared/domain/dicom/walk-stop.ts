import type { DicomRejection } from './rejection.ts'

/** Why the walk stopped: at the end, for want of bytes that the window lacks, or because the object is refused. */
export type WalkStop =
  | { readonly kind: 'done' }
  | { readonly kind: 'need'; readonly from: number; readonly toExclusive: number }
  | { readonly kind: 'reject'; readonly reason: DicomRejection }

export const DONE: WalkStop = { kind: 'done' }
export const reject = (reason: DicomRejection): WalkStop => ({ kind: 'reject', reason })
