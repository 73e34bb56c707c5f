import { afterEach, beforeEach, expect, test } from 'vitest'
import { routeCase } from '../../../../functions/worklist-routing/route-case.ts'
import { claimCase, releaseCase } from '../../../../functions/worklist/worklist-commands.ts'
import type { BodyOf } from '../../../../shared/contracts/routes.ts'
import type { Case } from '../../../../shared/domain/case/case.ts'
import { casePartition } from '../../../../shared/ledger/keys.ts'
import { network, untilAvailable } from '../../../builders/case-builder.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

type Reason = BodyOf<'releaseCase'>['reason']

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  for (const one of untilAvailable) await room.command(one)
})
afterEach(() => room.close())

const current = async (): Promise<Case> => (await room.loaded()).case

/** Routes through the tiers until somebody is offered the case, or nobody of the last tier is left. */
async function offeredNow(): Promise<string | undefined> {
  for (;;) {
    const before = await room.loaded()
    await routeCase(room.ports, room.referralId)
    const { case: c, version } = await room.loaded()
    if (c.phase.state === 'offered') return c.phase.offer.readerId
    if (version === before.version || c.routing.tier === before.case.routing.tier) return undefined
  }
}

const reader = (readerId: string) =>
  principalOf(network.readers.get(readerId as never)!.personId, { roles: ['reader'] })

async function giveBack(readerId: string, reason: Reason): Promise<void> {
  const context = await room.asking('releaseCase', reader(readerId))
  await releaseCase(room.ports, { params: { referralId: room.referralId }, body: { reason }, context })
}

async function take(readerId: string): Promise<void> {
  const context = await room.asking('claimCase', reader(readerId))
  await claimCase(room.ports, { params: { referralId: room.referralId }, body: {}, context })
}

/** The timers of so many minutes, each in its minute. */
async function pass(minutes: number): Promise<string[]> {
  const offered: string[] = []
  for (let minute = 0; minute < minutes; minute++) {
    room.ports.clock.advance(60_000)
    await room.command({ command: 'fire-due', now: room.ports.clock.now() })
    const readerId = await offeredNow()
    if (readerId !== undefined) offered.push(readerId)
  }
  return offered
}

const rulesFor = (readerId: string): string[] =>
  room
    .everyRecord()
    .filter(({ partition, sort }) => partition === casePartition(room.referralId) && sort.startsWith('decision#'))
    .flatMap(({ body }) => (body['evaluations'] ?? []) as { readerId: string; rule?: string }[])
    .flatMap((one) => (one.readerId === readerId && one.rule !== undefined ? [one.rule] : []))

test.each(['conflict-of-interest', 'outside-competence'] as const)(
  'who gives a case back for %s is not asked again, whatever round of asking begins',
  async (reason) => {
    const first = (await offeredNow())!
    await giveBack(first, reason)
    const second = (await offeredNow())!
    await giveBack(second, 'returned')
    const offered = await pass(40)
    expect(offered).toContain(second)
    expect(offered).not.toContain(first)
    expect(rulesFor(first)).toContain('declined')
  },
)

test('nor may they claim it: the rule refuses, and a case that was claimed is no other', async () => {
  const first = (await offeredNow())!
  await take(first)
  await giveBack(first, 'conflict-of-interest')
  await expect(take(first)).rejects.toMatchObject({ code: 'not-eligible', facts: { rule: 'declined' } })
})

test('where everybody has declined, the case stays with its owner and climbs its ladder', async () => {
  const declined: string[] = []
  for (let next = await offeredNow(); next !== undefined; next = await offeredNow()) {
    await giveBack(next, 'outside-competence')
    declined.push(next)
  }
  expect(declined.length).toBeGreaterThan(1)
  expect(new Set(declined).size).toBe(declined.length)
  expect(await pass(20)).toEqual([])
  const { phase, owner, escalations } = await current()
  expect(phase.state).toBe('study-available')
  expect(owner?.orgId).toBe('overread-operations')
  expect(escalations.filter(({ clock }) => clock === 'unclaimed').map(({ personId }) => personId)).not.toEqual([])
})
