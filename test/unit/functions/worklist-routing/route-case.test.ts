import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { routeCase } from '../../../../functions/worklist-routing/route-case.ts'
import { demoNetwork } from '../../../../local/seed/demo-network.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'
import { submit, untilAvailable, upload } from '../../../builders/case-builder.ts'
import { readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  without()
  for (const one of untilAvailable) await room.command(one)
})
afterEach(() => room.close())

const route = () => routeCase(room.ports, room.referralId)
const caseNow = async () => (await room.loaded()).case
const decisions = () => room.everyRecord().filter(({ sort }) => sort.startsWith('decision#'))
const offered = async () => {
  const { phase } = await caseNow()
  return phase.state === 'offered' ? [phase.offer.readerId, phase.offer.poolId] : [phase.state]
}

/** Two readers at home, r-kaya and r-weber, who may read the case; nobody of the named ones has a licence any more. */
const without = (...readerIds: string[]) => {
  const { subspecialties = [], certifications = [] } =
    demoNetwork.readers.find(({ readerId }) => readerId === 'r-weber') ?? {}
  const readers = demoNetwork.readers
    .map((one) => (one.readerId === 'r-kaya' ? { ...one, subspecialties, certifications } : one))
    .map((one) => (readerIds.includes(one.readerId) ? { ...one, registrations: [] } : one))
  room.useNetwork(indexNetwork({ ...demoNetwork, readers }))
}
const load = (readerId: string, open: number) =>
  room.ports.store.transact([{ write: 'add', ...keys.readerLoad(readerId), counts: { open } }])

describe('an available case', () => {
  test('is offered to a reader of the home pool, with the reason why everybody else was not', async () => {
    expect(await route()).toBe('done')
    expect(await offered()).toEqual(['r-kaya', 'rheinblick-main'])
    const [decision] = decisions()
    const { phase } = await caseNow()
    expect(phase).toMatchObject({
      offer: { decisionId: decision?.body['decisionId'], groupOrgId: 'rheinblick-radiology' },
    })
    expect(decision?.body).toMatchObject({ purpose: 'offer', outcome: 'offer', tier: 0 })
    const evaluations = decision?.body['evaluations'] as { readerId: string; eligible: boolean; rule?: string }[]
    expect(evaluations).toHaveLength(demoNetwork.readers.length)
    expect(evaluations.filter(({ eligible }) => eligible).map((one) => one.readerId)).toEqual(['r-kaya', 'r-weber'])
    expect(evaluations.find((one) => one.readerId === 'r-costa')).toMatchObject({ rule: 'pool' })
    expect(auditRecords(room).filter(({ operation }) => operation === 'routeCase')).toMatchObject([
      { action: 'decide', decision: { purpose: 'offer', readerId: 'r-kaya' } },
    ])
  })

  test('goes to the reader with the most room left, by the cases that are open with each', async () => {
    await load('r-kaya', 1)
    await route()
    expect(await offered()).toEqual(['r-weber', 'rheinblick-main'])
  })

  test('is offered once, however often the message comes', async () => {
    await route()
    const { version } = await room.loaded()
    expect(await route()).toBe('done')
    expect((await room.loaded()).version).toBe(version)
    expect(decisions()).toHaveLength(1)
  })

  test('goes to the partners only when nobody at home may read it', async () => {
    without('r-weber', 'r-kaya')
    await route()
    expect(await offered()).toEqual(['study-available'])
    expect((await caseNow()).routing.tier).toBe(1)
    expect(decisions()[0]?.body).toMatchObject({ outcome: 'nobody', tier: 0 })
    await route()
    expect(await offered()).toEqual(['r-costa', 'tejo-main'])
  })

  test('is taken by a reader of its home pool too, once it is in overflow', async () => {
    await room.command({ command: 'enter-overflow' })
    without('r-costa')
    await route()
    expect(await offered()).toEqual(['r-kaya', 'rheinblick-main'])
  })

  test('stays where it is when nobody of the last tier may read it: its timer asks again', async () => {
    without(...demoNetwork.readers.map((one) => one.readerId))
    const { tier } = (await caseNow()).routing
    for (let routed = 0; routed < 5; routed++) await route()
    const { routing, phase, timer } = await caseNow()
    expect(phase.state).toBe('study-available')
    expect(routing).toMatchObject({ tier: tier + 2, round: 0 })
    expect(timer?.then).toBe('overflow')
    expect(decisions().map(({ body }) => body['outcome'])).toEqual(Array.from({ length: 5 }, () => 'nobody'))
  })
})

test('a case that is not there, or not yet available, is none of the router’s', async () => {
  const other = readingRoom()
  try {
    expect(await routeCase(other.ports, other.referralId)).toBe('done')
    for (const one of [submit(), upload]) await other.command(one)
    const { version } = await other.loaded()
    expect(await routeCase(other.ports, other.referralId)).toBe('done')
    expect((await other.loaded()).version).toBe(version)
  } finally {
    await other.close()
  }
})
