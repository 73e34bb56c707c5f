import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../../../shared/adapters/embedded/virtual-clock.ts'
import { processMeter, sharedMeter, type RateMeter } from '../../../../shared/runtime/rate-meter.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
let clock: ReturnType<typeof virtualClock>
beforeEach(() => {
  room = readingRoom()
  clock = virtualClock(START)
})
afterEach(() => room.close())

const kinds = [
  ['of one process', () => processMeter(clock)],
  ['of many processes', () => sharedMeter(room.ports.store, clock)],
] as const

const countTo = async (meter: RateMeter, times: number, orgId = 'donau'): Promise<number> => {
  let last = 0
  for (let at = 0; at < times; at++) last = await meter.count(orgId, 'commandsPerMinute', 100)
  return last
}

describe.each(kinds)('a meter %s', (_name, make) => {
  test('counts each organisation and rate by itself, and each minute anew', async () => {
    const meter = make()
    expect(await countTo(meter, 35)).toBe(35)
    expect(await countTo(meter, 3, 'liffey')).toBe(3)
    expect(await meter.count('donau', 'readsPerMinute', 100)).toBe(1)
    clock.advance(60_000)
    expect(await countTo(meter, 2)).toBe(2)
  })

  test('says once a minute that a rate was reached', async () => {
    const meter = make()
    const said = async () => [
      await meter.firstRefusal('donau', 'commandsPerMinute'),
      await meter.firstRefusal('donau', 'commandsPerMinute'),
    ]
    expect(await said()).toEqual([true, false])
    clock.advance(60_000)
    expect(await said()).toEqual([true, false])
  })
})

describe('meters of many processes', () => {
  test('know of each other within a step', async () => {
    const meters = Array.from({ length: 5 }, () => sharedMeter(room.ports.store, clock))
    for (let round = 0; round < 60; round++)
      for (const meter of meters) await meter.count('donau', 'commandsPerMinute', 1000)
    const seen = await Promise.all(meters.map((meter) => meter.count('donau', 'commandsPerMinute', 1000)))
    // 300 were counted; each may miss what the four others have not shared yet.
    for (const one of seen) {
      expect(one).toBeGreaterThan(300 - 4 * 10)
      expect(one).toBeLessThanOrEqual(305)
    }
  })

  test('cost the store nothing below a step', async () => {
    const calls: string[] = []
    const { store } = room.ports
    const counting = {
      ...store,
      transact: (writes: Parameters<typeof store.transact>[0]) => {
        calls.push('transact')
        return store.transact(writes)
      },
    }
    const meter = sharedMeter(counting, clock)
    await countTo(meter, 9)
    expect(calls).toEqual([])
    await countTo(meter, 1)
    expect(calls).toEqual(['transact'])
  })

  test('write down one refusal between them', async () => {
    const meters = Array.from({ length: 5 }, () => sharedMeter(room.ports.store, clock))
    const said = await Promise.all(meters.map((meter) => meter.firstRefusal('donau', 'commandsPerMinute')))
    expect(said.filter(Boolean)).toHaveLength(1)
  })
})
