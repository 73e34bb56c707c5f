import { verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAttachment } from '../../../../functions/report-filing/open-attachment.ts'
import { readReports } from '../../../../functions/report-filing/read-reports.ts'
import { addAddendum, filePreliminary, signFinal } from '../../../../functions/report-filing/sign-report.ts'
import type { Report } from '../../../../shared/contracts/http/reports.ts'
import { attachmentKey } from '../../../../shared/contracts/stored/attachment.ts'
import { HomeReportSchema, homeAttachmentKey } from '../../../../shared/contracts/stored/home-report.ts'
import { canonicalJson } from '../../../../shared/domain/canonical-json.ts'
import { keyedPseudonyms } from '../../../../shared/domain/deidentification/keyed-pseudonyms.ts'
import { replacedUidsIn, withOriginalUids } from '../../../../shared/domain/deidentification/home-words.ts'
import { readDocument } from '../../../../shared/domain/deidentification/document-tree.ts'
import { asciiText } from '../../../../shared/domain/deidentification/element-value.ts'
import { loadReports } from '../../../../shared/ledger/sealed-reports.ts'
import { inflateRawBounded } from '../../../../shared/runtime/bounded-inflate.ts'
import { copyRoom, harmless, harris, type CopyRoom } from '../../../builders/copy-room.ts'
import { principalOf, sha256 } from '../../../builders/reading-room.ts'
import { structuredReport, type StructuredReport } from '../../../builders/structured-report.ts'
import { seededRandom } from '../../../fixtures/seeded-random.ts'
import { inside } from '../../../builders/inside.ts'

const referrer = principalOf('p-referrer-vienna')
const pdf = new TextEncoder().encode('%PDF-1.7 on 2.25.4711')
const original = { study: '1.2.40.0.13.1.7', series: '1.2.40.0.13.1.7.1', image: '1.2.40.0.13.1.7.1.1' }
const patientRecord = JSON.stringify({
  patient: { patientId: 'MRN-4711', name: { family: 'Holzknecht', given: 'Guido' }, birthDate: '1956-02-29' },
  clinical: { question: 'Occlusion?' },
  order: { modality: 'CT' },
})

let room: CopyRoom
let written: StructuredReport
beforeEach(async () => {
  room = await copyRoom([harmless, harmless])
  const open = room.ports.keys.open.bind(room.ports.keys)
  // The case of the builders has a patient record that nobody sealed.
  room.ports.keys.open = (by, sealed, context) =>
    sealed.ciphertext === 'AAAA' ? Promise.resolve(patientRecord) : open(by, sealed, context)
  await room.copy()
  await room.claim()
  const copies = (await room.copies()).flatMap(({ released }) => (released === undefined ? [] : [released]))
  const [first] = copies
  if (first === undefined) throw new Error('no copy was released')
  const copy = await room.ports.objects.readRange(inside, { bucket: 'copies', key: first.key }, 0, first.bytes)
  const tree = readDocument(copy, 1e6, inflateRawBounded)
  const id = typeof tree === 'string' ? undefined : tree.top.get(0x00100020)
  const pseudonym = id === undefined || 'items' in id ? '' : asciiText(id.value)
  written = {
    studyInstanceUid: first.studyInstanceUid,
    sopInstanceUid: '2.25.7001',
    seriesInstanceUid: '2.25.7002',
    images: copies,
    patient: { id: pseudonym, name: pseudonym },
    text: `On ${first.sopInstanceUid}.`,
  }
})
afterEach(() => room.close())

const params = () => ({ referralId: room.referralId })
const attach = async (
  bytes: Uint8Array,
  contentType: 'application/dicom' | 'application/pdf' = 'application/dicom',
) => {
  const body = { contentType, bytes: bytes.length, sha256: sha256(bytes) }
  const context = await room.asking('openAttachment', harris)
  const { attachmentId } = await openAttachment(room.ports, { params: params(), body, context })
  const ref = { bucket: 'incoming' as const, key: attachmentKey(room.referralId, attachmentId) }
  await room.ports.objects.put(ref, bytes, { contentType })
  return attachmentId
}
const file = async (attachmentIds: string[], sign = signFinal, findings = 'f') => {
  const text = { findings, impression: 'i', alert: 'none' as const }
  const context = await room.asking(sign === addAddendum ? 'addAddendum' : 'signFinal', harris)
  return sign(room.ports, { params: params(), body: { text, attachmentIds }, context })
}
const read = async (principal = referrer) =>
  readReports(room.ports, { params: params(), context: await room.asking('readReports', principal) })
const homeBytes = (report: Pick<Report, 'reportId'> | undefined, attachmentId: string) =>
  room.ports.objects.readRange(
    inside,
    { bucket: 'reports', key: homeAttachmentKey(room.referralId, report?.reportId ?? '', attachmentId) },
    0,
    1e6,
  )
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

describe('a structured report written on copies', () => {
  test('is handed to the referrer with the originals and the patient in it, and the digest that was signed', async () => {
    const object = structuredReport(written)
    const attachmentId = await attach(object)
    await file([attachmentId])
    const [report] = (await read()).reports
    const [attachment] = report?.attachments ?? []
    const home = await homeBytes(report, attachmentId)
    expect(attachment).toMatchObject({
      bytes: home.length,
      sha256: sha256(home),
      signed: { bytes: object.length, sha256: sha256(object) },
    })
    expect(attachment?.get?.url).toContain(homeAttachmentKey(room.referralId, report?.reportId ?? '', attachmentId))
    for (const word of [original.study, original.series, original.image, 'MRN-4711', 'Holzknecht^Guido', '19560229'])
      expect(latin1(home)).toContain(word)
    expect(
      replacedUidsIn(latin1(home)).filter((uid) => !uid.startsWith('2.25.700') && !uid.startsWith('2.25.255')),
    ).toEqual([])
    expect(latin1(home)).not.toContain('OVR-')
  })

  test('stays as it was signed, byte for byte, under a signature that anybody can check', async () => {
    const object = structuredReport(written)
    const attachmentId = await attach(object)
    await file([attachmentId])
    const [sealed] = await loadReports(inside, room.ports.objects, (await room.loaded()).case)
    expect(sealed?.content.attachments).toEqual([
      { attachmentId, contentType: 'application/dicom', bytes: object.length, sha256: sha256(object) },
    ])
    const key = attachmentKey(room.referralId, attachmentId)
    expect(sha256(await room.ports.objects.readRange(inside, { bucket: 'reports', key }, 0, 1e6))).toBe(sha256(object))
    const { pem } = await room.ports.keys.publicKey()
    const content = Buffer.from(canonicalJson(sealed?.content ?? null))
    expect(verify('sha256', content, pem, Buffer.from(sealed?.signature.value ?? '', 'base64'))).toBe(true)
  })

  test('tells its reader of what they sent, and hands out nothing', async () => {
    const object = structuredReport(written)
    const attachmentId = await attach(object)
    await file([attachmentId])
    const own = await read(harris)
    expect(own.reports[0]?.attachments).toEqual([
      { attachmentId, contentType: 'application/dicom', bytes: object.length, sha256: sha256(object) },
    ])
    expect(JSON.stringify(own)).not.toContain(original.study)
  })

  test('may refer to another of the same report, and to one of the report before', async () => {
    const presentation = { sopInstanceUid: '2.25.7003', seriesInstanceUid: '2.25.7004' }
    const [image] = written.images
    if (image === undefined) throw new Error('no image')
    const first = await attach(structuredReport({ ...written, images: [image, presentation] }))
    const second = await attach(structuredReport({ ...written, ...presentation }))
    await file([first, second], filePreliminary)
    const before = { sopInstanceUid: written.sopInstanceUid, seriesInstanceUid: written.seriesInstanceUid }
    const third = { sopInstanceUid: '2.25.7005', seriesInstanceUid: '2.25.7006' }
    const last = await attach(structuredReport({ ...written, ...third, images: [image, before] }))
    expect((await file([first, second, last])).state).toBe('final-signed')
  })

  test('comes home with an addendum too', async () => {
    const object = structuredReport(written)
    const attachmentId = await attach(object)
    await file([attachmentId])
    await room.command({ command: 'deliver', recipientOrgId: 'donau-klinikum' })
    await file([attachmentId], addAddendum)
    const { reports } = await read()
    expect(reports.map(({ attachments }) => attachments[0]?.signed?.bytes)).toEqual([object.length, object.length])
    expect(new Set(reports.map(({ attachments }) => attachments[0]?.get?.url)).size).toBe(2)
  })

  test('leaves a PDF beside it as it is: there is nothing in it to replace', async () => {
    const ids = [await attach(pdf, 'application/pdf'), await attach(structuredReport(written))]
    await file(ids)
    const [report] = (await read()).reports
    expect(report?.attachments[0]).toMatchObject({ bytes: pdf.length, sha256: sha256(pdf) })
    expect(report?.attachments.map(({ signed }) => signed === undefined)).toEqual([true, false])
  })
})

describe('what cannot come home is not signed', () => {
  test.each([
    [
      'an image that was never copied',
      { images: [{ sopInstanceUid: '2.25.4711', seriesInstanceUid: '2.25.4712' }] },
      'unknown-uid',
    ],
    ['another study', { studyInstanceUid: '2.25.4711' }, 'unknown-uid'],
    ['another patient', { patient: { id: 'OVR-FFFFFFFFFFFFFFFF', name: '' } }, 'other-patient'],
  ] as const)('%s: refused with its place, and nothing is kept', async (_, changes, reason) => {
    const [one, bad] = [
      await attach(pdf, 'application/pdf'),
      await attach(structuredReport({ ...written, ...changes })),
    ]
    await expect(file([one, bad])).rejects.toMatchObject({
      code: 'attachment-rejected',
      facts: { attachmentId: bad, reason, at: expect.stringMatching(/^[0-9A-F.]+$/) as unknown },
    })
    expect(room.objectsIn('reports')).toBe(0)
    const { case: c } = await room.loaded()
    expect([c.phase.state, c.reports]).toEqual(['claimed', []])
  })
})

test('more documents together than memory has room for are refused, before they are read', async () => {
  const ids: string[] = []
  for (const at of [1, 2, 3]) {
    const own = { sopInstanceUid: `2.25.701${at}`, seriesInstanceUid: '2.25.7002' }
    const enclosed = { tag: 0x00420011, vr: 'OB', value: new Uint8Array(40 * 1024 ** 2) }
    ids.push(await attach(structuredReport({ ...written, ...own, more: [enclosed] })))
  }
  await expect(file(ids)).rejects.toMatchObject({ facts: { attachmentId: ids[2], reason: 'too-large' } })
})

test('a record of an earlier release, which has no documents, is read as it was', () => {
  const v1 = {
    schema: 'overread/home-report@1',
    reportId: 'r',
    text: { findings: 'f', impression: 'i', alert: 'none' },
    uids: 0,
    images: { released: 1, withheld: 0 },
  }
  expect(HomeReportSchema.parse(v1)).toEqual({ ...v1, schema: 'overread/home-report@2', attachments: [] })
})

test('every UID of a copy in every section of the text comes home, and no other is touched', async () => {
  const copies = (await room.copies()).flatMap(({ released }) =>
    released === undefined ? [] : [released.sopInstanceUid],
  )
  const section = copies.map((uid) => `${uid}, (${uid}). ${uid}.7 1.${uid} «${uid}»\n${uid}`).join('; ')
  await file([], signFinal, section)
  const [report] = (await read()).reports
  const originals = copies.map((_, at) => `${original.series}.${at + 1}`)
  expect(report?.text.findings).toBe(
    copies
      .map((uid, at) => [uid, originals[at] ?? ''] as const)
      .map(([uid, home]) => `${home}, (${home}). ${uid}.7 1.${uid} «${home}»\n${home}`)
      .join('; '),
  )
})

test('words around random UIDs: those of copies are replaced, whatever stands beside them', () => {
  const random = seededRandom(7)
  const mac = (message: Uint8Array) => Buffer.from(sha256(message), 'hex')
  const pseudonyms = keyedPseudonyms(mac, { organisationId: 'o', scopeId: 's' })
  const around = [' ', '(', '"', ',', '; ', '\n', 'x', '–', '/', '=']
  for (let trial = 0; trial < 2_000; trial++) {
    const originals = Array.from({ length: random.int(1, 5) }, () => `1.2.${random.int(1, 1e9)}.${random.int(1, 1e9)}`)
    const home = new Map(originals.map((uid) => [pseudonyms.uid(uid), uid]))
    const parts = Array.from(
      { length: 6 },
      () => [random.pick(around), random.pick(originals), random.pick(around)] as const,
    )
    const textOf = (uidOf: (uid: string) => string) => parts.map(([a, uid, b]) => a + uidOf(uid) + b).join('.')
    const away = textOf((uid) => pseudonyms.uid(uid))
    expect(withOriginalUids(away, home)).toBe(textOf((uid) => uid))
  }
})
