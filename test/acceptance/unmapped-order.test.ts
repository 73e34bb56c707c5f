import { afterAll, beforeAll, expect, it } from 'vitest'
import { atCurrentVersion } from '../../local/client/api-client.ts'
import { eventually, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 60_000)
afterAll(() => target.stop())

it('an order whose subspecialty nobody can tell is the operations desk’s, and goes on to a reader meanwhile', async () => {
  const study = studyInHand(1)
  const body = referralBody(study)
  const { referralId, exceptions } = await submit(target, {
    ...body,
    order: { ...body.order, bodyPart: 'as discussed' },
  })
  const owner = { role: 'operations', orgId: 'overread-operations', personId: 'p-operations' }
  expect(exceptions).toMatchObject([{ code: 'unmapped', owner }])
  await sendStudy(target.as('p-clerk-vienna'), referralId, study)
  const there = await eventually(target, 'p-operations', referralId, (one) => one.milestones.availableAt !== undefined)
  expect(there).toMatchObject({ subspecialty: 'general', exceptions: [{ code: 'unmapped', owner }] })

  const desk = target.as('p-operations')
  const { referrals } = await desk.call('listReferrals', { query: { limit: 200 } })
  expect(referrals.map((row) => row.referralId)).toContain(referralId)
  const resolved = await atCurrentVersion(desk, referralId, (version) =>
    desk.call('resolveException', { params: { referralId }, version, body: { resolution: 'other' } }),
  )
  expect(resolved.exceptions).toMatchObject([{ code: 'unmapped', resolvedAt: expect.any(String) as string }])
  const { entries } = await desk.call('readTimeline', { params: { referralId } })
  expect(entries.filter(({ event }) => event.startsWith('aside')).map(({ event, facts }) => [event, facts])).toEqual([
    ['aside-raised', { code: 'unmapped' }],
    ['aside-resolved', { code: 'unmapped', resolution: 'other' }],
  ])
}, 60_000)
