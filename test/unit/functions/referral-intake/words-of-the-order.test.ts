import { afterEach, beforeEach, expect, test } from 'vitest'
import { cancelReferral } from '../../../../functions/case-desk/desk-commands.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { listWorklist } from '../../../../functions/worklist/list-worklist.ts'
import { SubmitReferralSchema } from '../../../../shared/contracts/http/referrals.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { openPatient } from '../../../../shared/ledger/patient-seal.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { referralBody } from '../../../acceptance/study-in-hand.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const words = {
  accessionNumber: 'ACC-MUSTER-1956',
  bodyPart: 'HEAD of Maria Muster',
  procedure: { code: 'MUSTER-CT', scheme: 'MARIA' },
  description: 'Brain, for her son Max',
}

async function submitted() {
  const body = referralBody(undefined)
  const clerk = principalOf('p-clerk-vienna')
  const ports = { ...room.ports, cell: { ...room.ports.cell, cellId: 'eu-central-1' } }
  const context = await room.asking('submitReferral', clerk)
  return submitReferral(ports, { body: { ...body, order: { ...body.order, ...words } }, context })
}

test('what an order says in its own words stands in the sealed record alone; beside it, the body region found in it', async () => {
  const status = await submitted()
  expect(status.bodyRegion).toBe('head')
  const everything = JSON.stringify(room.everyRecord())
  for (const word of ['MUSTER', 'Muster', 'MARIA', 'her son']) expect(everything).not.toContain(word)
  const loaded = await loadCase(room.ports.store, status.referralId)
  expect(loaded && (await openPatient(inside, room.ports.keys, loaded.case)).order).toMatchObject(words)
})

test('a cancelled order may be referred again, though its number is sealed', async () => {
  const first = await submitted()
  await expect(submitted()).rejects.toMatchObject({ code: 'duplicate-referral' })
  const context = {
    ...(await room.asking('cancelReferral', principalOf('p-referrer-vienna'))),
    expectedVersion: first.version,
  }
  const params = { referralId: first.referralId }
  await cancelReferral(room.ports, { params, body: { reason: 'entered-in-error' }, context })
  expect((await submitted()).referralId).not.toBe(first.referralId)
})

test('a modality is one of the terms of the standard: a name in capitals is none', () => {
  const body = referralBody(undefined)
  const withModality = (modality: string) =>
    SubmitReferralSchema.safeParse({ ...body, order: { ...body.order, modality } })
  expect(withModality('IVOCT').success).toBe(true)
  expect(withModality('MUSTERMARIA').success).toBe(false)
})

test('a worklist row of an earlier release is still shown, without the words it holds', async () => {
  await room.prepareClaimed()
  const [row] = room
    .everyRecord()
    .filter(({ partition }) => partition === keys.worklistRow('r-weber', '', '').partition)
  if (row === undefined) throw new Error('no row')
  const { bodyRegion: _, ...older } = row.body
  const body = { ...older, bodyPart: 'HEAD of Maria Muster' }
  await room.ports.store.transact([{ write: 'put', when: 'always', partition: row.partition, sort: row.sort, body }])
  const context = await room.asking('listWorklist', principalOf('p-weber'))
  const { items } = await listWorklist(room.ports, { query: { limit: 10 }, context })
  expect(items.map(({ bodyRegion }) => bodyRegion)).toEqual(['unknown'])
  expect(JSON.stringify(items)).not.toContain('Muster')
})
