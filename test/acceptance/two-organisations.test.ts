import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'
import { codeOf } from './refusal-of.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 60_000)
afterAll(() => target.stop())

it('one study that two organisations refer is two cases, each whole, and neither learns of the other', async () => {
  const study = studyInHand(2)
  const vienna = { who: 'p-clerk-vienna', body: referralBody(study) }
  const dublin = { who: 'p-clerk-dublin', body: referralBody(study, 'stroke', 'liffey-dublin') }
  const cases = []
  for (const { who, body } of [vienna, dublin]) {
    const { referralId } = await submit(target, body, who)
    await sendStudy(target.as(who), referralId, study)
    cases.push({ who, referralId })
  }
  for (const { who, referralId } of cases) {
    const { images } = await eventually(
      target,
      who,
      referralId,
      (status) => status.milestones.availableAt !== undefined,
    )
    expect(images).toEqual({ expected: 2, stored: 2, failed: 0, complete: true })
  }
  const [ofVienna, ofDublin] = cases
  const params = { referralId: ofVienna?.referralId ?? '' }
  expect(await codeOf(target.as('p-clerk-dublin').call('readStatus', { params }))).toBe('not-found')
  expect(JSON.stringify(await target.as('p-clerk-dublin').call('listReferrals'))).not.toContain(params.referralId)

  // Within one organisation it stays one study, one case; which, is told to whoever may follow it.
  const again = submit(target, dublin.body, dublin.who)
  await expect(again).rejects.toMatchObject({
    problem: { code: 'duplicate-referral', facts: { referralId: ofDublin?.referralId } },
  })
}, 60_000)
