import { afterEach, beforeEach, expect, test } from 'vitest'
import { confirmErasure } from '../../../../functions/privacy-desk/confirm-erasure.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { loadFile } from '../../../../shared/ledger/retention-files.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { ask, askingOf, confirm, endCase, paula } from '../../../fixtures/erasure.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

test('an erasure is not confirmed by the person who asked for it, and the case is still there', async () => {
  const { referralId } = room
  await endCase(room, referralId)
  await ask(room, referralId)
  const alone = confirmErasure(room.ports, {
    params: { referralId },
    context: await askingOf(room, 'confirmErasure', paula, referralId),
  })
  await expect(alone).rejects.toMatchObject({ code: 'second-person-needed' })
  expect((await loadFile(room.ports.store, referralId)).file.erasure?.state).toBe('requested')
  expect(await loadCase(room.ports.store, referralId)).toBeDefined()
  expect((await confirm(room, referralId)).erasure?.state).toBe('erased')
})
