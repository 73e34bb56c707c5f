import { verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { saveDraft } from '../../../../functions/report-filing/save-draft.ts'
import { addAddendum, filePreliminary, signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { readReports } from '../../../../functions/report-filing/read-reports.ts'
import type { FileReport } from '../../../../shared/contracts/http/reports.ts'
import { SealedReportSchema, sealedReportKey } from '../../../../shared/contracts/stored/sealed-report.ts'
import type { Principal } from '../../../../shared/domain/access/principal.ts'
import { canonicalJson } from '../../../../shared/domain/canonical-json.ts'
import { AnsweredBefore } from '../../../../shared/ledger/asking.ts'
import { appendAudit, caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { ObjectStore } from '../../../../shared/ports/object-store.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { networkWith } from '../../../builders/demo-routing.ts'
import { principalOf, readingRoom, sha256, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

const weber = principalOf('p-weber')
const text = { findings: 'Canary-Findings', impression: 'Canary-Impression', alert: 'none' as const }
const filed = (changes: Partial<FileReport> = {}): FileReport => ({ text, attachmentIds: [], ...changes })

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

const sign = async (file: typeof signFinal, principal: Principal = weber, body = filed(), key?: string) => {
  const operation = { [signFinal.name]: 'signFinal', [filePreliminary.name]: 'filePreliminary' } as const
  const context = await room.asking(operation[file.name] ?? 'addAddendum', principal, key)
  return file(room.ports, { params: { referralId: room.referralId }, body, context })
}

const sealedObject = async (reportId: string) => {
  const ref = { bucket: 'reports' as const, key: sealedReportKey(room.referralId, reportId) }
  const bytes = await room.ports.objects.readRange(inside, ref, 0, 1_000_000)
  return SealedReportSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}

const draftOf = (readerId: string) => room.ports.store.read(keys.draft(room.referralId, readerId))
const reportsFiled = async () => (await room.loaded()).case.reports

describe('a signed report', () => {
  test('is sealed with its text, signer, licence, images and decision, and anybody can check the signature', async () => {
    const status = await sign(signFinal)
    expect(status.state).toBe('final-signed')
    const [mark] = status.reports
    const sealed = await sealedObject(mark!.reportId)
    const bytes = Buffer.from(canonicalJson(sealed.content))
    expect(sealed.sha256).toBe(sha256(bytes))
    expect(mark!.sha256).toBe(sealed.sha256)
    const { pem, keyId } = await room.ports.keys.publicKey()
    expect(sealed.signature.keyId).toBe(keyId)
    expect(verify('sha256', bytes, pem, Buffer.from(sealed.signature.value, 'base64'))).toBe(true)
    expect(sealed.content).toMatchObject({
      text,
      kind: 'final',
      signer: { readerId: 'r-weber', orgId: 'rheinblick-radiology', readingFrom: 'DE' },
      registration: { jurisdiction: 'AT', number: 'AT-DEMO-WEBER' },
      study: { instances: 2, sha256: sha256([sha256('image 0'), sha256('image 1')].sort().join('\n')) },
      previousSha256: null,
    })
    const decision = await room.ports.store.read(keys.decision(room.referralId, sealed.content.decisionId))
    expect(decision?.body).toMatchObject({ purpose: 'sign-off', residency: { purpose: 'sign-off' } })
  })

  test('follows the one before it: preliminary, final, addendum are one chain', async () => {
    await sign(filePreliminary)
    expect((await room.loaded()).case.phase.state).toBe('preliminary')
    await sign(signFinal)
    await room.command({ command: 'deliver', recipientOrgId: 'donau-klinikum' })
    const status = await sign(addAddendum)
    expect(status.state).toBe('final-signed')
    const [first, second, third] = status.reports.map(({ sha256: digest }) => digest)
    const previous = await Promise.all(
      status.reports.map(async ({ reportId }) => (await sealedObject(reportId)).content.previousSha256),
    )
    expect(previous).toEqual([null, first, second])
    expect(third).toBeDefined()
    expect(status.reports.map(({ kind }) => kind)).toEqual(['preliminary', 'final', 'addendum'])
  })

  test('takes the place of the draft', async () => {
    const context = await room.asking('saveDraft', weber)
    await saveDraft(room.ports, { params: { referralId: room.referralId }, body: { text: {} }, context })
    expect(await draftOf('r-weber')).toBeDefined()
    await sign(signFinal)
    expect(await draftOf('r-weber')).toBeUndefined()
  })

  test('is written once although the commit had to be tried again', async () => {
    const { store } = room.ports
    let disturbed = 0
    const contended: RecordStore = {
      ...store,
      transact: async (writes) => {
        if (disturbed++ === 0) {
          const at = room.ports.clock.now()
          const by = { kind: 'overread', id: 'somebody-else' } as const
          await appendAudit(store, caseChain(room.referralId), [
            { at, by, action: 'read', operation: 'test', outcome: 'success' },
          ])
        }
        return store.transact(writes)
      },
    }
    const context = await room.asking('signFinal', weber)
    const params = { referralId: room.referralId }
    const status = await signFinal({ ...room.ports, store: contended }, { params, body: filed(), context })
    expect(disturbed).toBeGreaterThan(1)
    expect(status.reports).toHaveLength(1)
    expect(await reportsFiled()).toHaveLength(1)
  })

  test('a repeat of the same command gets the first answer and signs nothing again', async () => {
    const first = await sign(signFinal, weber, filed(), 'key-1')
    await room.command({ command: 'deliver', recipientOrgId: 'donau-klinikum' })
    const repeat: unknown = await sign(addAddendum, weber, filed(), 'key-1').catch((thrown: unknown) => thrown)
    expect(repeat).toBeInstanceOf(AnsweredBefore)
    expect((repeat as AnsweredBefore).found.body['answer']).toMatchObject({ version: first.version })
    expect((await room.loaded()).case.reports).toHaveLength(1)
  })

  test('its words are in the sealed object, and in no record: no audit record, event, message or answer', async () => {
    await sign(filePreliminary)
    await sign(signFinal)
    const holding = room.everyRecord().filter(({ body }) => JSON.stringify(body).includes('Canary'))
    expect(holding).toEqual([])
  })
})

describe('who may not sign', () => {
  const ended = { validFrom: '2020-01-01T00:00:00Z', validTo: '2026-11-01T00:00:00Z' }
  const withoutLicence = () => {
    const reader = networkWith('r-weber', {}).readers.get('r-weber' as never)!
    const registrations = reader.registrations.map((one) => ({ ...one, ...ended }))
    room.useNetwork(networkWith('r-weber', { registrations }))
  }

  test('a licence that ended after the claim: the text is kept, the signature refused, the case offered again', async () => {
    withoutLicence()
    await expect(sign(signFinal)).rejects.toMatchObject({ code: 'not-eligible', facts: { rule: 'registration' } })
    const { case: c } = await room.loaded()
    expect(c.phase.state).toBe('study-available')
    expect(c.reports).toEqual([])
    expect(await reportsFiled()).toEqual([])
    expect((await draftOf('r-weber'))?.body['text']).toEqual(text)
    const messages = room.everyRecord().filter(({ partition }) => partition.startsWith('outbox'))
    expect(messages.filter(({ body }) => body['queue'] === 'route-stat')).toHaveLength(2)
    const audited = room.everyRecord().filter(({ body }) => body['operation'] === 'withdrawReader')
    expect(audited[0]?.body['facts']).toEqual({
      readerId: 'r-weber',
      because: 'not-eligible',
      rule: 'registration',
    })
  })

  test('a session from nowhere: the policy forbids, and nothing is sealed', async () => {
    const { attestedCountry: _, ...nowhere } = weber
    await expect(sign(signFinal, nowhere)).rejects.toMatchObject({ code: 'residency-forbidden' })
    expect((await room.loaded()).case.phase.state).toBe('study-available')
    expect(await reportsFiled()).toEqual([])
  })

  test('a preliminary report stands, and its final is offered to others', async () => {
    await sign(filePreliminary)
    withoutLicence()
    await expect(sign(signFinal)).rejects.toMatchObject({ code: 'not-eligible' })
    const { case: c } = await room.loaded()
    expect(c.phase.state).toBe('study-available')
    expect(c.owner?.role).toBe('router')
    expect(c.reports).toHaveLength(1)
  })

  test('an addendum by somebody without a licence changes nothing that was delivered', async () => {
    await sign(signFinal)
    await room.command({ command: 'deliver', recipientOrgId: 'donau-klinikum' })
    withoutLicence()
    await expect(sign(addAddendum)).rejects.toMatchObject({ code: 'not-eligible' })
    expect((await room.loaded()).case.phase.state).toBe('delivered')
    expect((await draftOf('r-weber'))?.body['text']).toEqual(text)
  })
})

describe('a claim that is not held', () => {
  test('a colleague of the group who does not hold the case is told that the claim is another one', async () => {
    await expect(sign(signFinal, principalOf('p-kaya'))).rejects.toMatchObject({ code: 'claim-lost' })
  })

  test('a claim that lapsed and went to a colleague cannot be signed on', async () => {
    await room.command({ command: 'release-claim', readerId: 'r-weber', because: 'returned' })
    await expect(sign(signFinal)).rejects.toMatchObject({ code: 'claim-lost' })
    expect(await reportsFiled()).toEqual([])
  })

  test('a reader who has nothing to do with the case is not told that it exists', async () => {
    await expect(sign(signFinal, principalOf('p-costa'))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('whoever is no reader is simply not permitted', async () => {
    await expect(sign(signFinal, principalOf('p-referrer-vienna'))).rejects.toMatchObject({ code: 'not-permitted' })
  })

  test('a version read before somebody else acted is stale, and the current one is told', async () => {
    const context = await room.asking('signFinal', weber)
    await room.command({ command: 'renew-claim', readerId: 'r-weber' })
    const params = { referralId: room.referralId }
    await expect(signFinal(room.ports, { params, body: filed(), context })).rejects.toMatchObject({
      code: 'stale-version',
      facts: { currentVersion: (await room.loaded()).version },
    })
  })

  test('nothing is sealed for a state that takes no such report', async () => {
    let sealed = 0
    const put: ObjectStore['put'] = (...given) => {
      sealed++
      return room.ports.objects.put(...given)
    }
    const ports = { ...room.ports, objects: { ...room.ports.objects, put } }
    const asked = await room.asking('addAddendum', weber)
    const added = addAddendum(ports, { params: { referralId: room.referralId }, body: filed(), context: asked })
    await expect(added).rejects.toMatchObject({ code: 'illegal-transition', facts: { state: 'claimed' } })
    expect(sealed).toBe(0)
    expect(await reportsFiled()).toEqual([])
    const context = await room.asking('readReports', weber)
    const answer = await readReports(room.ports, { params: { referralId: room.referralId }, context })
    expect(answer.reports).toEqual([])
  })
})
