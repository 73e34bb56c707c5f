import type { JsonObject } from '../domain/json.ts'

/** Where a record lives. The partition starts with the owning organisation wherever the record is about a case. */
export interface RecordKey {
  readonly partition: string
  readonly sort: string
}

export interface StoredRecord extends RecordKey {
  readonly body: JsonObject
  /** 1 when first put, one more at each put or add. */
  readonly version: number
  /** After this instant the record may vanish; readers treat it as gone at once. */
  readonly expiresAt?: string
}

export type RecordWrite =
  | (RecordKey & {
      readonly write: 'put'
      readonly when: 'absent' | 'always' | { readonly version: number }
      readonly body: JsonObject
      readonly expiresAt?: string
    })
  | (RecordKey & { readonly write: 'remove'; readonly when: 'always' | { readonly version: number } })
  | (RecordKey & { readonly write: 'check'; readonly when: 'absent' | { readonly version: number } })
  /** Adds to numeric top-level fields of the body; a missing record or field starts at zero. */
  | (RecordKey & { readonly write: 'add'; readonly counts: Readonly<Record<string, number>> })

export type TransactOutcome =
  | { readonly outcome: 'committed' }
  /** The first write whose condition failed, and what stands there now. */
  | { readonly outcome: 'condition-failed'; readonly at: RecordKey; readonly found: StoredRecord | undefined }

export interface RecordPage {
  readonly records: readonly StoredRecord[]
  /** Give as `after` to go on; absent at the end. */
  readonly after?: string
}

export interface ListRange {
  /** Inclusive lower bound of the sort key. */
  readonly from?: string
  /** Exclusive upper bound of the sort key. */
  readonly to?: string
  /** Sort key of the last record seen. */
  readonly after?: string
  /** 1 to 1000. A page may hold fewer records than asked for and still not be the last. */
  readonly limit: number
  readonly newestFirst?: boolean
}

/** DynamoDB's own bound on one transaction. */
export const TRANSACTION_LIMIT = 100

/**
 * Records of one cell. Reads are strongly consistent; `transact` is all or nothing over at most 100 writes to distinct keys.
 * A record put under a partition that starts with `outbox` is handed to the dispatcher at least once.
 * Transient contention is retried inside the adapter, a bounded number of times, and then refused as `busy`.
 */
export interface RecordStore {
  read(key: RecordKey): Promise<StoredRecord | undefined>
  list(partition: string, range: ListRange): Promise<RecordPage>
  transact(writes: readonly RecordWrite[]): Promise<TransactOutcome>
}
