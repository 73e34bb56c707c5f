import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atCurrentVersion } from '../../local/client/api-client.ts'
import type { BodyOf } from '../../shared/contracts/routes.ts'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import { claim } from './cell-in-hand.ts'
import { eventually, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, personOfReader, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 180_000)
afterAll(() => target.stop())

const clerk = 'p-clerk-vienna'
const reader = (readerId: string) => target.as(personOfReader(readerId))

/** A stroke of Vienna with its images, and the reader it is offered to. */
async function offered(): Promise<{ referralId: string; readerId: string }> {
  const study = studyInHand(1)
  const { referralId } = await submit(target, referralBody(study))
  await sendStudy(target.as(clerk), referralId, study)
  return { referralId, readerId: await offeredAfter(referralId) }
}

async function offeredAfter(referralId: string, before?: string): Promise<string> {
  const isOther = ({ state, readerId }: CaseStatus) => state === 'offered' && readerId !== before
  return (await eventually(target, clerk, referralId, isOther)).readerId ?? ''
}

const giveBack = (readerId: string, referralId: string, reason: BodyOf<'releaseCase'>['reason']) =>
  atCurrentVersion(reader(readerId), referralId, (version) =>
    reader(readerId).call('releaseCase', { params: { referralId }, body: { reason }, version }),
  )

describe('a case given back for a reason that does not pass', () => {
  it('goes to another reader, and the one who gave it back is refused by that rule', async () => {
    const { referralId, readerId } = await offered()
    await claim(reader(readerId), referralId)
    await giveBack(readerId, referralId, 'conflict-of-interest')
    await offeredAfter(referralId, readerId)
    const again = atCurrentVersion(target.as(clerk), referralId, (version) =>
      reader(readerId).call('claimCase', { params: { referralId }, body: {}, version }),
    )
    await expect(again).rejects.toMatchObject({ problem: { code: 'not-eligible', facts: { rule: 'declined' } } })
  })
})

const report = {
  text: { findings: 'None.', impression: 'No clinical meaning.', alert: 'none' as const },
  attachmentIds: [],
}
const file = (operation: 'filePreliminary' | 'signFinal', readerId: string, referralId: string) =>
  atCurrentVersion(target.as(clerk), referralId, (version) =>
    reader(readerId).call(operation, { params: { referralId }, body: report, version }),
  )

describe('a case with a preliminary report', () => {
  const handOver = (who: string, referralId: string) =>
    atCurrentVersion(target.as(clerk), referralId, (version) =>
      target.as(who).call('handOverCase', { params: { referralId }, body: { reason: 'reader-unavailable' }, version }),
    )
  const kindsSeen = async (referralId: string) =>
    (await target.as('p-referrer-vienna').call('readReports', { params: { referralId } })).reports.map(
      ({ kind }) => kind,
    )
  const preliminary = async () => {
    const { referralId, readerId } = await offered()
    await claim(reader(readerId), referralId)
    await file('filePreliminary', readerId, referralId)
    return { referralId, readerId }
  }

  it.each([
    ['its reader', (readerId: string, referralId: string) => giveBack(readerId, referralId, 'outside-competence')],
    ['the coordinator', (_: string, referralId: string) => handOver('p-coordinator-vienna', referralId)],
    ['operations', (_: string, referralId: string) => handOver('p-operations', referralId)],
  ])('is handed over by %s; the site goes on reading it and another reader signs the final', async (_, give) => {
    const { referralId, readerId } = await preliminary()
    await give(readerId, referralId)
    const next = await offeredAfter(referralId, readerId)
    expect(await kindsSeen(referralId)).toEqual(['preliminary'])
    await claim(reader(next), referralId)
    await expect(file('signFinal', readerId, referralId)).rejects.toMatchObject({ problem: { code: 'claim-lost' } })
    await file('signFinal', next, referralId)
    await eventually(target, clerk, referralId, ({ state }) => state === 'delivered')
    expect(await kindsSeen(referralId)).toEqual(['preliminary', 'final'])
  })

  it('is taken from nobody before: a claim ends by its own timer', async () => {
    const { referralId, readerId } = await offered()
    await claim(reader(readerId), referralId)
    await expect(handOver('p-operations', referralId)).rejects.toMatchObject({
      problem: { code: 'illegal-transition', facts: { state: 'claimed' } },
    })
  })
})
