import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { placeLegalHold } from '../../../../functions/privacy-desk/retention-commands.ts'
import { countEvents } from '../../../../shared/ledger/count-events.ts'
import { caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { commandCase } from '../../../../shared/ledger/command-case.ts'
import { caseDirectory } from '../../../../shared/domain/case/directory.ts'
import { casePartition, keys } from '../../../../shared/ledger/keys.ts'
import { orderGuards } from '../../../../shared/ledger/order-guards.ts'
import { loadFile } from '../../../../shared/ledger/retention-files.ts'
import { network } from '../../../builders/case-builder.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'
import { ask, askingOf, confirm, paula, wholeCase } from '../../../fixtures/erasure.ts'
import { filesThatHold } from '../../../fixtures/written-words.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const erased = async () => {
  const whole = await wholeCase(room)
  await ask(room, whole.referralId)
  return { ...whole, answer: await confirm(room, whole.referralId) }
}

describe('an erased case', () => {
  test('leaves no word of the subject in any file of the cell, and another case whole', async () => {
    const { referralId, words } = await wholeCase(room)
    for (const word of words) expect(filesThatHold(room.folder, [word]), word).not.toEqual([])
    await room.prepareClaimed()
    await ask(room, referralId)

    const { erasure } = await confirm(room, referralId)
    expect(filesThatHold(room.folder, words)).toEqual([])
    expect(erasure).toMatchObject({ state: 'erased', proof: { objects: 6 } })
    expect(await loadCase(room.ports.store, referralId)).toBeUndefined()
    expect((await room.loaded()).case.phase.state).toBe('claimed')
    const left = room.everyRecord().filter((one) => JSON.stringify(one).includes(referralId))
    const others = left.filter(({ sort, partition }) => !sort.startsWith('audit') && !partition.startsWith('audit'))
    // The last row is the answer to the confirmation itself.
    expect(others.map(({ partition, sort }) => [partition, sort])).toEqual([
      [caseChain(referralId), 'erased'],
      [expect.stringMatching(/^org#donau-klinikum#idempotency#/), 'answer'],
      ['org#donau-klinikum#retention', referralId],
    ])
    expect(await room.ports.store.list(casePartition(referralId), { limit: 1000, from: 'f' })).toEqual({ records: [] })
  })

  test('is proved by the audit: begun, erased, by whom, under which rules, how much', async () => {
    const { referralId, answer } = await erased()
    const records = auditRecords(room).filter(
      ({ chain, action }) => chain === caseChain(referralId) && action === 'erase',
    )
    expect(records.map(({ facts }) => facts?.['step'])).toEqual(['begun', 'erased'])
    const proof = answer.erasure?.state === 'erased' ? answer.erasure.proof : {}
    expect(records[1]?.facts).toMatchObject({ requestedBy: paula.personId, ...proof })
    expect(records[1]?.facts?.['ruleIds']).toEqual(['images-at-once', 'reports-at-once', 'referral-at-once'])
    expect(records[1]?.by.id).toBe('p-counsel-vienna')
  })

  test('keeps the guard of a referral that took its order number over', async () => {
    const { referralId } = await wholeCase(room)
    const loaded = await loadCase(room.ports.store, referralId)
    const studyInstanceUid = loaded?.case.images.studyInstanceUid
    const [guard] = await orderGuards(room.ports.keys, 'donau-klinikum', 'donau-klinikum.other', { studyInstanceUid })
    if (guard === undefined) throw new Error('the study has a guard')
    await room.ports.store.transact([{ ...guard, when: 'always' } as typeof guard])
    await ask(room, referralId)
    await confirm(room, referralId)
    expect(await room.ports.store.read(guard)).toMatchObject({ body: { referralId: 'donau-klinikum.other' } })
  })
})

describe('the key figures', () => {
  const counted = () => room.everyRecord().filter(({ partition }) => partition === 'org#donau-klinikum#numbers')
  const figures = () => counted().map(({ sort, body }) => [sort, body])

  test('keep a case that is erased before anybody has counted it, and count none twice', async () => {
    const { referralId } = await wholeCase(room)
    expect(counted()).toEqual([])
    await ask(room, referralId)
    const { eventCount = 0 } = (await loadCase(room.ports.store, referralId))?.case ?? {}
    await countEvents(room.ports, { kind: 'count-events', referralId, fromEvent: 0, toEvent: 1 })
    await confirm(room, referralId)
    const after = figures()

    const other = await wholeCase(room)
    await countEvents(room.ports, {
      kind: 'count-events',
      referralId: other.referralId,
      fromEvent: 0,
      toEvent: eventCount,
    })
    const twice = after.map(([sort, body]) => [
      sort,
      Object.fromEntries(Object.entries(body as object).map(([name, count]) => [name, 2 * Number(count)])),
    ])
    expect(after.length).toBeGreaterThan(0)
    expect(figures()).toEqual(twice)
    await ask(room, other.referralId)
    await confirm(room, other.referralId)
    expect(figures()).toEqual(twice)
  })
})

describe('an erasure', () => {
  test('is not begun when the case changed between the decision and the first deletion', async () => {
    const { referralId, words } = await wholeCase(room)
    await ask(room, referralId)
    const changing = {
      ...room.ports,
      eraser: {
        ...room.ports.eraser,
        lockedUntil: async () => {
          await commandCase(room.ports, {
            referralId,
            by: { kind: 'overread', id: 'test' },
            operation: 'test',
            directory: caseDirectory(network),
            prepare: () => ({ command: { command: 'nothing' }, writes: [] }),
          })
          return undefined
        },
      },
    }
    await expect(confirm(room, referralId, changing)).rejects.toMatchObject({ code: 'stale-version' })
    expect(filesThatHold(room.folder, words).length).toBeGreaterThan(1)
    expect(await loadCase(room.ports.store, referralId)).toBeDefined()
  })

  test('is not begun when a hold came in between the decision and the first deletion', async () => {
    const { referralId } = await wholeCase(room)
    await ask(room, referralId)
    const holding = {
      ...room.ports,
      eraser: {
        ...room.ports.eraser,
        lockedUntil: async (bucket: string, prefix: string) => {
          if (bucket === 'incoming' && prefix.startsWith('studies'))
            await placeLegalHold(room.ports, {
              params: { referralId },
              body: { reason: 'litigation' },
              context: await askingOf(room, 'placeLegalHold', paula, referralId),
            })
          return undefined
        },
      },
    }
    await expect(confirm(room, referralId, holding)).rejects.toMatchObject({ code: 'stale-version' })
    expect(await loadCase(room.ports.store, referralId)).toBeDefined()
    await expect(confirm(room, referralId)).rejects.toMatchObject({ code: 'erasure-kept' })
  })

  test('is not begun while a lock of the store holds anything, and says until when', async () => {
    const { referralId, words } = await wholeCase(room)
    await ask(room, referralId)
    const until = '2027-01-01T00:00:00.000Z'
    const lockedUntil = (bucket: string) => Promise.resolve(bucket === 'reports' ? until : undefined)
    const locked = { ...room.ports, eraser: { ...room.ports.eraser, lockedUntil } }
    await expect(confirm(room, referralId, locked)).rejects.toMatchObject({ code: 'erasure-locked', facts: { until } })
    expect(filesThatHold(room.folder, words).length).toBeGreaterThan(1)
    expect((await loadFile(room.ports.store, referralId)).file.erasure?.state).toBe('requested')
  })

  test('hides the case from its first moment, so that nobody is shown half of it', async () => {
    const { referralId } = await wholeCase(room)
    await ask(room, referralId)
    const killed = {
      ...room.ports,
      eraser: { ...room.ports.eraser, eraseUnder: () => Promise.reject(new Error('killed')) },
    }
    await expect(confirm(room, referralId, killed)).rejects.toThrow('killed')
    expect(await room.ports.store.read(keys.case(referralId))).toBeUndefined()
    expect((await loadFile(room.ports.store, referralId)).file.erasure?.state).toBe('erasing')
  })
})
