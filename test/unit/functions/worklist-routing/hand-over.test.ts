import { afterEach, beforeEach, expect, test } from 'vitest'
import { routeCase } from '../../../../functions/worklist-routing/route-case.ts'
import { handOverCase } from '../../../../functions/case-desk/desk-commands.ts'
import { report } from '../../../builders/case-builder.ts'
import { networkWith, readerOf } from '../../../builders/demo-routing.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

const handOver = async () => {
  const context = await room.asking('handOverCase', principalOf('p-coordinator-vienna'))
  const params = { referralId: room.referralId }
  await handOverCase(room.ports, { params, body: { reason: 'reader-unavailable' }, context })
}

const offeredTo = async (): Promise<string | undefined> => {
  for (let tier = 0; tier < 4; tier++) {
    await routeCase(room.ports, room.referralId)
    const { phase } = (await room.loaded()).case
    if (phase.state === 'offered') return phase.offer.readerId
  }
  return undefined
}

test('the final of a case handed over goes to who may sign finals, and not to who may only write preliminaries', async () => {
  await room.command(report('preliminary'))
  await handOver()
  const first = await offeredTo()
  expect(first).toBeDefined()
  await room.command({ command: 'decline-offer', readerId: first! })
  const privileges = readerOf(networkWith(first!, {}), first!).privileges
  const onlyEarly = privileges.map((one) => ({ ...one, reportTypes: ['preliminary' as const] }))
  room.useNetwork(networkWith(first!, { privileges: onlyEarly }))
  expect(await offeredTo()).not.toBe(first)
  const decisions = room.everyRecord().filter(({ sort }) => sort.startsWith('decision#'))
  const rules = decisions
    .flatMap(({ body }) => (body['evaluations'] ?? []) as { readerId: string; rule?: string }[])
    .filter(({ readerId }) => readerId === first)
    .map(({ rule }) => rule)
  expect(rules).toContain('privilege')
})
