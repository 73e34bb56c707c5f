import { expect, test } from 'vitest'
import { holds, type LegalHold } from '../../../../../shared/domain/retention/legal-hold.ts'

const hold: LegalHold = {
  schema: 'overread/legal-hold@1',
  holdId: '01k9zq3v5r8w2x4y6a8c0e2g4j',
  reason: 'litigation',
  placedAt: '2026-11-24T10:00:00.000Z',
  placedBy: 'p-one',
}
const lifted = { ...hold, lifted: { at: '2026-11-25T10:00:00.000Z', by: 'p-one', confirmedBy: 'p-two' } }

test('a hold holds from the very instant it is placed until the very instant two people have lifted it', () => {
  expect(holds(hold, '2026-11-24T09:59:59.999Z')).toBe(false)
  expect(holds(hold, hold.placedAt)).toBe(true)
  expect(holds(lifted, '2026-11-25T09:59:59.999Z')).toBe(true)
  expect(holds(lifted, lifted.lifted.at)).toBe(false)
  const byOne = { ...lifted, lifted: { ...lifted.lifted, confirmedBy: 'p-one' } }
  expect(holds(byOne, lifted.lifted.at)).toBe(true)
})
