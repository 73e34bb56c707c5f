import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { claim } from './cell-in-hand.ts'
import { eventually, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, personOfReader, type Target } from './target.ts'
import { refusalOf } from './refusal-of.ts'

const whole = studyInHand(4)
const first = { ...whole, objects: whole.objects.slice(0, 2) }
const late = { ...whole, objects: whole.objects.slice(2, 3) }
const latest = { ...whole, objects: whole.objects.slice(3) }

let target: Target
let clerk: ApiClient
let referralId: string
beforeAll(async () => {
  target = await openTarget()
  clerk = target.as('p-clerk-vienna')
  ;({ referralId } = await submit(target, referralBody(whole)))
  await sendStudy(clerk, referralId, first)
}, 60_000)
afterAll(() => target.stop())

describe('images that come when the study is with its readers', () => {
  it('are refused with the state, before anything is sent: nobody’s study changes while they read it', async () => {
    const offered = await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'offered')
    const refused = await refusalOf(sendStudy(clerk, referralId, late))
    expect(refused).toMatchObject({ status: 409, code: 'study-with-reader' })
    expect(['study-available', 'offered']).toContain(refused?.facts?.['state'])
    expect(offered.images).toMatchObject({ expected: 2, stored: 2 })
  })

  it('come in once the reader asks for what is missing, and the reader has them with the answer', async () => {
    const { readerId = '' } = await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'offered')
    const reader = target.as(personOfReader(readerId))
    const params = { referralId }
    await claim(reader, referralId)
    expect(await refusalOf(sendStudy(clerk, referralId, late))).toMatchObject({ code: 'study-with-reader' })
    await atCurrentVersion(reader, referralId, (version) =>
      reader.call('requestInformation', { params, version, body: { item: 'missing-series' } }),
    )
    await sendStudy(clerk, referralId, late)
    await eventually(target, 'p-clerk-vienna', referralId, ({ images }) => images.stored === 3 && images.complete)
    await atCurrentVersion(clerk, referralId, (version) =>
      clerk.call('provideInformation', { params, version, body: { note: 'Sent.' } }),
    )
    const { images } = await reader.call('listImages', { params })
    expect(images.map(({ sopInstanceUid }) => sopInstanceUid).sort()).toEqual(
      whole.objects
        .slice(0, 3)
        .map(({ sopInstanceUid }) => sopInstanceUid)
        .sort(),
    )
  })
})

describe('once the report is final', () => {
  const text = { findings: 'Hyperdense left MCA.', impression: 'Left M1 occlusion.', alert: 'category-1' as const }

  it('the critical result that it declares has whoever referred called, until they take it up', async () => {
    const params = { referralId }
    const { readerId = '' } = await clerk.call('readStatus', { params })
    const reader = target.as(personOfReader(readerId))
    const signed = await atCurrentVersion(reader, referralId, (version) =>
      reader.call('signFinal', { params, version, body: { text, attachmentIds: [] } }),
    )
    expect(signed.criticalResults).toMatchObject([{ category: 'category-1', owner: { personId: 'p-clerk-vienna' } }])
    const { referrals } = await clerk.call('listEscalations', { query: { limit: 200 } })
    const calls = referrals.find((one) => one.referralId === referralId)?.escalations ?? []
    const escalationId = calls.find(({ clock }) => clock.startsWith('critical:'))?.escalationId ?? ''
    const taken = await atCurrentVersion(clerk, referralId, (version) =>
      clerk.call('acknowledgeEscalation', { params: { referralId, escalationId }, version, body: {} }),
    )
    expect(taken.criticalResults).toMatchObject([{ receivedBy: 'p-clerk-vienna' }])
  })

  it('images that come stand beside the case as unread, though it is closed, until its reader has looked', async () => {
    const params = { referralId }
    await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'delivered')
    const duty = target.as('p-duty-vienna')
    const { readerId = '' } = await atCurrentVersion(duty, referralId, (version) =>
      duty.call('acknowledgeReport', { params, version, body: {} }),
    )
    await sendStudy(clerk, referralId, latest)
    const sent = await eventually(
      target,
      'p-clerk-vienna',
      referralId,
      ({ images }) => images.stored === 4 && images.complete,
    )
    expect(sent.state).toBe('acknowledged')
    const reader = target.as(personOfReader(readerId))
    const open = sent.exceptions.filter(({ resolvedAt }) => resolvedAt === undefined)
    expect(open).toMatchObject([
      { code: 'images-after-report', owner: { role: 'reader', personId: personOfReader(readerId) } },
    ])
    expect((await reader.call('listImages', { params })).images).toHaveLength(4)
    const review = (who: ApiClient) =>
      atCurrentVersion(who, referralId, (version) =>
        who.call('reviewLateImages', { params, version, body: { outcome: 'nothing-to-add' } }),
      )
    expect(await refusalOf(review(clerk))).toMatchObject({ code: 'not-permitted' })
    const seen = await review(reader)
    expect(seen.exceptions.every(({ resolvedAt }) => resolvedAt !== undefined)).toBe(true)
  })
})
