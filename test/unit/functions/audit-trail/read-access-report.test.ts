import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAccessReport } from '../../../../functions/audit-trail/read-access-report.ts'
import { SiteIdSchema } from '../../../../shared/domain/network/ids.ts'
import { caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { paula, wholeCase } from '../../../fixtures/erasure.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const report = async () =>
  readAccessReport(room.ports, {
    body: { siteId: SiteIdSchema.parse('donau-vienna'), patientId: 'MRN-77' },
    context: await room.asking('readAccessReport', paula),
  })

test('a report over a log that somebody edited says where it is broken, in its data and in its words', async () => {
  const { referralId } = await wholeCase(room)
  const key = keys.auditRecord(caseChain(referralId), 2)
  const record = await room.ports.store.read(key)
  const edited = { ...record?.body, requestId: 'another' }
  await room.ports.store.transact([{ write: 'put', when: 'always', ...key, body: edited }])
  const { cases, text } = await report()
  expect(cases.map(({ log }) => log)).toEqual([{ outcome: 'broken', broken: 'edited', number: 2 }])
  expect(text).toContain('The log of this case is broken at entry 2 (edited)')
})

test('the patient id stands in no record and no key of the store for having been asked for', async () => {
  await wholeCase(room)
  const holding = () => room.everyRecord().filter((record) => JSON.stringify(record).includes('MRN-77'))
  const before = holding()
  await report()
  expect(holding()).toEqual(before)
})
