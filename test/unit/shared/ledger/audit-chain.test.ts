import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../../shared/domain/audit/audit-record.ts'
import { verifyBundle } from '../../../../shared/domain/audit/verify-bundle.ts'
import { appendAudit, caseChain } from '../../../../shared/ledger/audit-chain.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { auditVerifier } from '../../../../shared/runtime/audit-verifier.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const entry = (requestId: string): AuditEntry => ({
  at: START,
  by: { kind: 'person', id: 'p-weber' },
  action: 'release',
  operation: 'readFrame',
  outcome: 'success',
  requestId,
})

const appendTo = (store: RecordStore, count: number) =>
  Promise.allSettled(
    Array.from({ length: count }, (_, at) => appendAudit(store, caseChain(room.referralId), [entry(`r${at}`)])),
  )

const refused = (outcomes: readonly PromiseSettledResult<void>[]) =>
  outcomes.filter(({ status }) => status === 'rejected').length

test('a viewer that asks for two hundred frames at once gets them all, each with its own link of one chain', async () => {
  expect(refused(await appendTo(room.ports.store, 200))).toBe(0)
  const records = auditRecords(room)
  expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(200)
  const publicKey = await room.ports.keys.publicKey()
  const bundle = { schema: 'overread/audit-bundle@1', records, checkpoints: [], publicKey }
  expect(verifyBundle(bundle, auditVerifier(publicKey)).outcome).toBe('intact')
})

test('an append that fails costs the next one nothing', async () => {
  const { store } = room.ports
  let calls = 0
  const failing: RecordStore = {
    ...store,
    transact: (writes) => (++calls === 1 ? Promise.reject(new Error('the disk is full')) : store.transact(writes)),
  }
  const outcomes = await appendTo(failing, 3)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(auditRecords(room).map(({ requestId }) => requestId)).toEqual(['r1', 'r2'])
})
