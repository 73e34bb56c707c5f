import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { claim } from './cell-in-hand.ts'
import { eventually, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, personOfReader, type Target } from './target.ts'

let target: Target
let referralId: string
let reader: ApiClient
let readerSub: string

beforeAll(async () => {
  target = await openTarget()
  const study = studyInHand(1)
  const referral = await submit(target, referralBody(study))
  referralId = referral.referralId
  await sendStudy(target.as('p-clerk-vienna'), referralId, study)
  const offered = await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'offered')
  readerSub = personOfReader(offered.readerId ?? '')
  reader = target.as(readerSub)
  await claim(reader, referralId)
}, 120_000)
afterAll(() => target.stop())

const notesFor = async (who: ApiClient) => {
  const referral = await who.call('readReferral', { params: { referralId } })
  return 'notes' in referral ? referral.notes : 'withheld'
}
const at = expect.stringMatching(/^\d{4}-/) as string
const question = () => ({
  kind: 'question',
  text: 'When did it begin?',
  by: expect.objectContaining({ id: readerSub, role: 'reader' }) as object,
  at,
})

describe('a reader who must ask the site', () => {
  it('is read by the referrer in the words of the question', async () => {
    await atCurrentVersion(reader, referralId, (version) =>
      reader.call('requestInformation', {
        params: { referralId },
        version,
        body: { item: 'clinical-history', note: 'When did it begin?' },
      }),
    )
    expect(await notesFor(target.as('p-referrer-vienna'))).toEqual([question()])
  })

  it('is told meanwhile that the case waits, and not that it was lost', async () => {
    const draft = reader.call('saveDraft', { params: { referralId }, body: { text: { findings: 'Begun.' } } })
    await expect(draft).rejects.toMatchObject({
      problem: { code: 'illegal-transition', facts: { state: 'needs-information' } },
    })
  })

  it('reads the answer once the case is theirs again', async () => {
    const referrer = target.as('p-referrer-vienna')
    await atCurrentVersion(referrer, referralId, (version) =>
      referrer.call('provideInformation', { params: { referralId }, version, body: { note: 'At eight.\nOn waking.' } }),
    )
    const by = { kind: 'person', id: 'p-referrer-vienna', orgId: 'donau-klinikum', role: 'referrer' }
    const both = [question(), { kind: 'answer', text: 'At eight.\nOn waking.', by, at }]
    expect(await notesFor(reader)).toEqual(both)
    expect(await notesFor(target.as('p-clerk-vienna'))).toEqual(both)
    await reader.call('saveDraft', { params: { referralId }, body: { text: { findings: 'Begun.' } } })
  })

  it('finds no word of it where the case is only followed, and nothing is read without a record', async () => {
    const params = { referralId }
    const followed = await Promise.all([
      reader.call('readStatus', { params }),
      reader.call('readTimeline', { params }),
      reader.call('listWorklist'),
    ])
    expect(JSON.stringify(followed)).not.toMatch(/begin|eight/)
    const { records } = await target.as('p-auditor').call('readAuditTrail', { params })
    const reads = records.filter(({ operation }) => operation === 'readReferral')
    expect(reads.map(({ by }) => by.id)).toEqual(['p-referrer-vienna', readerSub, 'p-clerk-vienna'])
    expect(JSON.stringify(records)).not.toMatch(/begin|eight/)
  })
})
