import { describe, expect, it } from 'vitest'
import { dicomJsonText, toDicomJson } from '../../../../../shared/domain/dicom/dicom-json.ts'
import type { DicomJson } from '../../../../../shared/domain/dicom/dicom-json-values.ts'
import { inspectDicomBytes } from '../../../../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../../../../shared/domain/dicom/limits.ts'
import { readDicomJson } from '../../../../../shared/domain/dicom/read-metadata.ts'
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../../../../shared/domain/dicom/transfer-syntax.ts'
import { inflateRawBounded } from '../../../../../shared/runtime/bounded-inflate.ts'
import { concatBytes, element, uint16, uint32 } from '../../../../builders/dicom-file.ts'
import {
  ascii,
  fileWith,
  head,
  identity,
  implicitElement,
  item,
  openSequence,
  pixels,
  raw,
  zeros,
} from '../../../../fixtures/dicom-attack-bytes.ts'
import { deflateRawSync } from 'node:zlib'

const json = (...elements: readonly Uint8Array[]): DicomJson => {
  const found = toDicomJson(concatBytes(elements), EXPLICIT_LITTLE, DICOM_LIMITS)
  if (typeof found === 'string') throw new Error(found)
  return found
}

const float64 = (value: number): Uint8Array => new Uint8Array(new Float64Array([value]).buffer)

describe('DICOM JSON metadata (PS3.18 annex F)', () => {
  it.each<[string, Uint8Array, DicomJson]>([
    [
      'text of several values',
      element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY'),
      { '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] } },
    ],
    [
      'an empty value among others',
      element(0x00080008, 'CS', 'A\\\\B'),
      { '00080008': { vr: 'CS', Value: ['A', null, 'B'] } },
    ],
    ['an element without a value', element(0x00080050, 'SH', ''), { '00080050': { vr: 'SH' } }],
    [
      'a person name in its groups',
      element(0x00100010, 'PN', 'Doe^John=x^y=z'),
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^John', Ideographic: 'x^y', Phonetic: 'z' }] } },
    ],
    [
      'decimal strings as numbers',
      element(0x00280030, 'DS', '0.5\\1e-2'),
      { '00280030': { vr: 'DS', Value: [0.5, 0.01] } },
    ],
    [
      'a malformed decimal as it stands',
      element(0x00280030, 'DS', '0,5'),
      { '00280030': { vr: 'DS', Value: ['0,5'] } },
    ],
    ['integer strings as numbers', element(0x00200013, 'IS', '-7 '), { '00200013': { vr: 'IS', Value: [-7] } }],
    ['binary numbers', element(0x00280010, 'US', uint16(512)), { '00280010': { vr: 'US', Value: [512] } }],
    [
      'a number that JSON has not',
      element(0x00189073, 'FD', float64(NaN)),
      { '00189073': { vr: 'FD', Value: ['NaN'] } },
    ],
    [
      'a tag as hex',
      element(0x00280009, 'AT', concatBytes([uint16(0x3004), uint16(0x000c)])),
      { '00280009': { vr: 'AT', Value: ['3004000C'] } },
    ],
    ['a backslash in long text', element(0x00104000, 'LT', 'a\\b'), { '00104000': { vr: 'LT', Value: ['a\\b'] } }],
    ['a sequence without items', openSequence(zeros(0)), { '00081140': { vr: 'SQ', Value: [] } }],
  ])('writes %s', (_name, bytes, expected) => {
    expect(json(bytes)).toEqual(expected)
  })

  it('leaves bulk, unknown values, group lengths and pixels out', () => {
    const found = json(
      element(0x00080000, 'UL', uint32(4)),
      element(0x00091001, 'UN', 'secret'),
      element(0x00281201, 'OW', zeros(8)),
      element(0x00420011, 'OB', zeros(8)),
      element(0x00281103, 'US', zeros(70_000).subarray(0, 65_534)),
      element(0x00080060, 'CS', 'CT'),
    )
    expect(Object.keys(found).sort()).toEqual(['00080060', '00281103'])
  })

  it('decodes an item by its own character set, and the next one by that of the data set', () => {
    const nameOf = (name: string) => element(0x00100010, 'PN', raw(name))
    const found = json(
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(
        0x00081140,
        'SQ',
        concatBytes([
          item(concatBytes([element(0x00080005, 'CS', 'ISO_IR 144'), nameOf('\xbb\xee\xda ')])),
          item(nameOf('J\xe9r\xf4me')),
        ]),
      ),
    )
    expect(found['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] })
    expect(found['00081140']?.Value).toEqual([
      { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Люк' }] } },
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Jérôme' }] } },
    ])
  })

  it('takes the VR of implicit elements from the dictionary, signed where the pixels are', () => {
    const bytes = concatBytes([
      implicitElement(0x00080060, ascii('CT')),
      implicitElement(0x00280103, uint16(1)),
      implicitElement(0x00280120, uint16(0xf830)),
      implicitElement(0x60000010, uint16(8)),
      implicitElement(0x00091001, ascii('abcd')),
    ])
    expect(toDicomJson(bytes, IMPLICIT_LITTLE, DICOM_LIMITS)).toEqual({
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00280103': { vr: 'US', Value: [1] },
      '00280120': { vr: 'SS', Value: [-2000] },
      '60000010': { vr: 'US', Value: [8] },
    })
  })

  it('reads big-endian numbers', () => {
    const rows = Uint8Array.of(0x00, 0x28, 0x00, 0x10, 0x55, 0x53, 0x00, 0x02, 0x02, 0x00)
    expect(toDicomJson(rows, EXPLICIT_BIG, DICOM_LIMITS)).toEqual({ '00280010': { vr: 'US', Value: [512] } })
  })

  it('keeps the first of two elements of one tag, as the facts do', () => {
    expect(json(element(0x00080060, 'CS', 'CT'), element(0x00080060, 'CS', 'MR'))).toEqual({
      '00080060': { vr: 'CS', Value: ['CT'] },
    })
  })

  it('writes tags in ascending order, those too that JavaScript takes for array indexes', () => {
    const text = dicomJsonText({
      '30060010': { vr: 'SQ', Value: [{ '20100010': { vr: 'ST' }, '00081150': { vr: 'UI', Value: ['1.2'] } }] },
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00081140': { vr: 'SQ', Value: [] },
    })
    expect(text).toBe(
      '{"00080060":{"vr":"CS","Value":["CT"]},"00081140":{"vr":"SQ"},' +
        '"30060010":{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":["1.2"]},"20100010":{"vr":"ST"}}]}}',
    )
  })

  it('is bounded: too many elements or too much text give no metadata', () => {
    const bytes = concatBytes([identity(), element(0x00204000, 'LT', 'x'.repeat(100))])
    expect(toDicomJson(bytes, EXPLICIT_LITTLE, { ...DICOM_LIMITS, metadataElements: 5 })).toBe('header-too-large')
    expect(toDicomJson(bytes, EXPLICIT_LITTLE, { ...DICOM_LIMITS, metadataTextBytes: 50 })).toBe('header-too-large')
  })
})

describe('reading the metadata of an accepted object', () => {
  const ofFile = async (bytes: Uint8Array, limits = DICOM_LIMITS) => {
    const verdict = inspectDicomBytes(bytes, inflateRawBounded)
    if (verdict.verdict === 'rejected') throw new Error(verdict.reason)
    const ranges: [number, number][] = []
    const read = (from: number, toExclusive: number) => {
      ranges.push([from, toExclusive])
      return Promise.resolve(bytes.subarray(from, toExclusive))
    }
    return { metadata: await readDicomJson({ size: bytes.length, read }, verdict, limits), ranges }
  }

  it('needs no further read for a header that the inspection has read', async () => {
    const { metadata, ranges } = await ofFile(fileWith(pixels(64)))
    expect(ranges).toEqual([])
    expect(metadata).toMatchObject({ '00100020': { vr: 'LO', Value: ['MRN-0042'] } })
    expect(metadata).not.toHaveProperty('7FE00010')
  })

  it('reads the rest of a longer header once', async () => {
    const long = Array.from({ length: 40 }, (_, index) => element(0x00204000 + index, 'LT', 'x'.repeat(1000)))
    const bytes = fileWith(...long, pixels(100_000))
    const { metadata, ranges } = await ofFile(bytes)
    expect(ranges).toHaveLength(1)
    expect(metadata).toHaveProperty('00204027')
  })

  it('reads a deflated object from what was inflated', async () => {
    const bytes = concatBytes([head('1.2.840.10008.1.2.1.99'), deflateRawSync(concatBytes([identity(), pixels(64)]))])
    const { metadata, ranges } = await ofFile(bytes)
    expect(ranges).toEqual([])
    expect(metadata).toMatchObject({ '0020000D': { vr: 'UI' } })
  })

  it('gives none of a header that is longer than metadata may be', async () => {
    const bytes = fileWith(element(0x00420011, 'OB', zeros(4000)), pixels(64))
    expect((await ofFile(bytes, { ...DICOM_LIMITS, metadataReadBytes: 4000 })).metadata).toBe('header-too-large')
  })
})
