import { expect, test } from 'vitest'
import { entry } from '../../../../functions/arrival-dispatch/entry.ts'
import {
  IngestMessageSchema,
  queues as queueTable,
  senderOf,
  type QueueName,
} from '../../../../shared/contracts/messages.ts'
import type { Urgency } from '../../../../shared/domain/case/case.ts'
import { arrivalKey } from '../../../../shared/domain/upload/upload-session.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { toldQueues, type ToldQueues } from '../../../builders/told-queues.ts'

const keyOf = (urgency: Urgency, organisation: string, index = 0): string =>
  arrivalKey({ urgency }, { referralId: `${organisation}.${'0'.repeat(26)}`, uploadId: '1'.repeat(26), index })

/** As S3 tells a queue: one record an object, with much about the bucket that is of no use here. */
const told = (...keys: readonly string[]) => ({
  Records: keys.map((key) => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'incoming' }, object: { key: encodeURIComponent(key).replaceAll('%20', '+'), size: 1 } },
  })),
})

/** The failed messages of a batch, by their place in it. */
async function dispatch(queues: ToldQueues, bodies: readonly unknown[], receiveCount = 1): Promise<number[]> {
  const lines: string[] = []
  const handler = entry({ queues, log: createLog((line) => void lines.push(line)) })
  const { batchItemFailures } = await handler(queueEvent(bodies, receiveCount), noContext)
  expect(lines).toHaveLength(batchItemFailures.length)
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.replace('message-', ''))).sort()
}

const arrived = (key: string) => ({ kind: 'object-arrived', key })

test.each<[Urgency, QueueName]>([
  ['stat', 'ingest-stat'],
  ['urgent', 'ingest-urgent'],
  ['routine', 'ingest'],
])('what the bucket tells of a case that is %s goes to %s, in the name of its organisation', async (urgency, queue) => {
  const queues = toldQueues()
  const keys = ['donau-vienna', 'liffey-dublin'].map((organisation) => keyOf(urgency, organisation))
  expect(await dispatch(queues, [told(...keys.slice(0, 1)), told(...keys.slice(1))])).toEqual([])
  expect(queues.sent).toEqual(keys.map((key) => [queue, arrived(key)]))
  const senders = queues.sent.map(([, message]) => senderOf(IngestMessageSchema.parse(message)))
  expect(senders).toEqual(['donau-vienna', 'liffey-dublin'])
})

test('a batch of several urgencies, a notification of several objects and one of a new bucket are each taken as they are', async () => {
  const queues = toldQueues()
  const [routine, stat, urgent] = [keyOf('routine', 'donau'), keyOf('stat', 'donau'), keyOf('urgent', 'liffey')]
  expect(await dispatch(queues, [told(routine, stat), { Event: 's3:TestEvent' }, told(urgent)])).toEqual([])
  expect(new Map(queues.sent)).toEqual(
    new Map([
      ['ingest', arrived(routine)],
      ['ingest-stat', arrived(stat)],
      ['ingest-urgent', arrived(urgent)],
    ]),
  )
})

test('a key that is not of an upload is sent on all the same: its consumer says what becomes of it', async () => {
  const queues = toldQueues()
  expect(await dispatch(queues, [told('stat/ä b+c')])).toEqual([])
  expect(queues.sent).toEqual([['ingest-stat', arrived('stat/ä b+c')]])
})

test("what a queue does not take stays in the bucket's, and nothing else of the batch does", async () => {
  const keys = [0, 1, 2, 3].map((index) => keyOf('urgent', 'donau', index))
  const queues = toldQueues((message) => [keys[1], keys[3]].includes((message as { key: string }).key))
  expect(
    await dispatch(
      queues,
      keys.map((key) => told(key)),
    ),
  ).toEqual([1, 3])
  expect(queues.sent.map(([, message]) => message)).toEqual([keys[0], keys[2]].map((key) => arrived(key ?? '')))
})

test('what names no image, or cannot be read, is kept for a person and costs the others nothing', async () => {
  const queues = toldQueues()
  const image = keyOf('stat', 'donau')
  const batch = [told('attachments/donau/1'), '{', { Records: [{}] }, told(image)]
  expect(await dispatch(queues, batch, queueTable.arrivals.maxReceiveCount)).toEqual([0, 1, 2])
  expect(queues.sent).toEqual([['ingest-stat', arrived(image)]])
})
