import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listEscalations } from '../../../../functions/case-desk/list-escalations.ts'
import type { ReferralId } from '../../../../shared/domain/case/case.ts'
import { commandCase } from '../../../../shared/ledger/command-case.ts'
import { orgChain } from '../../../../shared/ledger/audit-chain.ts'
import { birth, directory, submit, untilClaimed } from '../../../builders/case-builder.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

const weber = principalOf('p-weber')
const lead = principalOf('p-lead-rheinblick')
const coordinator = principalOf('p-coordinator-vienna')

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const listed = async (principal: typeof weber, query: { limit?: number; cursor?: string } = {}) =>
  listEscalations(room.ports, {
    query: { limit: 50, ...query },
    context: await room.asking('listEscalations', principal),
  })
const caseNow = async () => (await room.loaded()).case

/** Past its target until this many calls were made: to the reader, then to the lead of the pool. */
const called = async (calls: number) => {
  for (const one of untilClaimed) await room.command(one)
  while ((await caseNow()).escalations.length < calls) {
    const { target } = await caseNow()
    room.ports.clock.advance(Date.parse(target?.dueAt ?? '') - Date.parse(room.ports.clock.now()))
    await room.command({ command: 'renew-claim', readerId: 'r-weber' })
    await room.command({ command: 'fire-due', now: room.ports.clock.now() })
  }
  return (await caseNow()).escalations
}

/** Another case of the site for whose images its coordinator is called. */
async function withoutImages(n: number): Promise<ReferralId> {
  const referralId: ReferralId = `donau-klinikum.${String(n).padStart(26, '0')}`
  const by = { kind: 'overread', id: 'test' } as const
  const born = { ...submit(), birth: { ...birth(), referralId } } as ReturnType<typeof submit>
  const order = { referralId, by, operation: 'test', directory }
  await commandCase(room.ports, { ...order, prepare: () => ({ command: born }) })
  for (const minutes of [16, 16]) {
    room.ports.clock.advance(minutes * 60_000)
    const command = { command: 'fire-due', now: room.ports.clock.now() } as const
    await commandCase(room.ports, { ...order, prepare: () => ({ command }) })
  }
  return referralId
}

describe('the escalations addressed to a person', () => {
  test('are shown to them with the case, and to nobody else who was called or may follow it', async () => {
    const [first, second] = await called(2)
    const { referralId } = room
    const mine = { referralId, version: (await room.loaded()).version, state: 'claimed' }
    expect((await listed(weber)).referrals).toMatchObject([{ ...mine, escalations: [first] }])
    expect((await listed(lead)).referrals).toMatchObject([{ ...mine, escalations: [second] }])
    expect((await listed(coordinator)).referrals).toEqual([])
  })

  test('are off the list once they are taken up', async () => {
    const [first] = await called(1)
    await room.command({ command: 'acknowledge-escalation', escalationId: first?.escalationId ?? '' })
    expect((await listed(weber)).referrals).toEqual([])
  })

  test('come page by page, who has waited longest first, under one row a case', async () => {
    const ids = [await withoutImages(1), await withoutImages(2), await withoutImages(3)]
    const first = await listed(coordinator, { limit: 2 })
    const rest = await listed(coordinator, { limit: 2, cursor: first.cursor ?? '' })
    expect([...first.referrals, ...rest.referrals].map(({ referralId }) => referralId)).toEqual(ids)
    expect(first.referrals.length).toBe(2)
    await expect(listed(weber, { limit: 2, cursor: first.cursor ?? '' })).rejects.toMatchObject({
      code: 'invalid-cursor',
    })
  })

  test('are written down as read, in the trail of the person’s organisation', async () => {
    await called(1)
    await listed(weber)
    const chain = orgChain(weber.orgId, room.ports.clock.now())
    const { records } = await room.ports.store.list(chain, { from: 'audit#', to: 'audit#~', limit: 10 })
    expect(records.map(({ body }) => [body['operation'], body['facts']])).toEqual([
      ['listEscalations', { rows: 1, referrals: [room.referralId] }],
    ])
  })
})
