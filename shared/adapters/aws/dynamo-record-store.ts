import { TransactionCanceledException, type CancellationReason } from '@aws-sdk/client-dynamodb'
import { GetCommand, QueryCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { randomUUID } from 'node:crypto'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { Refusal } from '../../domain/refusal.ts'
import {
  TRANSACTION_LIMIT,
  type ListRange,
  type RecordKey,
  type RecordPage,
  type RecordStore,
  type RecordWrite,
  type StoredRecord,
  type TransactOutcome,
} from '../../ports/record-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import { recordOf, recordOfImage, unlessExpired } from './dynamo-items.ts'
import { isEmptyRange, queryOf } from './dynamo-ranges.ts'
import { transactItems } from './dynamo-writes.ts'

interface Table {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  readonly clock: Clock
  readonly pause?: (ms: number) => Promise<unknown>
}

const attempts = 10
const transientCodes = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])
const transientErrors = new Set([
  'TransactionInProgressException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
])

/** What became of one attempt: `add-elsewhere` lists adds whose record was there when it was thought absent, or not there. */
type Attempt =
  | { readonly outcome: 'committed' }
  | { readonly outcome: 'condition-failed'; readonly at: number; readonly found: StoredRecord | undefined }
  | { readonly outcome: 'add-elsewhere'; readonly adds: readonly number[] }
  | { readonly outcome: 'contended'; readonly cause: unknown; readonly sameToken: boolean }

const judgeReasons = (
  writes: readonly RecordWrite[],
  reasons: readonly CancellationReason[],
  cause: unknown,
): Attempt => {
  const failed = reasons.flatMap(({ Code }, at) => (Code === 'ConditionalCheckFailed' ? [at] : []))
  const at = failed.find((index) => writes[index]?.write !== 'add')
  if (at !== undefined) {
    const item = reasons[at]?.Item
    return { outcome: 'condition-failed', at, found: item === undefined ? undefined : recordOfImage(item) }
  }
  if (failed.length > 0) return { outcome: 'add-elsewhere', adds: failed }
  if (reasons.some(({ Code }) => Code !== undefined && transientCodes.has(Code))) {
    return { outcome: 'contended', cause, sameToken: false }
  }
  throw cause
}

const judgeError = (writes: readonly RecordWrite[], error: unknown): Attempt => {
  if (error instanceof TransactionCanceledException) return judgeReasons(writes, error.CancellationReasons ?? [], error)
  // The first try may still be running: only the same token makes the repeat the same transaction.
  if (error instanceof Error && transientErrors.has(error.name))
    return { outcome: 'contended', cause: error, sameToken: true }
  throw error
}

/** Records in one DynamoDB table: `pk`, `sk`, `body` (map), `version`, `expiresAt` (ISO) and `ttl` (epoch seconds). */
export const dynamoRecordStore = (table: Table): RecordStore => {
  const { client, tableName, clock, pause = pauseFor } = table

  const read = async ({ partition, sort }: RecordKey): Promise<StoredRecord | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: partition, sk: sort }, ConsistentRead: true }),
    )
    return Item === undefined ? undefined : unlessExpired(recordOf(Item), clock.now())
  }

  const list = async (partition: string, range: ListRange): Promise<RecordPage> => {
    if (isEmptyRange(range)) return { records: [] }
    const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(queryOf(tableName, partition, range)))
    const now = clock.now()
    const records = Items.map(recordOf).filter(
      (record) => record.sort !== range.to && unlessExpired(record, now) !== undefined,
    )
    const last: unknown = LastEvaluatedKey?.['sk']
    return typeof last === 'string' && !isEmptyRange({ ...range, after: last }) ? { records, after: last } : { records }
  }

  const attempt = async (
    writes: readonly RecordWrite[],
    now: string,
    firstAdds: ReadonlySet<number>,
    token: string,
  ): Promise<Attempt> => {
    try {
      await client.send(
        new TransactWriteCommand({
          TransactItems: transactItems(tableName, writes, now, firstAdds),
          ClientRequestToken: token,
        }),
      )
      return { outcome: 'committed' }
    } catch (error) {
      return judgeError(writes, error)
    }
  }

  const transact = async (writes: readonly RecordWrite[]): Promise<TransactOutcome> => {
    if (writes.length > TRANSACTION_LIMIT) throw new RangeError(`${writes.length} writes exceed one transaction`)
    if (writes.length === 0) return { outcome: 'committed' }
    const now = clock.now()
    const firstAdds = new Set<number>()
    let token: string = randomUUID()
    let lastCause: unknown
    for (let tried = 0; tried < attempts; tried += 1) {
      const result = await attempt(writes, now, firstAdds, token)
      switch (result.outcome) {
        case 'committed':
          return result
        case 'condition-failed': {
          const { partition, sort } = writes[result.at] as RecordWrite
          return { outcome: 'condition-failed', at: { partition, sort }, found: unlessExpired(result.found, now) }
        }
        case 'add-elsewhere':
          for (const at of result.adds) if (!firstAdds.delete(at)) firstAdds.add(at)
          token = randomUUID()
          break
        case 'contended':
          lastCause = result.cause
          if (!result.sameToken) token = randomUUID()
          // Full jitter: writers that met once must not meet again.
          await pause(Math.random() * Math.min(1_000, 20 * 2 ** tried))
      }
    }
    throw new Refusal('busy', {}, lastCause)
  }

  return { read, list, transact }
}
