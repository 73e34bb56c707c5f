import { describe, expect, it } from 'vitest'
import type { DicomFacts } from '../../../../../shared/domain/dicom/dicom-facts.ts'
import { DicomUidSchema, isDicomUid } from '../../../../../shared/domain/dicom/dicom-uid.ts'
import { DICOM_REJECTION_TITLES, DicomRejectionSchema } from '../../../../../shared/domain/dicom/rejection.ts'
import { sopCategory } from '../../../../../shared/domain/dicom/sop-classes.ts'
import { judgeStorage } from '../../../../../shared/domain/dicom/storage-judgement.ts'
import { transferSyntaxRule } from '../../../../../shared/domain/dicom/transfer-syntax.ts'

const uid = (text: string) => DicomUidSchema.parse(text)
const CT = uid('1.2.840.10008.5.1.4.1.1.2')
const ct: DicomFacts = {
  sopClassUid: CT,
  sopInstanceUid: uid('1.2.3'),
  studyInstanceUid: uid('1.2.4'),
  seriesInstanceUid: uid('1.2.5'),
}
const without = (name: keyof DicomFacts): DicomFacts =>
  Object.fromEntries(Object.entries(ct).filter(([key]) => key !== name))

describe('which accepted objects become instances', () => {
  it('takes an image with its four UIDs', () => {
    expect(judgeStorage(ct)).toEqual({ kind: 'storable', category: 'image', instance: ct })
  })

  it.each([
    ['study-uid-missing', without('studyInstanceUid')],
    ['series-uid-missing', without('seriesInstanceUid')],
    ['instance-uid-missing', without('sopInstanceUid')],
    ['sop-class-missing', without('sopClassUid')],
    ['media-directory', { ...ct, sopClassUid: uid('1.2.840.10008.1.3.10') }],
    ['non-patient-object', { ...ct, sopClassUid: uid('1.2.840.10008.5.1.4.39.1') }],
    ['sop-class-not-allowed', { ...ct, sopClassUid: uid('1.2.840.10008.5.1.4.1.1.66') }],
    ['sop-class-not-allowed', { ...ct, sopClassUid: uid('1.3.12.2.1107.5.9.1') }],
  ])('refuses for %s', (reason, facts) => {
    expect(judgeStorage(facts)).toEqual({ kind: 'refused', reason })
  })

  it('takes only what the organisation may send', () => {
    expect(judgeStorage(ct, new Set(['structured-report']))).toEqual({
      kind: 'refused',
      reason: 'sop-class-not-allowed',
    })
    const raw = { ...ct, sopClassUid: uid('1.2.840.10008.5.1.4.1.1.66') }
    expect(judgeStorage(raw, new Set(['raw-data']))).toMatchObject({ kind: 'storable', category: 'raw-data' })
  })
})

describe('names of the standard', () => {
  it.each([
    ['1.2.840.10008.5.1.4.1.1.77.1.6', 'whole-slide'],
    ['1.2.840.10008.5.1.4.1.1.88.59', 'key-object-selection'],
    ['1.2.840.10008.5.1.4.1.1.104.1', 'encapsulated-document'],
    ['1.2.840.10008.5.1.4.1.1.77.1.4.1', 'video'],
    ['1.2.840.10008.5.1.4.1.1.481.5', 'radiotherapy'],
    ['1.2.840.10008.5.1.4.1.1.9.1.1', 'waveform'],
    ['1.2.3', undefined],
  ])('SOP class %s is %s', (sopClass, category) => {
    expect(sopCategory(sopClass)).toBe(category)
  })

  it('knows later compressed syntaxes by their prefix, and no private ones', () => {
    expect(transferSyntaxRule('1.2.840.10008.1.2.4.112')).toMatchObject({ pixels: 'encapsulated', deflated: false })
    expect(transferSyntaxRule('1.2.840.10008.1.2.4.95')).toMatchObject({ deflated: true })
    expect(transferSyntaxRule('1.2.840.10008.1.2.5')).toMatchObject({ pixels: 'encapsulated' })
    expect(transferSyntaxRule('1.3.46.670589.33.1.4.1')).toBeUndefined()
  })

  it('has one title for each rejection, and no two alike', () => {
    expect(DicomRejectionSchema.options).toEqual(Object.keys(DICOM_REJECTION_TITLES))
    expect(new Set(Object.values(DICOM_REJECTION_TITLES)).size).toBe(DicomRejectionSchema.options.length)
  })

  it.each(['', '1.', '.1', '1..2', '01.2', '1.2.', '1.2\n', '1.2 ', '../1', `1.${'2'.repeat(63)}`])(
    'takes %j for no UID, in schema and reader alike',
    (text) => {
      expect([isDicomUid(text), DicomUidSchema.safeParse(text).success]).toEqual([false, false])
    },
  )

  it.each(['0', '1.2.840.10008.1.2', `1.${'2'.repeat(62)}`])('takes %j for a UID', (text) => {
    expect([isDicomUid(text), DicomUidSchema.safeParse(text).success]).toEqual([true, true])
  })
})
