import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAuditTrail } from '../../../../functions/audit-trail/read-audit-trail.ts'
import { verifyBundle } from '../../../../shared/domain/audit/verify-bundle.ts'
import { caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { auditVerifier } from '../../../../shared/runtime/audit-verifier.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { paula, wholeCase } from '../../../fixtures/erasure.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

test('a bundle says which chain it holds, so that one whose records were taken out is broken', async () => {
  const { referralId } = await wholeCase(room)
  const context = await room.asking('readAuditTrail', paula)
  const bundle = await readAuditTrail(room.ports, { params: { referralId }, context })
  const verifier = auditVerifier(bundle.publicKey)
  const chain = caseChain(referralId)
  expect(bundle.chains).toEqual([chain])
  expect(verifyBundle(bundle, verifier)).toMatchObject({ outcome: 'intact', chains: 1 })
  expect(verifyBundle({ ...bundle, records: [] }, verifier)).toEqual({
    outcome: 'broken',
    broken: 'tail-truncated',
    chain,
    number: 1,
  })
})
