import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listWorklist } from '../../../../functions/worklist/list-worklist.ts'
import { claimCase, releaseCase, renewClaim } from '../../../../functions/worklist/worklist-commands.ts'
import type { Principal } from '../../../../shared/domain/access/principal.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'
import { offer, untilAvailable } from '../../../builders/case-builder.ts'
import { networkWith, readerId, readerOf } from '../../../builders/demo-routing.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

const weber = principalOf('p-weber')
const kaya = principalOf('p-kaya')
const { attestedCountry: _, ...weberNowhere } = weber

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  for (const one of [...untilAvailable, offer]) await room.command(one)
})
afterEach(() => room.close())

const claim = async (principal: Principal = weber) =>
  claimCase(room.ports, {
    params: { referralId: room.referralId },
    body: {},
    context: await room.asking('claimCase', principal),
  })
const release = async (principal: Principal = weber) =>
  releaseCase(room.ports, {
    params: { referralId: room.referralId },
    body: { reason: 'shift-end' },
    context: await room.asking('releaseCase', principal),
  })
const renew = async (principal: Principal = weber) =>
  renewClaim(room.ports, {
    params: { referralId: room.referralId },
    body: {},
    context: await room.asking('renewClaim', principal),
  })
const list = async (principal: Principal = weber, limit = 10) =>
  listWorklist(room.ports, { query: { limit }, context: await room.asking('listWorklist', principal) })

const caseNow = async () => (await room.loaded()).case
const audited = (operation: string) => auditRecords(room).filter((one) => one.operation === operation)
const claimDecisions = () =>
  room.everyRecord().filter(({ sort, body }) => sort.startsWith('decision#') && body['purpose'] === 'claim')

const endLicence = () => {
  const { registrations } = readerOf(networkWith('r-weber', {}), 'r-weber')
  const ended = registrations.map((one) => ({ ...one, validTo: '2026-11-24T10:00:00Z' }))
  room.useNetwork(networkWith('r-weber', { registrations: ended }))
}

describe('a claim', () => {
  test('of the reader who was offered the case is kept with what it rests on', async () => {
    expect((await claim()).state).toBe('claimed')
    expect((await caseNow()).phase).toMatchObject({
      claim: { readerId: 'r-weber', groupOrgId: 'rheinblick-radiology' },
    })
    const [decision] = claimDecisions()
    expect(decision?.body).toMatchObject({
      residency: { purpose: 'claim', readerId: 'r-weber' },
      grounds: { jurisdiction: 'AT', registration: { number: 'AT-DEMO-WEBER' } },
    })
    expect(audited('claimCase')).toMatchObject([
      { outcome: 'success', facts: { decisionId: decision?.body['decisionId'] }, decision: { purpose: 'claim' } },
    ])
  })

  test('is judged again: a licence that ended since the offer is refused, and nothing is kept of it', async () => {
    endLicence()
    await expect(claim()).rejects.toMatchObject({ code: 'not-eligible', facts: { rule: 'registration' } })
    expect((await caseNow()).phase.state).toBe('offered')
    expect(claimDecisions()).toEqual([])
    expect(audited('claimCase')).toEqual([])
  })

  test('from nowhere is refused by the policy, as if there were no case', async () => {
    await expect(claim(weberNowhere)).rejects.toMatchObject({ code: 'not-found', facts: {} })
    expect((await caseNow()).phase.state).toBe('offered')
  })

  test('is the offered reader’s alone', async () => {
    await expect(claim(kaya)).rejects.toMatchObject({ code: 'not-eligible', facts: { rule: 'subspecialty' } })
    const { subspecialties, certifications } = readerOf(networkWith('r-weber', {}), 'r-weber')
    room.useNetwork(networkWith('r-kaya', { subspecialties, certifications }))
    await expect(claim(kaya)).rejects.toMatchObject({ code: 'claim-held' })
    await expect(claim(principalOf('p-costa'))).rejects.toMatchObject({ code: 'not-found' })
    await claim()
    await expect(claim(kaya)).rejects.toMatchObject({ code: 'claim-held' })
  })
})

describe('giving a case back', () => {
  test('before the claim declines the offer, and the reader counts as asked', async () => {
    expect((await release()).state).toBe('study-available')
    expect((await caseNow()).routing.asked).toEqual(['r-weber'])
    expect(audited('releaseCase')).toMatchObject([{ facts: { reason: 'shift-end' } }])
  })

  test('after the claim releases it', async () => {
    await claim()
    expect((await release()).state).toBe('study-available')
    expect((await caseNow()).milestones.claimedAt).toBeDefined()
  })

  test('is not for a colleague, nor for whoever is no reader', async () => {
    await expect(release(kaya)).rejects.toMatchObject({ code: 'not-permitted' })
    await claim()
    await expect(release(kaya)).rejects.toMatchObject({ code: 'not-permitted' })
    await expect(release(principalOf('p-referrer-vienna'))).rejects.toMatchObject({ code: 'not-permitted' })
    expect((await caseNow()).phase.state).toBe('claimed')
  })
})

describe('a heartbeat', () => {
  test('starts the time of the claim again, from now', async () => {
    await claim()
    const before = (await caseNow()).timer?.dueAt ?? ''
    room.ports.clock.advance(5 * 60_000)
    await renew()
    expect((await caseNow()).timer?.dueAt).toBe(addMinutes(before, 5))
  })

  test('is the holder’s: a colleague, whoever is no reader and a holder no more are refused', async () => {
    await expect(renew()).rejects.toMatchObject({ code: 'not-permitted' })
    await claim()
    await expect(renew(kaya)).rejects.toMatchObject({ code: 'not-permitted' })
    await expect(renew(principalOf('p-referrer-vienna'))).rejects.toMatchObject({ code: 'not-permitted' })
    const context = await room.asking('renewClaim', weber)
    await release()
    const late = renewClaim(room.ports, { params: { referralId: room.referralId }, body: {}, context })
    await expect(late).rejects.toMatchObject({ name: 'Refusal' })
  })
})

describe('a worklist', () => {
  test('has what its reader was offered, and nobody else’s', async () => {
    expect((await list()).items).toMatchObject([{ referralId: room.referralId, state: 'offered', images: 2 }])
    expect((await list(kaya)).items).toEqual([])
    expect(audited('listWorklist')[0]).toMatchObject({
      action: 'query',
      facts: { rows: 1, withheld: 0, referrals: [room.referralId] },
    })
  })

  test('does not tell of a case that the policy forbids where the reader is, and its record does', async () => {
    expect((await list(weberNowhere)).items).toEqual([])
    expect(audited('listWorklist')[0]?.facts).toMatchObject({ rows: 0, withheld: 1, referrals: [] })
  })

  test('is for readers', async () => {
    await expect(list(principalOf('p-referrer-vienna'))).rejects.toMatchObject({ code: 'not-permitted' })
    const { readerId: none, ...unknown } = weber
    expect(none).toBe(readerId('r-weber'))
    await expect(list(unknown)).rejects.toMatchObject({ code: 'not-permitted' })
  })
})
