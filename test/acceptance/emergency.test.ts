import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiProblem, type ApiClient } from '../../local/client/api-client.ts'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import { confirmedPolicy } from '../fixtures/confirmed-policy.ts'
import { networkWithReaderAbroad } from '../fixtures/reader-abroad.ts'
import { cellInHand, claim, untilState, type CellInHand } from './cell-in-hand.ts'
import { referralBody, sendStudy, studyInHand } from './study-in-hand.ts'
import { codeOf } from './refusal-of.ts'

type Step = 'declareEmergency' | 'confirmEmergency' | 'reviewEmergency' | 'claimCase' | 'acknowledgeEscalation'

let hand: CellInHand
let referralId: string
const study = studyInHand(2)
const findings = { findings: 'Dense MCA', impression: 'Occlusion', alert: 'none' } as const

const statusNow = () => hand.as('p-coordinator-dublin').call('readStatus', { params: { referralId } })

/** As anybody who may not follow the case would have to ask: with the version that somebody told them. */
async function step(
  who: ApiClient,
  operation: Step,
  body: object,
  emergencyId = '',
  escalationId = '',
): Promise<CaseStatus> {
  for (;;) {
    const { version } = await statusNow()
    try {
      return await who.call(operation, {
        params: { referralId, emergencyId, escalationId },
        body: body as never,
        version,
      })
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.problem.code !== 'stale-version') throw thrown
    }
  }
}

const calledIn = async (sub: string): Promise<string[]> =>
  (await hand.as(sub).call('listEscalations', { query: { limit: 200 } })).referrals.map((row) => row.referralId)

const declaration = { readerId: 'r-harris', reason: 'threat-to-life' }
const the = (status: CaseStatus) => {
  const emergency = status.emergencies.at(-1)
  if (emergency === undefined) throw new Error('no emergency')
  return emergency
}

beforeAll(async () => {
  hand = await cellInHand((origin) => ({ network: networkWithReaderAbroad(origin), policy: confirmedPolicy.policy }))
  const clerk = hand.as('p-clerk-dublin')
  const body = referralBody(study, 'stroke', 'liffey-dublin')
  referralId = (await clerk.call('submitReferral', { body })).referralId
  await sendStudy(clerk, referralId, study)
  await untilState(hand.as('p-coordinator-dublin'), referralId, 'study-available')
}, 60_000)
afterAll(() => hand.stop())

describe('a case that no reader may see in time', () => {
  it('is not there for the reader abroad', async () => {
    expect(await codeOf(step(hand.as('p-harris'), 'claimCase', {}))).toBe('not-found')
    expect(await codeOf(hand.as('p-harris').call('readStatus', { params: { referralId } }))).toBe('not-found')
  })

  it('is opened by two people of its hospital, neither of them the reader, for an hour and a later review', async () => {
    const coordinator = hand.as('p-coordinator-dublin')
    expect(await codeOf(step(hand.as('p-coordinator-vienna'), 'declareEmergency', declaration))).toBe('not-found')
    const nobody = { ...declaration, readerId: 'r-nobody' }
    expect(await codeOf(step(coordinator, 'declareEmergency', nobody))).toBe('unknown-reader')

    const { version } = await statusNow()
    const command = { params: { referralId }, body: declaration as never, version, idempotencyKey: randomUUID() }
    const declared = await coordinator.call('declareEmergency', command)
    expect(await coordinator.call('declareEmergency', command)).toEqual(declared)
    const { emergencyId, owner, expiresAt, declaredAt, reviewDueAt } = the(declared)
    expect(owner).toMatchObject({ role: 'confirmer', personId: 'p-duty-dublin' })
    expect(Date.parse(expiresAt) - Date.parse(declaredAt)).toBe(60 * 60_000)
    expect(Date.parse(reviewDueAt) - Date.parse(declaredAt)).toBe(72 * 3_600_000)

    // Who is called finds the case in a list of their own, until they have taken it up.
    expect(await calledIn('p-duty-dublin')).toContain(referralId)
    expect(await calledIn('p-coordinator-dublin')).not.toContain(referralId)

    const stale = { params: { referralId, emergencyId }, body: {}, version }
    expect(await codeOf(hand.as('p-duty-dublin').call('confirmEmergency', stale))).toBe('stale-version')
    expect(await codeOf(step(hand.as('p-harris'), 'claimCase', {}))).toBe('not-found')
    expect(await codeOf(step(coordinator, 'confirmEmergency', {}, emergencyId))).toBe('second-person-needed')
    const referrer = hand.as('p-referrer-dublin')
    expect(await codeOf(step(referrer, 'confirmEmergency', {}, emergencyId))).toBe('not-permitted')
    const confirmed = await step(hand.as('p-duty-dublin'), 'confirmEmergency', {}, emergencyId)
    expect(the(confirmed)).toMatchObject({ confirmedBy: 'p-duty-dublin', owner: { personId: 'p-privacy-dublin' } })
    expect(confirmed.escalations.map(({ personId }) => personId)).toEqual(
      expect.arrayContaining(['p-duty-dublin', 'p-privacy-dublin']),
    )
    for (const { escalationId } of confirmed.escalations.filter(({ personId }) => personId === 'p-duty-dublin'))
      await step(hand.as('p-duty-dublin'), 'acknowledgeEscalation', {}, emergencyId, escalationId)
    expect(await calledIn('p-duty-dublin')).not.toContain(referralId)
  })

  it('is claimed and seen in the region by the reader it names, on no worklist, and by nobody else', async () => {
    const reader = hand.as('p-harris')
    expect(await codeOf(step(hand.as('p-sousa'), 'claimCase', {}))).toBe('not-found')
    const claimed = await claim(reader, referralId)
    expect(claimed).toMatchObject({ state: 'claimed', readerId: 'r-harris' })
    expect(the(claimed).claimedAt).toBe(claimed.milestones.claimedAt)
    // On a cell that other suites share the reader may hold other cases.
    expect((await reader.call('listWorklist')).items.map((item) => item.referralId)).not.toContain(referralId)
    const page = await reader.call('listImages', { params: { referralId } })
    expect([page.mode, page.images.length]).toEqual(['view_in_region_identifiable', 2])
    expect(page.images.some(({ get }) => get !== undefined)).toBe(false)
    const asked = await reader.call('readReferral', { params: { referralId } })
    expect('clinical' in asked && asked.clinical.question.length > 0).toBe(true)
  })

  it('is signed, and each release stands in the trail with what was waived, by whom and why', async () => {
    const reader = hand.as('p-harris')
    const { version } = await statusNow()
    const filed = { params: { referralId }, body: { text: findings, attachmentIds: [] }, version }
    await reader.call('signFinal', filed)
    const trail = await hand.as('p-privacy-dublin').call('readAuditTrail', { params: { referralId } })
    const text = JSON.stringify(trail)
    for (const word of ['"waived":["SCC_TIA"]', 'threat-to-life', '"approvedBy":"p-duty-dublin"']) {
      expect(text).toContain(word)
    }
  })

  it('is reviewed by somebody who had no part in it, which ends it', async () => {
    const { emergencyId } = the(await statusNow())
    const review = { outcome: 'appropriate' }
    expect(await codeOf(step(hand.as('p-duty-dublin'), 'reviewEmergency', review, emergencyId))).toBe('not-permitted')
    const done = await step(hand.as('p-privacy-dublin'), 'reviewEmergency', review, emergencyId)
    expect(the(done)).toMatchObject({ owner: null, reviewed: { by: 'p-privacy-dublin', outcome: 'appropriate' } })
    expect(await codeOf(step(hand.as('p-privacy-dublin'), 'reviewEmergency', review, emergencyId))).toBe(
      'illegal-transition',
    )
    const images = hand.as('p-harris').call('listImages', { params: { referralId } })
    expect(await codeOf(images)).toMatch(/residency-forbidden|not-eligible/)
  })

  it('takes no emergency once its report is signed', async () => {
    expect(await codeOf(step(hand.as('p-coordinator-dublin'), 'declareEmergency', declaration))).toBe(
      'illegal-transition',
    )
  })
})
