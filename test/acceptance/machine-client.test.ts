import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signAssertion } from '../../local/client/machine-tokens.ts'
import { ASSERTION_TYPE } from '../../shared/contracts/http/tokens.ts'
import { machineIssuerOf, tokenUrlOf } from '../../shared/contracts/machine-issuer.ts'
import { eventually, referralBody, studyInHand, submit } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 60_000)
afterAll(() => target.stop())

const askWith = (assertion: string, more: Record<string, string> = {}) =>
  fetch(tokenUrlOf(target.machine), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
      ...more,
    }),
  })
const assertion = () => signAssertion(target.machine, tokenUrlOf(target.machine))

describe('a system of the referring hospital', () => {
  const study = studyInHand(2)
  let referralId = ''

  it('submits a referral, sends its study and follows it until a reader is asked', async () => {
    const { client } = target.machine
    const submitted = await client.call('submitReferral', { body: referralBody(study) })
    referralId = submitted.referralId
    const { uploadId } = await client.call('openUpload', {
      params: { referralId },
      version: submitted.version,
      body: {
        studyInstanceUid: study.studyInstanceUid,
        objects: study.objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 })),
      },
    })
    const { urls } = await client.call('pageUploadUrls', { params: { referralId, uploadId } })
    for (const { index, put } of urls) {
      const content = study.objects[index]?.content
      const { status } = await fetch(put?.url ?? '', {
        method: 'PUT',
        headers: put?.headers ?? {},
        body: content as Uint8Array<ArrayBuffer>,
      })
      expect(status).toBe(200)
    }
    const end = Date.now() + 60_000
    let state = ''
    while (state !== 'offered' && Date.now() < end) {
      ;({ state } = await client.call('readStatus', { params: { referralId } }))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(state).toBe('offered')
    expect((await client.call('readReports', { params: { referralId } })).reports).toEqual([])
  }, 90_000)

  it('stands in the timeline as the system that it is', async () => {
    const { entries } = await target.machine.client.call('readTimeline', { params: { referralId } })
    const by = entries.find(({ event }) => event === 'referral-submitted')?.by
    expect(by).toMatchObject({ kind: 'machine', id: target.machine.clientId, orgId: 'donau-klinikum' })
  })

  it('sees no case of another organisation', async () => {
    const other = await submit(target, referralBody(undefined, 'stroke', 'liffey-dublin'), 'p-clerk-dublin')
    const asked = target.machine.client.call('readStatus', { params: { referralId: other.referralId } })
    await expect(asked).rejects.toMatchObject({ problem: { status: 404 } })
  })

  it.each([
    ['listWorklist', {}],
    ['listImages', {}],
    ['claimCase', { body: {}, version: 1 }],
    ['acknowledgeReport', { body: {}, version: 1 }],
    ['cancelReferral', { body: { reason: 'withdrawn' }, version: 1 }],
    ['readAuditTrail', {}],
    ['readReferral', {}],
  ] as const)('may not %s', async (operation, options) => {
    const asked = target.machine.client.call(operation, { params: { referralId }, ...options } as never)
    await expect(asked).rejects.toMatchObject({
      problem: { status: expect.toSatisfy((s) => [401, 403, 404].includes(s as number)) as number },
    })
  })

  it('is told nothing by a token of less than it is registered for', async () => {
    const answer = await askWith(await assertion(), { scope: 'uploads:write' })
    const { access_token: token, scope } = (await answer.json()) as { access_token: string; scope: string }
    expect(scope).toBe('uploads:write')
    const listed = await fetch(`${target.machine.baseUrl}/v1/referrals`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(listed.status).toBe(403)
  })

  it('proves itself with each assertion once', async () => {
    const once = await assertion()
    const answers = await Promise.all(Array.from({ length: 20 }, () => askWith(once)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await answers.find(({ status }) => status !== 200)?.json()).toEqual({ error: 'invalid_client' })
  })

  it('finds where to ask at the address of the issuer', async () => {
    const found = await fetch(`${machineIssuerOf(target.machine)}/.well-known/openid-configuration`)
    expect(await found.json()).toMatchObject({
      issuer: machineIssuerOf(target.machine),
      token_endpoint: tokenUrlOf(target.machine),
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    })
  })

  it('leaves every case with people as its owners', async () => {
    const status = await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'offered')
    expect(status.owner?.personId).toMatch(/^p-/)
  })
})
