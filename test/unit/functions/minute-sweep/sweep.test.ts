import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sweep } from '../../../../functions/minute-sweep/sweep.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { outboxWrite } from '../../../../shared/ledger/outbox.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { offer, untilAvailable } from '../../../builders/case-builder.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'
import { toldQueues } from '../../../builders/told-queues.ts'

let room: ReadingRoom
let lines: string[]
beforeEach(() => {
  room = readingRoom()
  lines = []
})
afterEach(() => room.close())

const sweepWith = (queues = toldQueues()) =>
  sweep({ ...room.ports, queues, log: createLog((line) => lines.push(line)) })
const until = (instant: string) => room.ports.clock.advance(Date.parse(instant) - Date.parse(room.ports.clock.now()))
const state = async () => (await room.loaded()).case.phase.state
const outbox = () => room.everyRecord().filter(({ partition }) => partition.startsWith('outbox#'))
/** What commands have set in motion is not what these tests are about. */
const emptyOutbox = () =>
  room.ports.store.transact(
    outbox().map(({ partition, sort }) => ({ write: 'remove', when: 'always', partition, sort })),
  )

describe('the timers', () => {
  const offered = async () => {
    for (const one of [...untilAvailable, offer]) await room.command(one)
    await emptyOutbox()
    return (await room.loaded()).case.timer?.dueAt ?? ''
  }

  test('are fired in their very minute, and not before', async () => {
    const dueAt = await offered()
    until(new Date(Date.parse(dueAt) - 1).toISOString())
    expect((await sweepWith()).fired).toBe(0)
    expect(await state()).toBe('offered')
    until(dueAt)
    expect((await sweepWith()).fired).toBe(1)
    expect(await state()).toBe('study-available')
  })

  test('of one case are fired although the row of another cannot be handled, which stays due and is told of', async () => {
    const dueAt = await offered()
    const broken = keys.dueRow(START, room.referralId)
    await room.ports.store.transact([{ write: 'put', when: 'absent', ...broken, body: { referralId: 'nobody' } }])
    until(dueAt)
    expect((await sweepWith()).fired).toBe(1)
    expect(await state()).toBe('study-available')
    expect(await room.ports.store.read(broken)).toBeDefined()
    expect(lines.filter((line) => line.includes('sweep-case-failed'))).toHaveLength(1)
  })
})

describe('a message that the change feed left behind', () => {
  const message = { kind: 'route-case', referralId: '' } as const
  const leave = async (writtenAt: string) => {
    const { referralId } = room
    const write = outboxWrite(referralId, room.ports.ids.next(), {
      queue: 'route-stat',
      message: { ...message, referralId },
      writtenAt,
    })
    await room.ports.store.transact([write])
  }

  test('is sent after a minute, taken away, and told of', async () => {
    await leave(addMinutes(START, -1.5))
    const queues = toldQueues()
    expect((await sweepWith(queues)).sent).toBe(1)
    expect(queues.sent).toEqual([['route-stat', { kind: 'route-case', referralId: room.referralId }]])
    expect(outbox()).toEqual([])
    expect(lines.some((line) => line.includes('outbox-left'))).toBe(true)
  })

  test('is left to the feed until then', async () => {
    await leave(addMinutes(START, -1))
    const queues = toldQueues()
    expect((await sweepWith(queues)).sent).toBe(0)
    expect(queues.sent).toEqual([])
    expect(outbox()).toHaveLength(1)
    expect(lines.some((line) => line.includes('outbox-left'))).toBe(false)
  })

  test('stays when it cannot be sent', async () => {
    await leave(addMinutes(START, -2))
    await expect(sweepWith(toldQueues(() => true))).rejects.toThrow('refused')
    expect(outbox()).toHaveLength(1)
  })
})

describe('the audit chains', () => {
  test('that have moved are signed for and locked away, and then there is nothing to sign', async () => {
    await room.command(untilAvailable[0]!)
    await emptyOutbox()
    const locked = () => room.objectKeys('audit')
    expect(locked()).toEqual([])
    await sweepWith()
    expect(locked()).toHaveLength(1)
    await sweepWith()
    expect(locked()).toHaveLength(1)
  })
})
