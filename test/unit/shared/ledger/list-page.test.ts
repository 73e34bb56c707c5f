import { afterEach, beforeEach, expect, it } from 'vitest'
import { listPage } from '../../../../shared/ledger/list-page.ts'
import type { StoredRecord } from '../../../../shared/ports/record-store.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  const rows = Array.from({ length: 7 }, (_, at) => `row#${at}`)
  await room.ports.store.transact(
    rows.map((sort) => ({ write: 'put', when: 'absent', partition: 'list', sort, body: {} })),
  )
})
afterEach(() => room.close())

it('asks about the records of its page and of no other, and goes on where it ended', async () => {
  const asked: string[] = []
  const butTheFirst = ({ sort }: StoredRecord) => {
    asked.push(sort)
    return Promise.resolve(sort === 'row#0' ? undefined : sort)
  }
  const { rows, cursor } = await listPage(room.ports, 'list', {}, { limit: 2 }, butTheFirst)
  expect(rows).toEqual(['row#1', 'row#2'])
  expect(asked).toEqual(['row#0', 'row#1', 'row#2'])
  const next = await listPage(room.ports, 'list', {}, { limit: 5, cursor }, butTheFirst)
  expect(next).toEqual({ rows: ['row#3', 'row#4', 'row#5', 'row#6'] })
})
