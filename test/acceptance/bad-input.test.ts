import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import { SiteIdSchema } from '../../shared/domain/network/ids.ts'
import {
  commandHeaders,
  eventually,
  freshUid,
  raw,
  referralBody,
  studyInHand,
  submit,
  type StudyInHand,
} from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'
import { codeOf } from './refusal-of.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 120_000)
afterAll(() => target.stop())

const post = (body: unknown, headers: Record<string, string> = {}) =>
  raw(target, 'p-clerk-vienna', 'POST', '/v1/referrals', {
    headers: { ...commandHeaders(randomUUID()), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('a referral that cannot be taken', () => {
  const good = () => referralBody(undefined)
  const cases: readonly (readonly [string, () => unknown, number, string])[] = [
    ['malformed JSON', () => '{"siteId":', 400, 'malformed-json'],
    ['no JSON at all', () => 'hello', 400, 'malformed-json'],
    ['an unknown field', () => ({ ...good(), colour: 'blue' }), 400, 'invalid-request'],
    [
      'an unknown field deep inside',
      () => ({ ...good(), order: { ...good().order, 'Erika Mustermann': 1 } }),
      400,
      'invalid-request',
    ],
    ['a wrong type', () => ({ ...good(), siteId: 7 }), 400, 'invalid-request'],
    [
      'a name with a character that is none',
      () => ({ ...good(), patient: { ...good().patient, name: { family: 'a\u0000b' } } }),
      400,
      'invalid-request',
    ],
    [
      'a name from a sender in Latin-1',
      () => ({ ...good(), patient: { ...good().patient, name: { family: 'M\ufffdller' } } }),
      400,
      'invalid-request',
    ],
    [
      'a patient id with something invisible in it',
      () => ({ ...good(), patient: { ...good().patient, patientId: 'MRN\u200b-77' } }),
      400,
      'invalid-request',
    ],
    [
      'two patient ids in one patient',
      () => JSON.stringify(good()).replace('"patientId":', '"patientId":"OTHER","patientId":'),
      400,
      'invalid-request',
    ],
    ['a missing patient', () => ({ ...good(), patient: undefined }), 400, 'invalid-request'],
    ['a very deep body', () => `${'['.repeat(5000)}${']'.repeat(5000)}`, 400, 'invalid-request'],
    ['an oversized body', () => ({ ...good(), clinical: { question: 'x'.repeat(70_000) } }), 413, 'body-too-large'],
    [
      'a birth date in the future',
      () => ({ ...good(), patient: { ...good().patient, birthDate: '2999-01-01' } }),
      422,
      'date-in-future',
    ],
    ['an unknown site', () => ({ ...good(), siteId: 'nowhere' }), 422, 'unknown-organisation'],
    ["another organisation's site", () => ({ ...good(), siteId: 'liffey-dublin' }), 422, 'unknown-organisation'],
    ['an unknown pathway', () => ({ ...good(), pathwayId: 'palm-reading' }), 422, 'unknown-pathway'],
    [
      'a UID that is a path',
      () => ({ ...good(), order: { ...good().order, studyInstanceUid: '../../etc/passwd' } }),
      400,
      'invalid-request',
    ],
  ]
  it.each(cases)('%s is answered with its own code', async (_, body, status, code) => {
    const answer = await post(body())
    expect([answer.status, answer.json['code']]).toEqual([status, code])
    expect(answer.json['errorId']).toMatch(/^[0-9a-z]{26}$/)
  })

  it('never has its values repeated in the answer', async () => {
    const canary = `Canary${randomUUID()}`
    const answers = [
      await post({ ...good(), [canary]: canary }),
      await post({ ...good(), patient: { patientId: canary, name: canary } }),
      await post(`{"patient":"${canary}"`),
      await post({ ...good(), siteId: canary.toLowerCase().slice(0, 20) }),
    ]
    for (const { status, text } of answers) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text.toLowerCase()).not.toContain(canary.toLowerCase().slice(0, 20))
    }
  })

  it('needs an Idempotency-Key and JSON', async () => {
    const body = JSON.stringify(referralBody(undefined))
    const without = await raw(target, 'p-clerk-vienna', 'POST', '/v1/referrals', {
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(without.json['code']).toBe('idempotency-key-required')
    const asText = await raw(target, 'p-clerk-vienna', 'POST', '/v1/referrals', {
      headers: { ...commandHeaders(randomUUID()), 'content-type': 'text/plain' },
      body,
    })
    expect(asText.json['code']).toBe('unsupported-media-type')
  })

  it('is a second one for the same study', async () => {
    const study = { studyInstanceUid: freshUid() }
    const { referralId } = await submit(target, referralBody(study))
    await expect(submit(target, referralBody(study))).rejects.toMatchObject({
      problem: { code: 'duplicate-referral', facts: { referralId } },
    })
    await submit(target, referralBody(study, 'stroke', 'liffey-dublin'), 'p-clerk-dublin')
  })

  it('is whole-slide pathology: rejected by a named rule', async () => {
    const body = referralBody(undefined)
    const status = await submit(target, { ...body, order: { ...body.order, modality: 'SM' } })
    expect([status.state, status.rejectedBecause, status.owner]).toEqual(['rejected', 'whole-slide-pathology', null])
  })
})

describe('tokens', () => {
  it.each([
    ['none', undefined],
    ['nonsense', 'abc'],
    [
      'an unsigned one',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`,
    ],
  ])('%s is refused', async (_, token) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`${target.baseUrl}/v1/referrals`, { headers })
    expect(response.status).toBe(401)
  })

  it('with a changed claim is refused', async () => {
    const [head = '', claims = '', signature = ''] = (await target.tokenFor('p-clerk-vienna')()).split('.')
    const forged = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), org_id: 'liffey-hospital' }
    const token = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
    expect(
      (await fetch(`${target.baseUrl}/v1/referrals`, { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(401)
  })
})

describe('a place in a list', () => {
  it('is a place among the matches of its own filters alone', async () => {
    await submit(target, referralBody(undefined))
    await submit(target, referralBody(undefined))
    const clerk = target.as('p-clerk-vienna')
    const asked = { limit: 1, state: 'accepted' } as const
    const { cursor = '' } = await clerk.call('listReferrals', { query: asked })
    const next = await clerk.call('listReferrals', { query: { ...asked, limit: 2, cursor } })
    expect(next.referrals.length).toBeGreaterThan(0)
    for (const query of [
      { cursor },
      { cursor, state: 'rejected' },
      { ...asked, cursor, siteId: SiteIdSchema.parse('donau-vienna') },
      { ...asked, cursor, submittedFrom: '2026-01-01T00:00:00.000Z' },
    ] as const) {
      expect(await codeOf(clerk.call('listReferrals', { query }))).toBe('invalid-cursor')
    }
  })
})

describe('commands', () => {
  it('a repeat gives the first answer, another body under the same key is refused', async () => {
    const key = randomUUID()
    const body = JSON.stringify(referralBody({ studyInstanceUid: freshUid() }))
    const send = (text: string) =>
      raw(target, 'p-clerk-vienna', 'POST', '/v1/referrals', { headers: commandHeaders(key), body: text })
    const first = await send(body)
    const again = await send(body)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    const other = await send(JSON.stringify(referralBody(undefined)))
    expect([other.status, other.json['code']]).toEqual([422, 'idempotency-key-reused'])
  })

  it('a stale version gives 409 with the current one, a missing one 428', async () => {
    const { referralId, version } = await submit(target, referralBody(undefined))
    const path = `/v1/referrals/${referralId}/cancel`
    const body = JSON.stringify({ reason: 'duplicate' })
    const stale = await raw(target, 'p-referrer-vienna', 'POST', path, {
      headers: commandHeaders(randomUUID(), version + 5),
      body,
    })
    expect([stale.status, stale.json['code'], stale.json['facts']]).toEqual([
      409,
      'stale-version',
      { currentVersion: version, state: 'accepted' },
    ])
    const missing = await raw(target, 'p-referrer-vienna', 'POST', path, {
      headers: commandHeaders(randomUUID()),
      body,
    })
    expect([missing.status, missing.json['code']]).toEqual([428, 'version-required'])
  })

  it('a version in half its quotes is none, and a scheme is one in any letters (RFC 9110, 11.1)', async () => {
    const { referralId, version } = await submit(target, referralBody(undefined))
    const token = await target.tokenFor('p-referrer-vienna')()
    const cancel = (ifMatch: string) =>
      fetch(`${target.baseUrl}/v1/referrals/${referralId}/cancel`, {
        method: 'POST',
        headers: { ...commandHeaders(randomUUID()), authorization: `bearer ${token}`, 'if-match': ifMatch },
        body: JSON.stringify({ reason: 'duplicate' }),
      }).then(({ status }) => status)
    expect(await cancel(`"${version}`)).toBe(428)
    expect(await cancel(`${version}"`)).toBe(428)
    expect(await cancel(`"${version}"`)).toBe(200)
  })

  it('a clerk may not accept, a referrer may not upload to a cancelled case', async () => {
    const { referralId, version } = await submit(target, referralBody(undefined))
    const clerk = target.as('p-clerk-vienna')
    expect(await codeOf(clerk.call('acceptReferral', { params: { referralId }, version, body: {} }))).toBe(
      'not-permitted',
    )
    const cancelled = await target
      .as('p-referrer-vienna')
      .call('cancelReferral', { params: { referralId }, version, body: { reason: 'duplicate' } })
    expect(cancelled.state).toBe('cancelled')
    const study = studyInHand(1)
    const opened = clerk.call('openUpload', {
      params: { referralId },
      version: cancelled.version,
      body: {
        studyInstanceUid: study.studyInstanceUid,
        objects: study.objects.map(({ content: _, ...object }) => object),
      },
    })
    expect(await codeOf(opened)).toBe('upload-closed')
  })
})

describe('uploads', () => {
  const open = async (
    study: StudyInHand,
    status: CaseStatus,
    change: (objects: { sopInstanceUid: string; bytes: number; sha256: string }[]) => object[] = (same) => same,
  ) =>
    target.as('p-clerk-vienna').call('openUpload', {
      params: { referralId: status.referralId },
      version: status.version,
      body: {
        studyInstanceUid: study.studyInstanceUid,
        objects: change(study.objects.map(({ content: _, ...object }) => object)) as never,
      },
    })
  const urlsOf = async (status: CaseStatus, uploadId: string) =>
    (await target.as('p-clerk-vienna').call('pageUploadUrls', { params: { referralId: status.referralId, uploadId } }))
      .urls
  const put = (
    one: { url: string; headers: Record<string, string> } | undefined,
    body: Uint8Array,
    change: { url?: string; headers?: Record<string, string> } = {},
  ) =>
    fetch(change.url ?? one?.url ?? '', { method: 'PUT', headers: { ...one?.headers, ...change.headers }, body }).then(
      ({ status }) => status,
    )

  it('refuse a manifest that repeats a UID', async () => {
    const study = studyInHand(1)
    const status = await submit(target, referralBody(study))
    expect(await codeOf(open(study, status, (objects) => [...objects, ...objects]))).toBe('manifest-repeats-uid')
  })

  it('refuse a manifest of more objects than an upload takes, and say how many it does', async () => {
    const study = studyInHand(1)
    const status = await submit(target, referralBody(study))
    const many = open(study, status, ([one]) =>
      Array.from({ length: 2001 }, (_, at) => ({ ...one, sopInstanceUid: `1.2.3.${at}` })),
    )
    await expect(many).rejects.toMatchObject({
      problem: { status: 413, code: 'manifest-too-large', facts: { objects: 2001, objectsLimit: 2000 } },
    })
  })

  it('refuse a study that belongs to another case, and one that the referral did not name', async () => {
    const study = studyInHand(1)
    await submit(target, referralBody(study))
    const other = await submit(target, referralBody(undefined))
    expect(await codeOf(open(study, other))).toBe('study-of-another-case')
    const third = await submit(target, referralBody({ studyInstanceUid: freshUid() }))
    expect(await codeOf(open(studyInHand(1), third))).toBe('manifest-contradicts')
  })

  it('take only the announced bytes, only once, only under the signed URL', async () => {
    const study = studyInHand(1)
    const [object] = study.objects
    if (object === undefined) throw new Error('the study has an object')
    const status = await submit(target, referralBody(study))
    const { uploadId } = await open(study, status)
    const [url] = await urlsOf(status, uploadId)
    const flipped = object.content.slice()
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
    expect(await put(url?.put, flipped)).toBe(400)
    expect(
      await put(url?.put, object.content, {
        url: url?.put?.url.replace(/X-Amz-Signature=\w{4}/, 'X-Amz-Signature=0000') ?? '',
      }),
    ).toBe(403)
    expect(
      await put(url?.put, object.content, {
        url: url?.put?.url.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000') ?? '',
      }),
    ).toBe(403)
    expect(await put(url?.put, object.content)).toBe(200)
    // 412 while the object lies there; 200 again once ingest has moved it on, and then it is simply looked at again.
    expect([200, 412]).toContain(await put(url?.put, object.content))
    const done = await eventually(target, 'p-clerk-vienna', status.referralId, ({ images }) => images.complete)
    expect(done.images).toMatchObject({ expected: 1, stored: 1, failed: 0 })
  })

  it('keep what is wrong out of the study, say why, and never cost the case its good images', async () => {
    const mine = studyInHand(2)
    const theirs = studyInHand(1, { id: 'OTHER-1', name: 'Somebody^Else', birthDate: '19990101' })
    const status = await submit(target, referralBody(mine))
    const [foreign] = theirs.objects
    const [whole] = mine.objects
    if (foreign === undefined || whole === undefined) throw new Error('the studies have objects')
    const cut = whole.content.slice(0, 900)
    const announced = [
      ...mine.objects.map(({ content: _, ...object }) => object),
      { sopInstanceUid: foreign.sopInstanceUid, bytes: foreign.bytes, sha256: foreign.sha256 },
      { sopInstanceUid: freshUid(), bytes: cut.length, sha256: createHash('sha256').update(cut).digest('hex') },
    ]
    const contents = [...mine.objects.map(({ content }) => content), foreign.content, cut]
    const { uploadId } = await open(mine, status, () => announced)
    for (const url of await urlsOf(status, uploadId))
      expect(await put(url.put, contents[url.index] ?? new Uint8Array())).toBe(200)
    const params = { referralId: status.referralId, uploadId }
    const clerk = target.as('p-clerk-vienna')
    await expect.poll(async () => (await clerk.call('readUpload', { params })).missing, { timeout: 30_000 }).toBe(0)
    const failed = await clerk.call('listUploadObjects', { params, query: { state: 'failed' } })
    expect(failed.objects.map(({ index, reason }) => [index, reason])).toEqual([
      [2, 'study-differs'],
      [3, 'truncated'],
    ])
    await clerk.call('completeUpload', { params, body: {} })
    const done = await eventually(target, 'p-clerk-vienna', status.referralId, ({ images }) => images.complete)
    expect(done.images).toMatchObject({ expected: 4, stored: 2, failed: 2 })
    // Whoever reads a study in part must know that it is one.
    const offers = async () => {
      const lists = await Promise.all(['p-weber', 'p-costa'].map((sub) => target.as(sub).call('listWorklist')))
      return lists.flatMap(({ items }) => items).find(({ referralId }) => referralId === status.referralId)
    }
    await expect.poll(offers, { timeout: 30_000 }).toMatchObject({ images: 2, imagesFailed: 2 })
  })

  it('cannot be completed while objects are missing, and say how many', async () => {
    const study = studyInHand(2)
    const status = await submit(target, referralBody(study))
    const { uploadId } = await open(study, status)
    const params = { referralId: status.referralId, uploadId }
    expect(await codeOf(target.as('p-clerk-vienna').call('completeUpload', { params, body: {} }))).toBe(
      'upload-incomplete',
    )
    const resumed = await target.as('p-clerk-vienna').call('resumeUpload', { params, body: {} })
    expect(resumed).toMatchObject({ expected: 2, missing: 2, stored: 0 })
    const objects = (query: { limit?: number; cursor?: string; state?: 'missing' | 'stored' }) =>
      target.as('p-clerk-vienna').call('listUploadObjects', { params, query })
    const { cursor = '' } = await objects({ limit: 1, state: 'missing' })
    expect((await objects({ limit: 1, state: 'missing', cursor })).objects).toHaveLength(1)
    expect(await codeOf(objects({ cursor, state: 'stored' }))).toBe('invalid-cursor')
  })
})
