import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAttachment } from '../../../../functions/report-filing/open-attachment.ts'
import { readReports } from '../../../../functions/report-filing/read-reports.ts'
import { saveDraft } from '../../../../functions/report-filing/save-draft.ts'
import { signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { attachmentKey } from '../../../../shared/contracts/stored/attachment.ts'
import type { Principal } from '../../../../shared/domain/access/principal.ts'
import { AnsweredBefore } from '../../../../shared/ledger/asking.ts'
import { sealedReportKey } from '../../../../shared/contracts/stored/sealed-report.ts'
import { loadReports } from '../../../../shared/ledger/sealed-reports.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { DownloadSigner } from '../../../../shared/ports/object-store.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { principalOf, readingRoom, sha256, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

const weber = principalOf('p-weber')
const referrer = principalOf('p-referrer-vienna')
const text = { findings: 'f', impression: 'i', alert: 'none' as const }
const pdf = new TextEncoder().encode('%PDF-1.7')

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

const params = () => ({ referralId: room.referralId })
const read = async (principal: Principal, ports = room.ports) =>
  readReports(ports, { params: params(), context: await room.asking('readReports', principal) })

const signed = async (reader = weber) => {
  const body = { contentType: 'application/pdf' as const, bytes: pdf.length, sha256: sha256(pdf) }
  const opening = await room.asking('openAttachment', reader)
  const { attachmentId } = await openAttachment(room.ports, { params: params(), body, context: opening })
  const ref = { bucket: 'incoming' as const, key: attachmentKey(room.referralId, attachmentId) }
  await room.ports.objects.put(ref, pdf, { contentType: 'application/pdf' })
  const context = await room.asking('signFinal', reader)
  await signFinal(room.ports, { params: params(), body: { text, attachmentIds: [attachmentId] }, context })
}
const draft = async (findings: string, principal = weber, key?: string) =>
  saveDraft(room.ports, {
    params: params(),
    body: { text: { findings } },
    context: await room.asking('saveDraft', principal, key),
  })
const audited = () => room.everyRecord().filter(({ body }) => body['operation'] === 'readReports')

describe('reading a report', () => {
  test('the referring organisation reads its patient’s report with its document, for five minutes', async () => {
    await signed()
    const { reports, draft: unsigned } = await read(referrer)
    expect(unsigned).toBeUndefined()
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatchObject({ kind: 'final', text, readerName: 'Dr. Nina Weber' })
    expect(reports[0]?.registration).toContain('AT-DEMO-WEBER')
    const get = reports[0]?.attachments[0]?.get
    expect(get?.method).toBe('GET')
    expect(Date.parse(get!.expiresAt) - Date.parse(room.ports.clock.now())).toBe(300_000)
    expect(audited()[0]?.body).toMatchObject({ action: 'read', facts: { reports: [reports[0]?.reportId] } })
    expect(audited()[0]?.body['decision']).toBeUndefined()
  })

  test('the reader reads it under a decision that the audit record keeps', async () => {
    await signed()
    const { reports } = await read(weber)
    expect(reports[0]?.attachments[0]?.get).toBeDefined()
    expect(audited()[0]?.body['decision']).toMatchObject({ purpose: 'report-read', mode: 'read_identifiable' })
  })

  test('where the policy allows a view in the region only, the text is shown and no document handed out', async () => {
    const harris = principalOf('p-harris')
    const claim = { readerId: 'r-harris', groupOrgId: 'tejo-reads', decisionId: 'd' }
    await room.command({ command: 'release-claim', readerId: 'r-weber', because: 'returned' })
    await room.command({ command: 'offer', ...claim, poolId: 'tejo-main', tier: 1 })
    await room.command({ command: 'claim', claim })
    await signed(harris)
    const answer = await read(harris)
    expect(answer.reports[0]).toMatchObject({ text, attachments: [{ contentType: 'application/pdf' }] })
    expect(answer.reports[0]?.attachments[0]?.get).toBeUndefined()
    expect(audited()[0]?.body['decision']).toMatchObject({ mode: 'view_in_region_identifiable' })
  })

  test('nobody attested anywhere reads nothing, and no URL is signed', async () => {
    await signed()
    const { attestedCountry: _, ...nowhere } = weber
    let asked = 0
    const downloads: DownloadSigner = {
      signGets: (_release, objects) => {
        asked++
        return Promise.resolve(objects.map(() => ({ method: 'GET', url: '', headers: {}, expiresAt: '' })))
      },
    }
    await expect(read(nowhere, { ...room.ports, downloads })).rejects.toMatchObject({ code: 'residency-forbidden' })
    expect(asked).toBe(0)
  })

  test('a group’s lead without a licence reads nothing unless the policy says so', async () => {
    await signed()
    await expect(read(principalOf('p-lead-rheinblick'))).rejects.toMatchObject({ code: 'residency-forbidden' })
    await expect(read(principalOf('p-referrer-dublin'))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('where the access cannot be recorded nothing is released', async () => {
    await signed()
    const full = { ...room.ports.store, transact: () => Promise.reject(new Error('disk full')) }
    await expect(read(referrer, { ...room.ports, store: full })).rejects.toThrow('disk full')
  })

  test('a report that was altered in the store is released to nobody', async () => {
    await signed()
    const { case: c } = await room.loaded()
    const [report] = await loadReports(inside, room.ports.objects, c)
    if (report === undefined) throw new Error('no report')
    const altered = { ...report, content: { ...report.content, text: { ...text, impression: 'another' } } }
    const ref = { bucket: 'reports' as const, key: sealedReportKey(c.referralId, report.content.reportId) }
    const bytes = new TextEncoder().encode(JSON.stringify(altered))
    await room.ports.objects.put(ref, bytes, { contentType: 'application/json', replace: true })
    await expect(read(referrer)).rejects.toMatchObject({ code: 'report-missing', facts: { reason: 'digest-differs' } })
  })
})

describe('a draft', () => {
  test('is shown to its author alone, while the author holds the case', async () => {
    await draft('thinking')
    expect((await read(weber)).draft).toMatchObject({ findings: 'thinking' })
    expect((await read(referrer)).draft).toBeUndefined()
  })

  test('of a reader who gave the case back is not shown, even to the same person in another role', async () => {
    await draft('thinking')
    await room.command({ command: 'release-claim', readerId: 'r-weber', because: 'returned' })
    const leading = principalOf('p-weber', { roles: ['reader', 'reading-group-lead'] })
    const answer = await read(leading)
    expect(answer.reports).toEqual([])
    expect(answer.draft).toBeUndefined()
  })

  test('counts its versions and keeps the newest', async () => {
    expect((await draft('one')).draftVersion).toBe(1)
    expect((await draft('two')).draftVersion).toBe(2)
    const kept = await room.ports.store.read(keys.draft(room.referralId, 'r-weber'))
    expect(kept?.body).toMatchObject({ text: { findings: 'two' }, schema: 'overread/draft@1' })
    const changes = room.everyRecord().filter(({ body }) => body['operation'] === 'saveDraft')
    expect(changes.every(({ body }) => !JSON.stringify(body).includes('two'))).toBe(true)
    expect(changes).toHaveLength(2)
  })

  test('saved again under one key gets the first answer', async () => {
    await draft('one', weber, 'key-1')
    await expect(draft('two', weber, 'key-1')).rejects.toBeInstanceOf(AnsweredBefore)
    expect((await read(weber)).draft).toMatchObject({ findings: 'one' })
  })

  test('can be saved by nobody who does not hold the case', async () => {
    await expect(draft('x', principalOf('p-kaya'))).rejects.toMatchObject({ code: 'claim-lost' })
    await expect(draft('x', principalOf('p-costa'))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('that somebody else keeps writing to is given up after some attempts, not for ever', async () => {
    const { store } = room.ports
    const contended: RecordStore = {
      ...store,
      transact: (writes) =>
        Promise.resolve({
          outcome: 'condition-failed',
          at: keys.draft(room.referralId, 'x'),
          found: writes[0] && undefined,
        }),
    }
    const context = await room.asking('saveDraft', weber)
    const saved = saveDraft({ ...room.ports, store: contended }, { params: params(), body: { text: {} }, context })
    await expect(saved).rejects.toMatchObject({ code: 'busy' })
  })
})
