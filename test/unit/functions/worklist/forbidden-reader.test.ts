import { afterEach, beforeEach, expect, it } from 'vitest'
import { readStatus, readTimeline } from '../../../../functions/case-desk/follow-case.ts'
import { listReferrals } from '../../../../functions/case-desk/list-referrals.ts'
import { listWorklist } from '../../../../functions/worklist/list-worklist.ts'
import { claimCase, releaseCase } from '../../../../functions/worklist/worklist-commands.ts'
import type { OperationId } from '../../../../shared/contracts/routes.ts'
import type { Principal } from '../../../../shared/domain/access/principal.ts'
import { ReferralIdSchema } from '../../../../shared/domain/case/case.ts'
import { Refusal } from '../../../../shared/domain/refusal.ts'
import type { Asking } from '../../../../shared/ledger/asking.ts'
import { offer, untilAvailable } from '../../../builders/case-builder.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

/** The reader whom the case is offered to, and a colleague of the group: at home, and where the policy knows no rule. */
const weber = principalOf('p-weber')
const kaya = principalOf('p-kaya')
const nowhere = ({ attestedCountry: _, ...principal }: Principal): Principal => principal

const nothing = ReferralIdSchema.parse('donau-klinikum.00000000000000000000000000')

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  for (const one of [...untilAvailable, offer]) await room.command(one)
})
afterEach(() => room.close())

const asking = (operation: OperationId, by: Principal): Promise<Asking> => room.asking(operation, by)
const told = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    (given) => given,
    (thrown: unknown) => (thrown instanceof Refusal ? { code: thrown.code, facts: thrown.facts } : thrown),
  )

const attempts: readonly (readonly [string, (by: Principal, referralId: typeof nothing) => Promise<unknown>])[] = [
  [
    'the status',
    async (by, referralId) =>
      readStatus(room.ports, { params: { referralId }, context: await asking('readStatus', by) }),
  ],
  [
    'the timeline',
    async (by, referralId) =>
      readTimeline(room.ports, { params: { referralId }, context: await asking('readTimeline', by) }),
  ],
  [
    'a claim',
    async (by, referralId) =>
      claimCase(room.ports, { params: { referralId }, body: {}, context: await asking('claimCase', by) }),
  ],
  [
    'a claim of a version that is long past',
    async (by, referralId) =>
      claimCase(room.ports, {
        params: { referralId },
        body: {},
        context: { ...(await asking('claimCase', by)), expectedVersion: 1 },
      }),
  ],
  [
    'giving it back',
    async (by, referralId) =>
      releaseCase(room.ports, {
        params: { referralId },
        body: { reason: 'returned' },
        context: await asking('releaseCase', by),
      }),
  ],
]

it.each(attempts)('where the policy forbids, %s is answered as if there were no case', async (what, attempt) => {
  // Of the group's cases that others were offered, a colleague may ask for nothing but the claim.
  for (const by of [nowhere(weber), ...(what.startsWith('a claim') ? [nowhere(kaya)] : [])]) {
    const answer = await told(attempt(by, room.referralId))
    expect(answer).toEqual(await told(attempt(by, nothing)))
    expect(answer).toEqual({ code: 'not-found', facts: {} })
  }
  expect((await room.loaded()).case.phase.state).toBe('offered')
})

const rows = async (by: Principal) =>
  listReferrals(room.ports, { query: { limit: 1 }, context: await asking('listReferrals', by) })

it('where the policy forbids, no list has a row, a count or a cursor that tells of a case', async () => {
  expect((await rows(weber)).referrals).toMatchObject([{ referralId: room.referralId }])
  expect((await rows(kaya)).referrals).toMatchObject([{ referralId: room.referralId }])
  expect(await rows(nowhere(weber))).toEqual({ referrals: [] })
  expect(await rows(nowhere(kaya))).toEqual({ referrals: [] })
  const list = async (by: Principal) =>
    listWorklist(room.ports, { query: { limit: 1 }, context: await asking('listWorklist', by) })
  expect((await list(weber)).items).toHaveLength(1)
  expect(await list(nowhere(weber))).toEqual({ items: [] })
})

it('what a lead of the group knows of its cases is not taken away by being a reader as well', async () => {
  expect((await rows({ ...nowhere(kaya), roles: ['reader', 'reading-group-lead'] })).referrals).toHaveLength(1)
})
