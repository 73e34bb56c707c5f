import { afterEach, beforeEach, expect, test } from 'vitest'
import { caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { CaseErased, transactBesideCase, underWay } from '../../../../shared/ledger/erased-case.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { loadFile } from '../../../../shared/ledger/retention-files.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { arrivalOn, ask, confirm, openedCase, endCase, wholeCase } from '../../../fixtures/erasure.ts'
import { filesThatHold } from '../../../fixtures/written-words.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const lateObject = (referralId: string) => ({ bucket: 'images' as const, key: `studies/${referralId}/late/1` })

test('work that slips in just before the case goes out of sight is waited for, and what it laid down is erased', async () => {
  const { referralId, words } = await wholeCase(room)
  await ask(room, referralId)
  const [begun, ended] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  let work: Promise<unknown> = Promise.resolve()
  const lockedUntil = async () => {
    work = underWay(room.ports, referralId, async () => {
      begun.resolve(undefined)
      await ended.promise
      const bytes = new TextEncoder().encode(words.join())
      await room.ports.objects.put(lateObject(referralId), bytes, { contentType: 'application/dicom' })
    })
    await begun.promise
    return undefined
  }
  const slipping = { ...room.ports, eraser: { ...room.ports.eraser, lockedUntil } }
  await expect(confirm(room, referralId, slipping)).rejects.toMatchObject({ code: 'busy' })
  expect((await loadFile(room.ports.store, referralId)).file.erasure?.state).toBe('erasing')
  ended.resolve(undefined)
  await work

  await confirm(room, referralId)
  expect(filesThatHold(room.folder, words)).toEqual([])
  expect(await room.ports.objects.head(lateObject(referralId))).toBeUndefined()
})

test('work that died holds an erasure up for as long as it could have lived, and no longer', async () => {
  const { referralId } = await wholeCase(room)
  await ask(room, referralId)
  const { store } = room.ports
  const dying: RecordStore = { ...store, transact: (writes) => store.transact(writes) }
  await underWay({ ...room.ports, store: dying }, referralId, () => {
    dying.transact = () => Promise.reject(new Error('killed'))
    return Promise.resolve()
  })
  await expect(confirm(room, referralId)).rejects.toMatchObject({ code: 'busy' })
  expect((await loadFile(room.ports.store, referralId)).file.erasure?.state).toBe('requested')
  room.ports.clock.advance(16 * 60_000)
  expect((await confirm(room, referralId)).erasure?.state).toBe('erased')
})

test('an object put by a URL that outlived its case is removed on arrival, and its message is done with', async () => {
  const { referralId, send } = await openedCase(room)
  await endCase(room, referralId)
  await ask(room, referralId)
  await confirm(room, referralId)
  const message = await send(0)
  expect(room.objectKeys('incoming')).toEqual([message.key])
  expect(await arrivalOn(room.ports)(queueEvent([message]), noContext)).toEqual({ batchItemFailures: [] })
  expect(room.objectKeys('incoming')).toEqual([])
})

test('nothing is written beside an erased case, and no work on it begins', async () => {
  const { referralId } = await wholeCase(room)
  await ask(room, referralId)
  await confirm(room, referralId)
  const write = { write: 'put', when: 'always', ...keys.copies(referralId), body: {} } as const
  await expect(transactBesideCase(room.ports, referralId, [write])).rejects.toBeInstanceOf(CaseErased)
  await expect(underWay(room.ports, referralId, () => Promise.reject(new Error('begun')))).rejects.toBeInstanceOf(
    CaseErased,
  )
  expect(
    room
      .everyRecord()
      .filter(({ partition, sort }) => partition === caseChain(referralId) && /^copies|^under/.test(sort)),
  ).toEqual([])
})
