import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiProblem, atCurrentVersion } from '../../local/client/api-client.ts'
import type { OperationId } from '../../shared/contracts/routes.ts'
import { filesThatHold } from '../fixtures/written-words.ts'
import { eraseOnAws } from './erase-on-aws.ts'
import { commandHeaders, eventually, raw, referralBody, sendStudy, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

const [first, second, clerk, referrer] = ['p-privacy-vienna', 'p-counsel-vienna', 'p-clerk-vienna', 'p-referrer-vienna']

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 60_000)
afterAll(() => target.stop())

interface Subject {
  readonly patientId: string
  readonly family: string
}
const someone = (): Subject => {
  const tail = randomBytes(6).toString('hex')
  return { patientId: `MRN-${tail}`, family: `Erasand${tail}` }
}

const referralOf = (subject: Subject, study?: { studyInstanceUid: string }) => {
  const body = referralBody(study)
  const { patientId, family } = subject
  const clinical = { question: `Is ${family} to be forgotten?` }
  return { ...body, clinical, patient: { ...body.patient, patientId, name: { family, given: 'Maria' } } }
}

const cancel = (referralId: string) => {
  const who = target.as(referrer)
  return atCurrentVersion(who, referralId, (version) =>
    who.call('cancelReferral', { params: { referralId }, body: { reason: 'entered-in-error' }, version }),
  )
}

const ended = async (subject = someone()): Promise<string> => {
  const { referralId } = await submit(target, referralOf(subject))
  await cancel(referralId)
  return referralId
}

const stateOf = (referralId: string, who = first) => target.as(who).call('readRetention', { params: { referralId } })

type Step = Extract<OperationId, `${string}LegalHold` | `${string}Erasure`>
const step = async (
  operation: Step,
  who: string,
  params: { referralId: string; holdId?: string },
  body: object = {},
) => {
  const { version } = await stateOf(params.referralId)
  return target.as(who).call(operation, { params, body: body as never, version })
}
const refusal = async (asked: Promise<unknown>): Promise<Record<string, unknown>> =>
  asked.then(
    () => ({ code: 'none' }),
    (thrown: unknown) => {
      if (thrown instanceof ApiProblem) return { ...thrown.problem }
      throw thrown
    },
  )

const request = (referralId: string, who = first) =>
  step('requestErasure', who, { referralId }, { basis: 'data-subject-request' })
const confirm = (referralId: string, who = second) => step('confirmErasure', who, { referralId })

describe('an erasure', () => {
  it('is asked for by one person, carried out by another, and leaves nothing but its proof', async () => {
    const referralId = await ended()
    expect(await stateOf(referralId)).toMatchObject({ version: 0, legalHolds: [], erasure: null, kept: [] })
    const asked = await request(referralId)
    expect(asked).toMatchObject({ erasure: { state: 'requested' }, kept: [{ why: 'second-person-needed' }] })
    expect(await refusal(confirm(referralId, first))).toMatchObject({ status: 403, code: 'second-person-needed' })

    const done = await confirm(referralId)
    expect(done.erasure).toMatchObject({ state: 'erased', requestedBy: first, confirmedBy: second })
    for (const path of ['/status', '/timeline', '/audit'])
      expect((await raw(target, first, 'GET', `/v1/referrals/${referralId}${path}`)).json['code']).toBe('not-found')
    expect(await stateOf(referralId)).toEqual(done)
    const { files } = await target.as(first).call('listRetention', { query: { limit: 200 } })
    expect(files.find((one) => one.referralId === referralId)?.erasure).toEqual(done.erasure)
  })

  it('answers a repeat of the confirmation with what was done', async () => {
    const referralId = await ended()
    const { version } = await request(referralId)
    const idempotencyKey = `erase-${referralId}`
    const asked = { params: { referralId }, body: {}, version, idempotencyKey }
    const done = await target.as(second).call('confirmErasure', asked)
    expect(await target.as(second).call('confirmErasure', asked)).toEqual(done)
  })

  it('leaves no word of the subject in any store of the cell, and takes nothing while a lock holds it', async () => {
    const subject = someone()
    const study = studyInHand(2, {
      id: subject.patientId,
      name: `${subject.family}^Maria`,
      birthDate: '19560229',
    })
    const { referralId } = await submit(target, referralOf(subject, study))
    await sendStudy(target.as(clerk), referralId, study)
    // Complete, and not only stored: the study's metadata, the third object, is written when the upload is settled.
    await eventually(target, referrer, referralId, ({ images }) => images.complete && images.stored === 2)
    await cancel(referralId)
    await request(referralId)
    const uids = [study.studyInstanceUid, ...study.objects.map(({ sopInstanceUid }) => sopInstanceUid)]
    const words = [subject.patientId, subject.family, ...uids]
    if (target.dataDir === undefined) {
      const refused = () => refusal(confirm(referralId))
      await eraseOnAws({ referralId, words, refused, confirm: () => confirm(referralId) })
      return
    }
    for (const word of uids) expect(filesThatHold(target.dataDir, [word]), word).not.toEqual([])
    const done = await confirm(referralId)
    expect(done.erasure).toMatchObject({ state: 'erased', proof: { objects: 3 } })
    expect(filesThatHold(target.dataDir, words)).toEqual([])
  }, 120_000)

  it('of a case that has not ended is kept, with the reason', async () => {
    const { referralId } = await submit(target, referralOf(someone()))
    expect((await request(referralId)).kept).toContainEqual({ why: 'case-open' })
    expect(await refusal(confirm(referralId))).toMatchObject({ code: 'erasure-kept', facts: { kept: ['case-open'] } })
    const withdrawn = await step('withdrawErasure', second, { referralId })
    expect(withdrawn.erasure).toBeNull()
  })

  it('is nothing for anybody but a privacy officer of the referring organisation', async () => {
    const referralId = await ended()
    const { version } = await request(referralId)
    const path = `/v1/referrals/${referralId}/erasure/confirm`
    const asked = (who: string) =>
      raw(target, who, 'POST', path, { headers: commandHeaders(`x-${who}-${referralId}`, version), body: '{}' })
    expect((await asked('p-privacy-dublin')).json['code']).toBe('not-found')
    for (const who of [clerk, referrer, 'p-administrator', 'p-auditor', 'p-operations'])
      expect((await asked(who)).status, who).toBe(403)
    expect((await stateOf(referralId)).erasure?.state).toBe('requested')
  })

  it('on a state that the caller has not seen is refused', async () => {
    const referralId = await ended()
    const { version } = await request(referralId)
    await step('placeLegalHold', first, { referralId }, { reason: 'complaint' })
    const stale = target.as(second).call('confirmErasure', { params: { referralId }, body: {}, version })
    expect(await refusal(stale)).toMatchObject({ code: 'stale-version' })
  })
})

describe('a legal hold', () => {
  it('blocks an erasure until two people have lifted it', async () => {
    const referralId = await ended()
    const placed = await step('placeLegalHold', first, { referralId }, { reason: 'litigation' })
    const holdId = placed.legalHolds[0]?.holdId ?? ''
    const hold = { referralId, holdId }
    await request(referralId)
    const kept = { code: 'erasure-kept', facts: { kept: [`legal-hold ${holdId}`] } }
    expect(await refusal(confirm(referralId))).toMatchObject(kept)
    expect(await refusal(step('confirmLegalHold', first, hold))).toMatchObject({ code: 'second-person-needed' })
    await step('confirmLegalHold', second, hold)
    await step('askToLiftLegalHold', first, hold)
    expect(await refusal(confirm(referralId))).toMatchObject(kept)
    expect(await refusal(step('liftLegalHold', first, hold))).toMatchObject({ code: 'second-person-needed' })
    await step('keepLegalHold', second, hold)
    expect(await refusal(step('liftLegalHold', second, hold))).toMatchObject({ code: 'illegal-transition' })
    await step('askToLiftLegalHold', second, hold)
    expect((await step('liftLegalHold', first, hold)).kept).toEqual([{ why: 'second-person-needed' }])
    expect((await confirm(referralId)).erasure?.state).toBe('erased')
  })

  it('is recorded step by step in the trail of the case', async () => {
    const referralId = await ended()
    const placed = await step('placeLegalHold', first, { referralId }, { reason: 'regulator' })
    await step('confirmLegalHold', second, { referralId, holdId: placed.legalHolds[0]?.holdId ?? '' })
    const { records } = await target.as(first).call('readAuditTrail', { params: { referralId } })
    const steps = records.filter(({ operation }) => operation.endsWith('LegalHold'))
    expect(steps.map(({ operation, by }) => [operation, by.id])).toEqual([
      ['placeLegalHold', first],
      ['confirmLegalHold', second],
    ])
    expect(steps[0]?.facts).toMatchObject({ step: 'place-hold', reason: 'regulator' })
  })
})

describe('a report of accesses', () => {
  const reportOn = (subject: Subject, who = first) =>
    target.as(who).call('readAccessReport', { body: { siteId: 'donau-vienna', patientId: subject.patientId } })

  it('lists exactly who saw what of all cases of the patient, and itself', async () => {
    const subject = someone()
    const ids = [await ended(subject), await ended(subject)]
    await ended()
    const [one = '', other = ''] = ids
    for (const who of [referrer, referrer, clerk])
      await target.as(who).call('readReferral', { params: { referralId: one } })
    await target.as(clerk).call('readStatus', { params: { referralId: other } })

    const report = await reportOn(subject)
    expect(report.cases.map(({ referralId }) => referralId).sort()).toEqual([...ids].sort())
    const seen = (referralId: string) =>
      report.cases
        .find((each) => each.referralId === referralId)
        ?.accesses.map(({ by, operation, times }) => [by.id, operation, times])
    const ending = [
      [clerk, 'submitReferral', 1],
      [referrer, 'readStatus', 1],
    ]
    expect(seen(one)).toEqual([
      ...ending,
      [referrer, 'readReferral', 2],
      [clerk, 'readReferral', 1],
      [first, 'readAccessReport', 1],
    ])
    expect(seen(other)).toEqual([...ending, [clerk, 'readStatus', 1], [first, 'readAccessReport', 1]])
    for (const { log } of report.cases) expect(log.outcome).toBe('intact')
    expect(report.text).toContain('2 times: referrer of Donau Klinikum read the referral')
    expect(report.text).toContain('The log of this case is unbroken.')
  })

  it('knows no patient of another site or organisation, and nobody but a privacy officer may ask', async () => {
    const subject = someone()
    await ended(subject)
    expect((await reportOn(someone())).cases).toEqual([])
    expect(await refusal(reportOn(subject, 'p-privacy-dublin'))).toMatchObject({ code: 'unknown-organisation' })
    const elsewhere = { body: { siteId: 'liffey-dublin', patientId: subject.patientId } }
    const dublin = await target.as('p-privacy-dublin').call('readAccessReport', elsewhere)
    expect(dublin.cases).toEqual([])
    expect(await refusal(reportOn(subject, referrer))).toMatchObject({ status: 403 })
  })

  it('no longer knows a case that was erased', async () => {
    const subject = someone()
    const referralId = await ended(subject)
    await request(referralId)
    await confirm(referralId)
    expect((await reportOn(subject)).cases).toEqual([])
  })
})
