import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { dynamoClient } from '../../../../../shared/adapters/aws/clients.ts'
import { dynamoRecordStore } from '../../../../../shared/adapters/aws/dynamo-record-store.ts'
import type { RecordWrite } from '../../../../../shared/ports/record-store.ts'

const now = '2026-11-24T03:00:00.000Z'
const past = '2026-11-24T02:59:59.999Z'
const later = '2026-11-24T03:00:00.001Z'
const dynamo = mockClient(DynamoDBDocumentClient)
let pauses: number[] = []
const store = dynamoRecordStore({
  client: dynamoClient('eu-central-1'),
  tableName: 'records',
  clock: { now: () => now },
  pause: (ms) => Promise.resolve(pauses.push(ms)),
})

const item = (over: object = {}) => ({ pk: 'org#case', sk: 'a', body: { state: 'triage' }, version: 3, ...over })
const canceled = (...codes: (string | { code: string; item: object })[]) =>
  new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: codes.map((reason) =>
      typeof reason === 'string' ? { Code: reason } : { Code: reason.code, Item: marshall(reason.item) },
    ),
  })
const key = { partition: 'org#case', sort: 'a' }
const put: RecordWrite = { ...key, write: 'put', when: { version: 3 }, body: { state: 'accepted' } }
const add: RecordWrite = { partition: 'kpi', sort: 'day', write: 'add', counts: { accepted: 1 } }
const sent = (at: number) => dynamo.commandCalls(TransactWriteCommand)[at]?.args[0].input

beforeEach(() => {
  dynamo.reset()
  pauses = []
})

describe('reading', () => {
  test('is strongly consistent', async () => {
    dynamo.on(GetCommand).resolves({ Item: item() })
    expect(await store.read(key)).toEqual({ ...key, body: { state: 'triage' }, version: 3 })
    expect(dynamo.commandCalls(GetCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
  })

  test('never shows a record that has expired but that DynamoDB has not deleted yet', async () => {
    dynamo.on(GetCommand).resolves({ Item: item({ expiresAt: now }) })
    expect(await store.read(key)).toBeUndefined()
    dynamo.on(GetCommand).resolves({ Item: item({ expiresAt: later }) })
    expect(await store.read(key)).toMatchObject({ expiresAt: later })
  })

  test('treats an item of another shape as a fault', async () => {
    dynamo.on(GetCommand).resolves({ Item: { pk: 'p', sk: 's', body: 'text', version: 1 } })
    await expect(store.read(key)).rejects.toThrow()
  })
})

describe('listing', () => {
  test('leaves out the upper bound and what has expired, and says where to go on', async () => {
    dynamo.on(QueryCommand).resolves({
      Items: [item({ sk: 'a' }), item({ sk: 'b', expiresAt: past }), item({ sk: 'c' }), item({ sk: 'd' })],
      LastEvaluatedKey: { pk: 'org#case', sk: 'c' },
    })
    const page = await store.list('org#case', { from: 'a', to: 'd', limit: 10 })
    expect(page.records.map(({ sort }) => sort)).toEqual(['a', 'c'])
    expect(page.after).toBe('c')
  })

  test('ends when the last key seen is the upper bound', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [item({ sk: 'd' })], LastEvaluatedKey: { pk: 'org#case', sk: 'd' } })
    expect(await store.list('org#case', { from: 'a', to: 'd', limit: 1 })).toEqual({ records: [] })
  })

  test.each([
    [{ from: 'b', to: 'd', after: 'a', limit: 5 }, undefined],
    [{ from: 'b', to: 'd', after: 'c', limit: 5 }, 'c'],
    [{ from: 'b', to: 'd', after: 'd', limit: 5, newestFirst: true }, undefined],
    [{ to: 'd', after: 'c', limit: 5, newestFirst: true }, 'c'],
  ])('starts inside the bounds of %o', async (range, start) => {
    dynamo.on(QueryCommand).resolves({ Items: [] })
    await store.list('org#case', range)
    const input = dynamo.commandCalls(QueryCommand)[0]?.args[0].input
    expect(input?.ExclusiveStartKey).toEqual(start === undefined ? undefined : { pk: 'org#case', sk: start })
    expect(input?.ScanIndexForward).toBe(!('newestFirst' in range))
  })

  test.each([
    { from: 'b', to: 'b', limit: 5 },
    { from: 'a', to: 'c', after: 'c', limit: 5 },
    { from: 'b', after: 'b', limit: 5, newestFirst: true },
  ])('asks nothing for a range that holds nothing: %o', async (range) => {
    expect(await store.list('org#case', range)).toEqual({ records: [] })
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(0)
  })
})

describe('a transaction', () => {
  test('writes version, expiry and time to live, on the version that was read', async () => {
    dynamo.on(TransactWriteCommand).resolves({})
    expect(await store.transact([{ ...put, expiresAt: later }])).toEqual({ outcome: 'committed' })
    expect(sent(0)?.TransactItems?.[0]?.Put).toMatchObject({
      Item: { pk: 'org#case', sk: 'a', body: { state: 'accepted' }, version: 4, expiresAt: later, ttl: 1795489201 },
      ExpressionAttributeValues: { ':version': 3, ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
  })

  test('names the first write that failed and what stands there', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('None', { code: 'ConditionalCheckFailed', item: item() }))
    const check: RecordWrite = { partition: 'x', sort: 'y', write: 'check', when: 'absent' }
    expect(await store.transact([check, put])).toEqual({
      outcome: 'condition-failed',
      at: key,
      found: { ...key, body: { state: 'triage' }, version: 3 },
    })
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(1)
  })

  test('tells an absent record, or one that has expired, from a changed one', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('ConditionalCheckFailed'))
    expect(await store.transact([put])).toMatchObject({ outcome: 'condition-failed', found: undefined })
    dynamo
      .on(TransactWriteCommand)
      .rejects(canceled({ code: 'ConditionalCheckFailed', item: item({ expiresAt: past }) }))
    expect(await store.transact([put])).toMatchObject({ outcome: 'condition-failed', found: undefined })
  })

  test('tries again on contention, each time as a new transaction, and pauses longer and longer', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(canceled('TransactionConflict'))
      .rejectsOnce(canceled('ThrottlingError'))
      .resolves({})
    expect(await store.transact([put])).toEqual({ outcome: 'committed' })
    expect(new Set([0, 1, 2].map((at) => sent(at)?.ClientRequestToken)).size).toBe(3)
    expect(pauses).toHaveLength(2)
  })

  test('repeats under the same token while the first try may still be running', async () => {
    const running = new TransactionInProgressException({ message: 'running', $metadata: {} })
    dynamo.on(TransactWriteCommand).rejectsOnce(running).resolves({})
    await store.transact([put])
    expect(sent(0)?.ClientRequestToken).toBe(sent(1)?.ClientRequestToken)
  })

  test('gives up after a bounded number of tries and says that the store is busy', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('TransactionConflict'))
    await expect(store.transact([put])).rejects.toMatchObject({ code: 'busy' })
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(10)
  })

  test('counts on a record that exists, and makes it in the same transaction when there is none', async () => {
    dynamo.on(TransactWriteCommand).rejectsOnce(canceled('None', 'ConditionalCheckFailed')).resolves({})
    expect(await store.transact([put, add])).toEqual({ outcome: 'committed' })
    expect(sent(0)?.TransactItems?.[1]?.Update?.UpdateExpression).toBe(
      'SET #version = #version + :one, body.#c0 = if_not_exists(body.#c0, :zero) + :c0',
    )
    expect(sent(1)?.TransactItems?.[1]?.Put?.Item).toMatchObject({
      pk: 'kpi',
      sk: 'day',
      body: { accepted: 1 },
      version: 1,
    })
    expect(pauses).toHaveLength(0)
  })

  test('counts again when another writer made the record first', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(canceled('ConditionalCheckFailed'))
      .rejectsOnce(canceled({ code: 'ConditionalCheckFailed', item: item({ pk: 'kpi', sk: 'day' }) }))
      .resolves({})
    expect(await store.transact([add])).toEqual({ outcome: 'committed' })
    expect(sent(2)?.TransactItems?.[0]?.Update).toBeDefined()
  })

  test('an error that is neither a condition nor contention stays a fault', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('ValidationError'))
    await expect(store.transact([put])).rejects.toThrow(TransactionCanceledException)
    await expect(store.transact(Array.from({ length: 101 }, () => put))).rejects.toThrow(RangeError)
  })
})
