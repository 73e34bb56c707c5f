import type { StatementSync } from 'node:sqlite'
import * as z from 'zod'
import type { JsonObject } from '../../domain/json.ts'
import type {
  ListRange,
  RecordKey,
  RecordPage,
  RecordStore,
  RecordWrite,
  StoredRecord,
  TransactOutcome,
} from '../../ports/record-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import type { CellDatabase } from './cell-database.ts'
import { refuseWhatDynamoRefuses } from './record-limits.ts'

export interface SqliteRecordStore extends RecordStore {
  /** What the dispatcher has not removed yet, by key; `after` goes on from there. */
  outboxRecords(limit: number, after?: RecordKey): readonly StoredRecord[]
  /** Called after a commit that put something into the outbox. */
  onOutbox(listener: () => void): void
  removeExpired(limit: number): Promise<number>
}

const RowSchema = z.object({
  partition: z.string(),
  sort: z.string(),
  body: z.string(),
  version: z.int().positive(),
  expires_at: z.string().nullable(),
})

const BodySchema = z.custom<JsonObject>((body) => typeof body === 'object' && body !== null && !Array.isArray(body))

const recordOf = (row: unknown): StoredRecord => {
  const { partition, sort, body, version, expires_at } = RowSchema.parse(row)
  const record = { partition, sort, body: BodySchema.parse(JSON.parse(body)), version }
  return expires_at === null ? record : { ...record, expiresAt: expires_at }
}

const OUTBOX = 'outbox'
const COLUMNS = 'partition, sort, body, version, expires_at'
/** As much as one page of a DynamoDB query: callers page by `after`, never by a count of their own. */
const PAGE_BYTES = 1024 * 1024

const listShape = (range: ListRange): string => {
  const bounds = [
    ...(range.from === undefined ? [] : ['sort >= ?']),
    ...(range.to === undefined ? [] : ['sort < ?']),
    ...(range.after === undefined ? [] : [range.newestFirst === true ? 'sort < ?' : 'sort > ?']),
  ]
  return `SELECT ${COLUMNS} FROM records WHERE ${['partition = ?', ...bounds].join(' AND ')}
    AND (expires_at IS NULL OR expires_at > ?) ORDER BY sort ${range.newestFirst === true ? 'DESC' : 'ASC'} LIMIT ?`
}

const added = (body: JsonObject, counts: Readonly<Record<string, number>>): JsonObject => {
  const sums = Object.entries(counts).map(([field, count]) => {
    const present = body[field] ?? 0
    if (typeof present !== 'number') throw new TypeError('a count was added to what is no number')
    return [field, present + count] as const
  })
  return { ...body, ...Object.fromEntries(sums) }
}

const conditionHolds = (write: RecordWrite, living: StoredRecord | undefined): boolean => {
  if (write.write === 'add' || write.when === 'always') return true
  return write.when === 'absent' ? living === undefined : living?.version === write.when.version
}

/** Records in SQLite with the outcomes of DynamoDB's transactions, its limits and its order of keys. */
export const sqliteRecordStore = (database: CellDatabase, clock: Clock): SqliteRecordStore => {
  const { sql } = database
  const find = sql.prepare(`SELECT ${COLUMNS} FROM records WHERE partition = ? AND sort = ?`)
  const upsert = sql.prepare(`INSERT OR REPLACE INTO records (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
  const drop = sql.prepare('DELETE FROM records WHERE partition = ? AND sort = ?')
  const outbox = sql.prepare(
    `SELECT ${COLUMNS} FROM records WHERE partition >= '${OUTBOX}' AND partition < 'outboy' AND (partition, sort) > (?, ?)
     ORDER BY partition, sort LIMIT ?`,
  )
  const dropExpired = sql.prepare(
    `DELETE FROM records WHERE (partition, sort) IN
     (SELECT partition, sort FROM records WHERE expires_at IS NOT NULL AND expires_at <= ? LIMIT ?)`,
  )
  const lists = new Map<string, StatementSync>()
  const listeners: (() => void)[] = []

  const lying = ({ partition, sort }: RecordKey): StoredRecord | undefined => {
    const row = find.get(partition, sort)
    return row === undefined ? undefined : recordOf(row)
  }
  const unlessExpired = (record: StoredRecord | undefined, now: string) =>
    record?.expiresAt !== undefined && record.expiresAt <= now ? undefined : record

  const apply = (write: RecordWrite, present: StoredRecord | undefined, living: StoredRecord | undefined): void => {
    const put = (body: JsonObject, version: number, expiresAt: string | undefined) =>
      upsert.run(write.partition, write.sort, JSON.stringify(body), version, expiresAt ?? null)
    switch (write.write) {
      case 'put':
        put(write.body, write.when === 'absent' ? 1 : (present?.version ?? 0) + 1, write.expiresAt)
        return
      case 'add':
        put(added(living?.body ?? {}, write.counts), (living?.version ?? 0) + 1, living?.expiresAt)
        return
      case 'remove':
        drop.run(write.partition, write.sort)
        return
      case 'check':
        return
    }
  }

  const attempt = (writes: readonly RecordWrite[], now: string): TransactOutcome => {
    const standing = writes.map((write) => {
      const present = lying(write)
      return { write, present, living: unlessExpired(present, now) }
    })
    const failed = standing.find(({ write, living }) => !conditionHolds(write, living))
    if (failed !== undefined) {
      const { partition, sort } = failed.write
      return { outcome: 'condition-failed', at: { partition, sort }, found: failed.living }
    }
    for (const { write, present, living } of standing) apply(write, present, living)
    return { outcome: 'committed' }
  }

  const statementFor = (range: ListRange): StatementSync => {
    const shape = listShape(range)
    const statement = lists.get(shape) ?? sql.prepare(shape)
    lists.set(shape, statement)
    return statement
  }

  const list = (partition: string, range: ListRange): RecordPage => {
    if (!(range.limit >= 1 && range.limit <= 1000)) throw new RangeError('a page has 1 to 1000 records')
    // DynamoDB takes no empty key, as a bound either.
    if ([range.from, range.to, range.after].includes('')) throw new RangeError('a bound is never empty')
    const bounds = [range.from, range.to, range.after].filter((bound) => bound !== undefined)
    const records: StoredRecord[] = []
    let bytes = 0
    for (const row of statementFor(range).iterate(partition, ...bounds, clock.now(), range.limit + 1)) {
      if (records.length === range.limit || bytes > PAGE_BYTES) return { records, after: records.at(-1)?.sort ?? '' }
      records.push(recordOf(row))
      bytes += String(row['body']).length
    }
    return { records }
  }

  return {
    read: async (key) => Promise.resolve(unlessExpired(lying(key), clock.now())),
    list: async (partition, range) => Promise.resolve(list(partition, range)),
    transact: async (writes) => {
      refuseWhatDynamoRefuses(writes)
      if (writes.length === 0) return { outcome: 'committed' }
      const outcome = await database.commit(() => attempt(writes, clock.now()))
      if (
        outcome.outcome === 'committed' &&
        writes.some(({ write, partition }) => write === 'put' && partition.startsWith(OUTBOX))
      )
        for (const listener of listeners) listener()
      return outcome
    },
    outboxRecords: (limit, after) => outbox.all(after?.partition ?? '', after?.sort ?? '', limit).map(recordOf),
    onOutbox: (listener) => void listeners.push(listener),
    removeExpired: (limit) => database.commit(() => Number(dropExpired.run(clock.now(), limit).changes)),
  }
}
