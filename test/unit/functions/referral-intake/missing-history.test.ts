import { afterEach, beforeEach, expect, test } from 'vitest'
import { provideInformation } from '../../../../functions/case-desk/desk-commands.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { SubmitReferralSchema } from '../../../../shared/contracts/http/referrals.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { openPatient } from '../../../../shared/ledger/patient-seal.ts'
import { referralBody } from '../../../acceptance/study-in-hand.ts'
import { inside } from '../../../builders/inside.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const clerk = principalOf('p-clerk-vienna')
const body = referralBody(undefined)
const answers = { 'last-known-well': 'Ten past two', symptoms: 'Left arm', anticoagulants: 'None' }

async function submitted(clinical: typeof body.clinical) {
  const ports = { ...room.ports, cell: { ...room.ports.cell, cellId: 'eu-central-1' } }
  const context = await room.asking('submitReferral', clerk)
  return submitReferral(ports, { body: { ...body, clinical }, context })
}

test('a referral is held against what its pathway asks of the history: what it does not say is told by name', async () => {
  const { symptoms: _, ...some } = answers
  const status = await submitted({ question: 'Occlusion?', answers: some })
  expect(status).toMatchObject({ state: 'accepted', missingHistory: ['symptoms'] })
  expect(status.exceptions).toMatchObject([{ code: 'history-missing', owner: { personId: 'p-coordinator-vienna' } }])
  const { referralId, version } = status
  const context = { ...(await room.asking('provideInformation', clerk)), expectedVersion: version }
  const answered = await provideInformation(room.ports, {
    params: { referralId },
    body: { note: 'Left arm and leg.' },
    context,
  })
  expect(answered.exceptions[0]?.resolvedAt).toBeDefined()
})

test('one that says everything is complete, and its answers stand in the sealed record alone', async () => {
  const status = await submitted({ question: 'Occlusion?', answers })
  expect([status.missingHistory, status.exceptions]).toEqual([[], []])
  expect(JSON.stringify(room.everyRecord())).not.toContain('Ten past two')
  const loaded = await loadCase(room.ports.store, status.referralId)
  expect(loaded && (await openPatient(inside, room.ports.keys, loaded.case)).clinical.answers).toEqual(answers)
})

test('a referral may answer what nobody asked, but no more than twenty things and none with control characters', () => {
  const withAnswers = (given: Record<string, string>) =>
    SubmitReferralSchema.safeParse({ ...body, clinical: { question: 'Occlusion?', answers: given } }).success
  expect(withAnswers({ weight: '80 kg' })).toBe(true)
  expect(withAnswers({ weight: 'a\u001b[2J' })).toBe(false)
  expect(withAnswers({ 'Not a name': 'a' })).toBe(false)
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`item-${at}`, 'a']))
  expect(withAnswers(many)).toBe(false)
})
