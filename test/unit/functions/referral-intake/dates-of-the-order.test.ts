import { afterEach, beforeEach, expect, test } from 'vitest'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import type { SubmitReferral } from '../../../../shared/contracts/http/referrals.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { referralBody } from '../../../acceptance/study-in-hand.ts'
import { network as demoIndex } from '../../../builders/case-builder.ts'
import { principalOf, readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const submit = async (changes: { birthDate?: string; orderedAt?: string } = {}) => {
  const body = referralBody(undefined)
  const { birthDate = body.patient.birthDate, orderedAt } = changes
  const given: SubmitReferral = {
    ...body,
    patient: { ...body.patient, ...(birthDate === undefined ? {} : { birthDate }) },
    order: { ...body.order, ...(orderedAt === undefined ? {} : { orderedAt }) },
  }
  const ports = { ...room.ports, cell: { ...room.ports.cell, cellId: 'eu-central-1' } }
  return submitReferral(ports, {
    body: given,
    context: await room.asking('submitReferral', principalOf('p-clerk-vienna')),
  })
}
const ageAt = async (birthDate: string) => {
  const { referralId } = await submit({ birthDate })
  return (await loadCase(room.ports.store, referralId))?.case.order.patientAgeYears
}

test('somebody born today is referred, somebody born tomorrow is a mistake', async () => {
  expect(await ageAt(START.slice(0, 10))).toBe(0)
  await expect(submit({ birthDate: '2026-11-25' })).rejects.toMatchObject({
    code: 'date-in-future',
    facts: { field: 'patient.birthDate' },
  })
})

test('a child born after midnight of its hospital is referred while the day before still runs elsewhere', async () => {
  room.ports.clock.advance((13 * 60 + 5) * 60_000) // 00:05 in Vienna.
  expect(await ageAt('2026-11-25')).toBe(0)
  await expect(submit({ birthDate: '2026-11-26' })).rejects.toMatchObject({ code: 'date-in-future' })
})

test('an order lies in the past, as far as two clocks agree on that', async () => {
  expect((await submit({ orderedAt: START })).referralId).toBeDefined()
  expect((await submit({ orderedAt: '2026-11-24T10:05:00.000Z' })).referralId).toBeDefined()
  await expect(submit({ orderedAt: '2026-11-24T10:05:00.001Z' })).rejects.toMatchObject({
    code: 'date-in-future',
    facts: { field: 'order.orderedAt' },
  })
})

test('an age is in whole years that are over', async () => {
  expect(await ageAt('2008-11-25')).toBe(17)
  expect(await ageAt('2008-11-20')).toBe(18)
})

test('a referral is turned away when no agreement of a group that could read it runs any more', async () => {
  const { definition } = demoIndex
  const ending = (validTo: string) => {
    const agreements = definition.agreements.map((one) => ({ ...one, validTo }))
    room.useNetwork(indexNetwork({ ...definition, agreements }))
  }
  ending('2026-11-24T10:00:00.001Z')
  expect((await submit()).referralId).toBeDefined()
  ending(START)
  await expect(submit()).rejects.toMatchObject({ code: 'no-agreement' })
})
