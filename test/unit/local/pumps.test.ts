import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SQSEvent } from 'aws-lambda'
import { afterEach, describe, expect, it } from 'vitest'
import { outboxRecordOf } from '../../../functions/outbox-dispatch/stream-event.ts'
import { startMinuteSweep } from '../../../local/minute-sweep.ts'
import { startOutboxPump } from '../../../local/outbox-pump.ts'
import type { Pump, QueueHandler } from '../../../local/queue-pump.ts'
import { startQueuePump } from '../../../local/queue-pump.ts'
import { openCellDatabase } from '../../../shared/adapters/embedded/cell-database.ts'
import { sqliteMessageQueues } from '../../../shared/adapters/embedded/sqlite-message-queues.ts'
import { sqliteRecordStore } from '../../../shared/adapters/embedded/sqlite-record-store.ts'
import { virtualClock } from '../../../shared/adapters/embedded/virtual-clock.ts'
import { scratchFolder } from '../../builders/scratch-folder.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const open = () => {
  const database = openCellDatabase(join(scratchFolder('pumps'), 'cell.db'))
  closing.push(() => database.close())
  const clock = virtualClock('2026-11-24T03:00:00.000Z')
  return { clock, queues: sqliteMessageQueues(database, clock), store: sqliteRecordStore(database, clock) }
}

const idle = async (pump: Pump) => {
  for (let quiet = 0; quiet < 2; quiet = pump.isIdle() ? quiet + 1 : 0) await pause(5)
}

const pumping = (handler: QueueHandler, concurrency = 4) => {
  const { clock, queues } = open()
  const faults: unknown[] = []
  const pump = startQueuePump({
    queues,
    consumers: new Map([['ingest', handler]]),
    clock,
    region: 'eu-central-1',
    concurrency,
    onFault: (fault) => void faults.push(fault),
  })
  closing.push(() => pump.stop())
  clock.onAdvance(() => pump.poke())
  const send = (key: string, delaySeconds = 0) =>
    queues.send('ingest', { kind: 'object-arrived', key }, { delaySeconds })
  return { clock, queues, pump, faults, send }
}

/** The first batch stays under way until `first` is resolved; of each it is kept how many messages it had. */
const pumpingHeld = () => {
  const sizes: number[] = []
  const first = Promise.withResolvers<undefined>()
  const started = pumping(async ({ Records }) => {
    sizes.push(Records.length)
    if (sizes.length === 1) await first.promise
    return { batchItemFailures: [] }
  })
  return { ...started, sizes, first }
}

const keyOf = (body: string) => (JSON.parse(body) as { key: string }).key

describe('the queue pump', () => {
  it('hands over batches as SQS would, each message once', async () => {
    const events: SQSEvent[] = []
    const { pump, queues, send } = pumping((event) => {
      events.push(event)
      return Promise.resolve({ batchItemFailures: [] })
    })
    await Promise.all(Array.from({ length: 25 }, (_, n) => send(String(n))))
    await idle(pump)
    const records = events.flatMap(({ Records }) => Records)
    expect(new Set(records.map(({ body }) => keyOf(body))).size).toBe(25)
    expect(records).toHaveLength(25)
    expect(Math.max(...events.map(({ Records }) => Records.length))).toBeLessThanOrEqual(10)
    expect(records[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:ingest',
      attributes: { ApproximateReceiveCount: '1' },
    })
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 0, dead: 0 })
  })

  it('waits a moment for a batch to fill while another is handled, and never longer', async () => {
    const { sizes, first, pump, send } = pumpingHeld()
    await send('alone')
    while (sizes.length === 0) await pause(1)
    for (let n = 0; n < 5; n += 1) await send(String(n))
    while (sizes.reduce((sum, size) => sum + size) < 6) await pause(1)
    expect(sizes.length).toBeLessThan(4)
    first.resolve(undefined)
    await idle(pump)
  })

  it('takes no half batch after a full one while the rest of it is on its way', async () => {
    const { sizes, first, pump, send } = pumpingHeld()
    const sendMany = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => send(String(n))))
    await send('alone')
    while (sizes.length === 0) await pause(1)
    await sendMany(13)
    while (sizes.length < 2) await pause(1)
    await sendMany(7)
    while (sizes.reduce((sum, size) => sum + size) < 21) await pause(1)
    expect(sizes).toEqual([1, 10, 10])
    first.resolve(undefined)
    await idle(pump)
  })

  it('tries what failed again, and only that, a little later each time, until it is a dead letter', async () => {
    const seen: string[] = []
    const { clock, pump, queues, send } = pumping((event) => {
      const failed = event.Records.filter(({ body }) => keyOf(body) === 'poison')
      seen.push(...event.Records.map(({ body, attributes }) => `${keyOf(body)} ${attributes.ApproximateReceiveCount}`))
      return Promise.resolve({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) })
    })
    await Promise.all([send('poison'), send('healthy')])
    await idle(pump)
    for (const seconds of [1, 5, 25, 125, 180]) {
      clock.advance(seconds * 1000)
      await idle(pump)
    }
    expect(seen.filter((line) => line.startsWith('healthy'))).toEqual(['healthy 1'])
    expect(seen.filter((line) => line.startsWith('poison'))).toEqual([1, 2, 3, 4, 5].map((n) => `poison ${n}`))
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 0, dead: 1 })
  })

  it('treats a handler that throws as one that failed every message', async () => {
    let calls = 0
    const { clock, pump, queues, faults, send } = pumping(() => {
      calls += 1
      return calls === 1 ? Promise.reject(new Error('no memory')) : Promise.resolve({ batchItemFailures: [] })
    })
    await send('a')
    await idle(pump)
    expect(queues.depth('ingest')).toMatchObject({ hidden: 1 })
    clock.advance(1000)
    await idle(pump)
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 0, dead: 0 })
    expect(faults).toHaveLength(1)
  })

  it('never handles more batches at once than it was told', async () => {
    let [running, most] = [0, 0]
    const { pump, send } = pumping(async () => {
      running += 1
      most = Math.max(most, running)
      await pause(5)
      running -= 1
      return { batchItemFailures: [] }
    }, 2)
    await Promise.all(Array.from({ length: 60 }, (_, n) => send(String(n))))
    await idle(pump)
    expect(most).toBe(2)
  })

  it('takes a delayed message when the clock says so', async () => {
    const seen: string[] = []
    const { clock, pump, send } = pumping((event) => {
      seen.push(...event.Records.map(({ body }) => keyOf(body)))
      return Promise.resolve({ batchItemFailures: [] })
    })
    await send('later', 600)
    await idle(pump)
    expect(seen).toEqual([])
    clock.advance(600_000)
    await idle(pump)
    expect(seen).toEqual(['later'])
  })

  it('ends what is under way before it stops', async () => {
    let ended = false
    const { pump, send } = pumping(async () => {
      await pause(50)
      ended = true
      return { batchItemFailures: [] }
    })
    await send('a')
    await pause(20)
    await pump.stop()
    expect(ended).toBe(true)
  })
})

describe('the outbox pump', () => {
  const put = (sort: string, body = {}) =>
    ({ write: 'put', when: 'absent', partition: 'outbox#1', sort, body: { sort, ...body } }) as const

  it('hands each record over in the shape of the cloud’s change feed until the dispatcher has removed it', async () => {
    const { store } = open()
    const seen: unknown[] = []
    let failing = true
    const pump = startOutboxPump({
      store,
      region: 'eu-central-1',
      onFault: () => undefined,
      handler: async (event) => {
        const failures: string[] = []
        for (const record of event.Records) {
          const outbox = outboxRecordOf(record)
          if (outbox === undefined) throw new Error('the dispatcher could not read the record')
          seen.push(outbox.body)
          if (failing && outbox.sort === 'b') failures.push(record.dynamodb?.SequenceNumber ?? '')
          else
            await store.transact([{ write: 'remove', when: 'always', partition: outbox.partition, sort: outbox.sort }])
        }
        return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) }
      },
    })
    closing.push(() => pump.stop())
    const body = { list: [1, null, 'x', { deep: true }], empty: {} }
    await store.transact([put('a', body), put('b'), put('c')])
    while (store.outboxRecords(9).length > 1) await pause(5)
    expect(seen).toEqual(expect.arrayContaining([{ sort: 'a', ...body }, { sort: 'b' }, { sort: 'c' }]))
    failing = false
    while (store.outboxRecords(9).length > 0) await pause(20)
    expect(seen.filter((one) => (one as { sort: string }).sort === 'a')).toHaveLength(1)
  })

  it('hands over what an earlier process left', async () => {
    const { store } = open()
    await store.transact([put('left')])
    const seen: string[] = []
    const pump = startOutboxPump({
      store,
      region: 'eu-central-1',
      onFault: () => undefined,
      handler: async (event) => {
        seen.push(...event.Records.map((record) => outboxRecordOf(record)?.sort ?? ''))
        await store.transact([{ write: 'remove', when: 'always', partition: 'outbox#1', sort: 'left' }])
        return { batchItemFailures: [] }
      },
    })
    closing.push(() => pump.stop())
    await idle(pump)
    expect(seen).toEqual(['left'])
  })
})

describe('the minute sweep', () => {
  it('fires at its interval, never twice at once, and goes on after a fault', async () => {
    let [running, most, fired] = [0, 0, 0]
    const faults: unknown[] = []
    const sweep = startMinuteSweep({
      intervalMs: 10,
      region: 'eu-central-1',
      onFault: (fault) => void faults.push(fault),
      housekeeping: () => Promise.resolve(),
      handler: async () => {
        running += 1
        most = Math.max(most, running)
        await pause(25)
        running -= 1
        fired += 1
        if (fired === 1) throw new Error('once')
      },
    })
    while (fired < 3) await pause(5)
    await Promise.all([sweep.sweepNow(), sweep.sweepNow()])
    await sweep.stop()
    expect(most).toBe(1)
    expect(faults).toHaveLength(1)
    const after = fired
    await pause(40)
    expect(fired).toBe(after)
  })
})
