import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDemo, type DemoResult } from '../../local/demo/run-demo.ts'
import { verifyBundle } from '../../shared/domain/audit/verify-bundle.ts'
import { auditVerifier } from '../../shared/runtime/audit-verifier.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { freshUid, raw } from './study-in-hand.ts'
import { folderWith, openTarget, personOfReader, type Target } from './target.ts'

let target: Target
let result: DemoResult

const slice = (
  studyInstanceUid: string,
  seriesInstanceUid: string,
  instanceNumber: number,
  patientId: string,
  bodyPart = 'HEAD',
) =>
  buildCtSlice({
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid: freshUid(),
    instanceNumber,
    rows: 64,
    columns: 64,
    bodyPart,
    patient: { id: patientId, name: 'Jérôme^Élodie', birthDate: '19700101' },
  })

beforeAll(async () => {
  target = await openTarget()
  const [head, knee, headSeries, kneeSeries] = [freshUid(), freshUid(), freshUid(), freshUid()]
  const folder = await folderWith({
    'head-1.dcm': slice(head, headSeries, 1, 'P-1'),
    'head-2.dcm': slice(head, headSeries, 2, 'P-1'),
    'head-3.dcm': slice(head, headSeries, 3, 'P-1'),
    'knee-1.dcm': slice(knee, kneeSeries, 1, 'P-2', 'KNEE'),
    'letter.txt': new TextEncoder().encode('not a DICOM file at all'),
  })
  try {
    result = await runDemo(
      { baseUrl: target.baseUrl, tokenFor: target.tokenFor, personOf: personOfReader, patienceSeconds: 60 },
      { folder: folder.path, parallel: 2, onProgress: () => undefined },
    )
  } finally {
    await folder.remove()
  }
}, 180_000)
afterAll(() => target.stop())

const referralId = () => result.cases.find(({ pathway }) => pathway === 'stroke')?.referralId ?? ''

describe('the main job, from referral to acknowledged report', () => {
  it('ends every case acknowledged, with its reader and its report', () => {
    expect(result.cases.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged'])
    expect(result.cases.map(({ pathway }) => pathway).sort()).toEqual(['stroke', 'urgent-inpatient'])
    for (const one of result.cases) {
      expect(one.reader).toMatch(/^r-/)
      expect(one.reportId).toMatch(/^[0-9a-z]{26}$/)
    }
  })

  it('accounts for every file once, the unreadable one in quarantine with its reason', () => {
    expect([...result.stored].sort()).toEqual(['head-1.dcm', 'head-2.dcm', 'head-3.dcm', 'knee-1.dcm'])
    expect(result.quarantined).toEqual([{ file: 'letter.txt', reason: 'not-dicom' }])
    expect(result.refused).toEqual([])
  })

  it('tells the whole course in the timeline, each step with the owner it led to', async () => {
    const clerk = referralId().startsWith('donau') ? 'p-clerk-vienna' : 'p-clerk-dublin'
    const { entries } = await target.as(clerk).call('readTimeline', { params: { referralId: referralId() } })
    const steps = entries.map(({ event }) => event)
    // How often images are counted on the way depends on how the objects arrive.
    expect(steps.filter((step, at) => step !== steps[at - 1])).toEqual([
      'referral-drafted',
      'referral-submitted',
      'referral-accepted',
      'upload-opened',
      'images-awaited',
      'images-counted',
      'scan-dated',
      'study-became-available',
      'case-offered',
      'case-claimed',
      'preliminary-filed',
      'final-signed',
      'report-delivered',
      'report-acknowledged',
    ])
    for (const entry of entries) expect(entry.owner === null).toBe(entry.state === 'acknowledged')
  })

  it('counts acceptance, availability and turnaround from the events', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const asked = { query: { from: today, to: tomorrow } }
    await expect
      .poll(
        async () =>
          (await target.as('p-coordinator-vienna').call('readKpis', asked)).rows.map(({ measure }) => measure),
        { timeout: 20_000 },
      )
      .toEqual(expect.arrayContaining(['acceptance', 'availability', 'turnaround', 'closure']))
  })

  it('hands the referrer the signed report with its attachment', async () => {
    const site = result.cases[0]?.referralId.startsWith('donau') === true ? 'vienna' : 'dublin'
    const { reports } = await target
      .as(`p-referrer-${site}`)
      .call('readReports', { params: { referralId: result.cases[0]?.referralId ?? '' } })
    const final = reports.find(({ kind }) => kind === 'final')
    expect(final?.text.impression).toBe('No clinical meaning.')
    const attachment = final?.attachments[0]
    const response = await fetch(attachment?.get?.url ?? '', { headers: attachment?.get?.headers ?? {} })
    expect(response.status).toBe(200)
    expect(new TextDecoder().decode((await response.arrayBuffer()).slice(0, 5))).toBe('%PDF-')
  })

  it("leaves a trail that the operator's auditor can verify offline", async () => {
    const params = { referralId: referralId() }
    const bundle = await target.as('p-auditor').call('readAuditTrail', { params })
    expect(verifyBundle(bundle, auditVerifier(bundle.publicKey))).toMatchObject({ outcome: 'intact', chains: 1 })
    const operations = bundle.records.map(({ operation }) => operation)
    expect(operations).toEqual(
      expect.arrayContaining([
        'submitReferral',
        'claimCase',
        'listImages',
        'signFinal',
        'readReports',
        'readAuditTrail',
      ]),
    )
    const events = await target.as('p-auditor').call('readAuditEvents', { params })
    expect(events.entry.length).toBe(bundle.records.length + 1)
  })

  it('does not tell a stranger that the case exists', async () => {
    const stranger = referralId().startsWith('donau') ? 'p-referrer-dublin' : 'p-referrer-vienna'
    for (const path of ['', '/status', '/timeline', '/reports']) {
      const answer = await raw(target, stranger, 'GET', `/v1/referrals/${referralId()}${path}`)
      expect([answer.status, answer.json['code']]).toEqual([404, 'not-found'])
    }
  })
})
