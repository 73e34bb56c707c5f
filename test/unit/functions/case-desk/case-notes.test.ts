import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { noteWrite, openNotes } from '../../../../functions/case-desk/case-notes.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

describe('the notes of a case', () => {
  test('are read as they were written, those of an earlier release too', async () => {
    const { case: c } = await room.loaded()
    const by = { kind: 'person' as const, id: 'p-weber', orgId: 'rheinblick', role: 'reader' }
    const context = { org: c.referringOrgId, case: c.referralId, purpose: 'note', residency: c.origin }
    const sealed = { ...(await room.ports.keys.seal('Since when?', context)) }
    const body = { noteId: '0', by: 'p-kaya', at: START, sealed }
    const before = { write: 'put' as const, when: 'absent' as const, ...keys.note(c.referralId, '0'), body }
    await room.ports.store.transact([before, await noteWrite(room.ports, c, 'answer', 'Since eight.', by)])
    expect(await openNotes(inside, room.ports, c)).toEqual([
      { text: 'Since when?', by: { kind: 'person', id: 'p-kaya' }, at: START },
      { kind: 'answer', text: 'Since eight.', by, at: START },
    ])
  })
})
