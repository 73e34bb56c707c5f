import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openCellDatabase } from '../../../../../shared/adapters/embedded/cell-database.ts'
import { sqliteMessageQueues } from '../../../../../shared/adapters/embedded/sqlite-message-queues.ts'
import { virtualClock } from '../../../../../shared/adapters/embedded/virtual-clock.ts'
import { queues as queueTable } from '../../../../../shared/contracts/messages.ts'
import { scratchFolder } from '../../../../builders/scratch-folder.ts'

const SECOND = 1000
const { maxReceiveCount, visibilitySeconds } = queueTable.ingest

describe('queues on SQLite', () => {
  const database = openCellDatabase(join(scratchFolder('queues'), 'cell.db'))
  afterAll(() => database.close())
  const clock = virtualClock('2026-11-24T03:00:00.000Z')
  const queues = sqliteMessageQueues(database, clock)
  const send = (key: string, delaySeconds = 0) =>
    queues.send('ingest', { kind: 'object-arrived', key }, { delaySeconds })
  const handles = async () => (await queues.receive('ingest', 10)).map(({ receiptHandle }) => receiptHandle)
  beforeEach(() => queues.purge('ingest'))

  it('hide what was received until the visibility time-out, and count each receive', async () => {
    await send('a')
    expect(await queues.receive('ingest', 10)).toMatchObject([{ receiveCount: 1 }])
    clock.advance(visibilitySeconds * SECOND - 1)
    expect(await queues.receive('ingest', 10)).toEqual([])
    clock.advance(1)
    expect(await queues.receive('ingest', 10)).toMatchObject([{ receiveCount: 2 }])
  })

  it('hold a delayed message back to the second', async () => {
    await send('a', 900)
    clock.advance(899 * SECOND)
    expect(await handles()).toEqual([])
    expect(queues.nextVisibleAt('ingest')).toBe(Date.parse(clock.now()) + SECOND)
    clock.advance(SECOND)
    expect(await handles()).toHaveLength(1)
  })

  it('give at most ten at once, the longest waiting first', async () => {
    for (let n = 0; n < 12; n += 1) {
      await send(String(n))
      clock.advance(1)
    }
    const first = await queues.receive('ingest', 50)
    expect(first.map(({ body }) => (JSON.parse(body) as { key: string }).key)).toEqual(
      Array.from({ length: 10 }, (_, n) => String(n)),
    )
  })

  it('delete by receipt, and not by one that has run out: somebody else may have the message', async () => {
    await send('a')
    const stale = await handles()
    clock.advance(visibilitySeconds * SECOND)
    const current = await handles()
    await queues.delete(stale)
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 1, dead: 0 })
    await queues.delete(current)
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 0, dead: 0 })
  })

  it('bury a message that was received too often, and keep it until somebody sends it again', async () => {
    await send('poison')
    for (let n = 0; n < maxReceiveCount; n += 1) {
      expect(await queues.receive('ingest', 10)).toHaveLength(1)
      clock.advance(visibilitySeconds * SECOND)
    }
    await send('healthy')
    expect((await queues.receive('ingest', 1)).map(({ body }) => body)).toEqual([expect.stringContaining('healthy')])
    expect(queues.deadLetters('ingest', 10)).toMatchObject([{ body: expect.stringContaining('poison') as unknown }])
    expect(queues.depth('ingest')).toMatchObject({ dead: 1 })
    expect(await queues.redrive('ingest')).toBe(1)
    expect(await queues.receive('ingest', 10)).toMatchObject([{ receiveCount: 1 }])
  })

  it('make a failed message visible again after the seconds asked for', async () => {
    await send('a')
    await queues.release(await handles(), 5)
    clock.advance(4 * SECOND)
    expect(await handles()).toEqual([])
    clock.advance(SECOND)
    expect(await handles()).toHaveLength(1)
  })

  it('give back at a start what the killed process had in hand, without counting the kill', async () => {
    await send('a')
    for (let kill = 0; kill < 10; kill += 1) {
      expect(await queues.receive('ingest', 10)).toMatchObject([{ receiveCount: 1 }])
      await queues.takeOver()
    }
  })

  it('bury a message that kills the process each time it is received', async () => {
    await send('killer')
    let receives = 0
    for (; (await queues.receive('ingest', 10)).length > 0; receives += 1) await queues.takeOver()
    expect(receives).toBe(10 + maxReceiveCount)
    expect(queues.depth('ingest')).toEqual({ visible: 0, hidden: 0, dead: 1 })
    await queues.redrive('ingest')
  })

  it('leave what is delayed or waits for another try as it is', async () => {
    await send('delayed', 60)
    await queues.takeOver()
    expect(await queues.receive('ingest', 10)).toEqual([])
  })

  describe('shared by many senders', () => {
    const [flooder, other] = ['donau', 'liffey'].map((org) => `studies/${org}.${'0'.repeat(26)}/${'1'.repeat(26)}`)
    const sendMany = (of: string | undefined, count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => send(`${of}/${index}`)))
    const turn = async (limit = 10) =>
      (await queues.receive('ingest', limit)).map(({ body }) => (JSON.parse(body) as { key: string }).key.slice(8, 14))

    it('give each its turn: who comes last waits for one batch, however much another has sent', async () => {
      await sendMany(flooder, 500)
      expect(new Set(await turn())).toEqual(new Set(['donau.']))
      await sendMany(other, 12)
      expect(await turn()).toEqual(Array(10).fill('liffey'))
      expect(await turn()).toEqual(Array(10).fill('donau.'))
      expect(await turn()).toEqual(Array(2).fill('liffey'))
      expect(await turn()).toEqual(Array(10).fill('donau.'))
    })

    it('skip who has nothing that can be taken now, and go on to whoever is behind dead letters', async () => {
      await sendMany(flooder, 10)
      for (let n = 0; n < maxReceiveCount; n += 1) {
        expect(await turn()).toHaveLength(10)
        clock.advance(visibilitySeconds * SECOND)
      }
      await sendMany(other, 1)
      expect(await turn(1)).toEqual(['liffey'])
      expect(await turn()).toEqual([])
      expect(queues.depth('ingest')).toMatchObject({ visible: 0, hidden: 1, dead: 10 })
    })

    it('know when the next falls due, whoever sent it', async () => {
      await send(`${other}/1`, 20)
      await send(`${flooder}/1`, 30)
      expect(queues.nextVisibleAt('ingest')).toBe(Date.parse(clock.now()) + 20 * SECOND)
      clock.advance(20 * SECOND)
      expect(await turn()).toEqual(['liffey'])
    })
  })
})
