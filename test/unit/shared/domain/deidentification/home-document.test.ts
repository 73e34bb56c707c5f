import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeDocument, openDocument } from '../../../../../shared/domain/deidentification/home-document.ts'
import { homeIdentity } from '../../../../../shared/domain/deidentification/home-identity.ts'
import type { HomeFacts } from '../../../../../shared/domain/deidentification/home-writer.ts'
import { scanDataSet, scanFileMeta } from '../../../../../shared/domain/deidentification/scanned-element.ts'
import { inflateRawBounded } from '../../../../../shared/runtime/bounded-inflate.ts'
import { structuredReport, text, TRACKING_UID, type StructuredReport } from '../../../../builders/structured-report.ts'
import { runHomeDocuments } from '../../../../fixtures/home-documents.ts'

const pseudonym = 'OVR-0123456789ABCDEF'
const originals = new Map([
  ['2.25.1001', '1.2.40.1'],
  ['2.25.1002', '1.2.40.1.1'],
  ['2.25.1003', '1.2.40.1.1.1'],
  [pseudonym, 'MRN-1'],
])
const header = {
  '00080020': { vr: 'DA', Value: ['20261102'] },
  '00080050': { vr: 'SH', Value: ['ACC-9'] },
  '00080090': { vr: 'PN', Value: [{ Alphabetic: 'Überweis^Udo', Ideographic: '山田^太郎' }] },
  '00081030': { vr: 'LO', Value: ['Schädel nativ'] },
}
const patient = { patientId: 'MRN-1', name: { family: 'Müller', given: 'Änne' }, birthDate: '1956-02-29', sex: 'F' }
const facts: HomeFacts = {
  originals,
  own: new Set(['2.25.7', '2.25.8']),
  identity: homeIdentity(patient, header),
}

const report: StructuredReport = {
  studyInstanceUid: '2.25.1001',
  sopInstanceUid: '2.25.7',
  seriesInstanceUid: '2.25.8',
  images: [{ sopInstanceUid: '2.25.1003', seriesInstanceUid: '2.25.1002' }],
  patient: { id: pseudonym, name: pseudonym },
}

const bring = (object: Uint8Array, given = facts) => {
  const opened = openDocument(object, 1e8, inflateRawBounded)
  return 'reason' in opened ? { outcome: 'refused' as const, ...opened } : homeDocument(opened, given)
}
const home = (changes: Partial<StructuredReport> = {}, given = facts) =>
  bring(structuredReport({ ...report, ...changes }), given)
/** Values by place, as the verifier's own scanner reads them. */
const valuesOf = (object: Uint8Array): ReadonlyMap<string, string> => {
  const { dataSetAt } = scanFileMeta(object)
  const scanned = scanDataSet(object, dataSetAt, { explicit: true, littleEndian: true })
  return new Map(
    scanned.flatMap(({ path, value, items }) =>
      items === undefined ? [[path, new TextDecoder().decode(value).replace(/[\0 ]+$/, '')] as const] : [],
    ),
  )
}
const cameHome = (changes: Partial<StructuredReport> = {}) => {
  const brought = home(changes)
  if (brought.outcome !== 'home') throw new Error(JSON.stringify(brought))
  return { ...brought, values: valuesOf(brought.document) }
}

describe('A document written on copies', () => {
  it('names the originals in its data set, its evidence, its references and its words', () => {
    const { values, replaced } = cameHome({ text: 'Nodule in 2.25.1003, of 2.25.10031 nothing.' })
    expect(values.get('0020000D')).toBe('1.2.40.1')
    expect(values.get('0040A375[0].0020000D')).toBe('1.2.40.1')
    expect(values.get('0040A375[0].00081115[0].0020000E')).toBe('1.2.40.1.1')
    expect(values.get('0040A375[0].00081115[0].00081199[0].00081155')).toBe('1.2.40.1.1.1')
    expect(values.get('0040A730[1].0040A124')).toBe('1.2.40.1')
    expect(values.get('0040A730[2].0040A160')).toBe('Nodule in 1.2.40.1.1.1, of 2.25.10031 nothing.')
    expect(replaced).toBe(7)
  })

  it('keeps what its writer made: its own UIDs, tracking UIDs, content', () => {
    const { values } = cameHome()
    expect([values.get('00080018'), values.get('0020000E')]).toEqual(['2.25.7', '2.25.8'])
    expect(values.get('0040A730[0].0040A124')).toBe(TRACKING_UID)
    expect(values.get('00080023')).toBe('20261124')
  })

  it('is the patient’s and the study’s of the case again, whatever letters they have', () => {
    const { values } = cameHome()
    expect(
      Object.fromEntries(
        [...values].filter(([path]) => /^(0010|0012|0028|00080005|000800[2359]0|00081030)/.test(path)),
      ),
    ).toEqual({
      '00080005': 'ISO_IR 192',
      '00080020': '20261102',
      '00080030': '',
      '00080050': 'ACC-9',
      '00080090': 'Überweis^Udo=山田^太郎',
      '00081030': 'Schädel nativ',
      '00100010': 'Müller^Änne',
      '00100020': 'MRN-1',
      '00100030': '19560229',
      '00100040': 'F',
    })
  })

  it('no longer bears a signature over what was replaced', () => {
    const signature = { tag: 0xfffafffa, vr: 'SQ', value: [[text(0x04000100, 'UI', '2.25.99')]] }
    expect([...cameHome({ more: [signature] }).values.keys()].filter((path) => path.startsWith('FFFA'))).toEqual([])
  })

  it('says its words in UTF-8, in whatever set they were written', () => {
    const more = [text(0x0008103e, 'LO', 'Sch\u00e4del')]
    const latin = structuredReport({ ...report, more })
    latin.set(new TextEncoder().encode('ISO_IR 100'), Buffer.from(latin).indexOf('ISO_IR 192'))
    const brought = bring(latin)
    expect(brought.outcome === 'home' && valuesOf(brought.document).get('0008103E')).toBe('Schädel')
  })
})

describe('A document is refused, with the place', () => {
  it.each([
    ['a study that is not the case’s', { studyInstanceUid: '2.25.4711' }, 'unknown-uid', '0020000D'],
    [
      'an image that has no copy here',
      { images: [{ sopInstanceUid: '2.25.4711', seriesInstanceUid: '2.25.1002' }] },
      'unknown-uid',
      '0040A375.00081115.00081199.00081155',
    ],
    ['an original, which its reader cannot know', { studyInstanceUid: '1.2.40.1' }, 'unknown-uid', '0020000D'],
    ['another patient', { patient: { id: 'OVR-FFFFFFFFFFFFFFFF', name: '' } }, 'other-patient', '00100020'],
    ['another patient’s name', { patient: { id: pseudonym, name: 'Doe^Jane' } }, 'other-patient', '00100010'],
    ['the UID of a copy as its own', { sopInstanceUid: '2.25.1003' }, 'copy-of-an-image', undefined],
    [
      'a UID in a value that nobody can read',
      { more: [text(0x00111001, 'UN', 'x 2.25.1003 y')] },
      'unknown-uid',
      '00111001',
    ],
    [
      'text that cannot be read',
      { more: [{ tag: 0x0008103e, vr: 'LO', value: Uint8Array.of(0xc3, 0x28) }] },
      'unreadable',
      '0008103E',
    ],
  ] as const)('that names %s', (_, changes, reason, at) => {
    expect(home(changes)).toEqual({ outcome: 'refused', reason, ...(at === undefined ? {} : { at }) })
  })

  it('that is cut, or is no document', () => {
    const whole = structuredReport(report)
    expect(bring(whole.subarray(0, whole.length - 9))).toMatchObject({ outcome: 'refused', reason: 'unreadable' })
    const unknown = structuredReport({ ...report })
    unknown.set(new TextEncoder().encode('.99.99'), Buffer.from(unknown).lastIndexOf('1.1.88.33') + 3)
    expect(bring(unknown)).toEqual({ outcome: 'refused', reason: 'not-a-document' })
  })
})

it('Random documents in every native encoding come home byte for byte', () => {
  expect(runHomeDocuments({ count: 300, seed: 26 })).toMatchObject({ escaped: 0, examples: [] })
})

const folder = new URL('../../../../../../shared/dicom/', import.meta.url)
const real = [
  'highdicom__data__test_files__sr_document.dcm',
  'highdicom__data__test_files__sr_document_with_multiple_groups.dcm',
  'dcmjs__examples__data__structured_report.dcm',
]

describe.skipIf(!existsSync(folder))('Real structured reports', () => {
  it.each(real)('%s goes away and comes home as it was', (name) => {
    const original = new Uint8Array(readFileSync(new URL(name, folder)))
    const before = openDocument(original, 1e8, inflateRawBounded)
    if ('reason' in before) throw new Error(before.reason)
    const { sopInstanceUid, seriesInstanceUid } = before.uids
    const own = new Set([sopInstanceUid, seriesInstanceUid])
    const written = valuesOf(original)
    const foreign = [...written]
      .filter(([path]) => /(0020000D|0020000E|00081155|30060024)$/.test(path))
      .map(([, uid]) => uid)
    const away = new Map(foreign.filter((uid) => !own.has(uid)).map((uid, at) => [uid, `2.25.${at + 1001}`]))
    const id = written.get('00100020') ?? ''
    const pn = written.get('00100010') ?? ''
    const replaced = homeDocument(before, {
      originals: new Map([...away, [id, 'x'], [pn, 'x']]),
      own,
      identity: homeIdentity({ patientId: pseudonym, name: { family: pseudonym } }, {}),
    })
    if (replaced.outcome !== 'home') throw new Error(JSON.stringify(replaced))
    const [family = '', given] = pn.split('^')
    const brought = bring(replaced.document, {
      originals: new Map([...[...away].map(([uid, copy]) => [copy, uid] as const), [pseudonym, 'x']]),
      own,
      identity: homeIdentity(
        { patientId: id, name: given === undefined ? { family } : { family, given } },
        {
          '00080020': { vr: 'DA', Value: [written.get('00080020') ?? ''] },
          '00080030': { vr: 'TM', Value: [written.get('00080030') ?? ''] },
          '00200010': { vr: 'SH', Value: [written.get('00200010') ?? ''] },
          '00081030': { vr: 'LO', Value: [written.get('00081030') ?? ''] },
        },
      ),
    })
    if (brought.outcome !== 'home') throw new Error(JSON.stringify(brought))
    const { '00080005': _, ...values } = Object.fromEntries(valuesOf(brought.document))
    expect(values).toEqual(Object.fromEntries([...written].filter(([path]) => path !== '00080005')))
  })
})
