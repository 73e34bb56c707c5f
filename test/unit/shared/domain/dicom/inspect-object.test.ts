import { describe, expect, it } from 'vitest'
import { inspectDicomBytes, inspectDicomObject } from '../../../../../shared/domain/dicom/inspect-object.ts'
import type { DicomVerdict } from '../../../../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../../../../shared/domain/dicom/limits.ts'
import { inflateRawBounded } from '../../../../../shared/runtime/bounded-inflate.ts'
import { buildCtSlice, concatBytes, element } from '../../../../builders/dicom-file.ts'
import {
  ascii,
  fileWith,
  head,
  identity,
  implicitElement,
  implicitIdentity,
  item,
  jpegWith,
  matrix,
  openSequence,
  pixels,
  SEQUENCE_END,
  zeros,
} from '../../../../fixtures/dicom-attack-bytes.ts'

const slice = {
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.4',
  sopInstanceUid: '1.2.3.4.5',
  instanceNumber: 7,
  patient: { id: 'MRN-0042', name: 'Müller^Jörg', birthDate: '19700228', sex: 'M' },
  bodyPart: 'HEAD',
}

const inspect = async (bytes: Uint8Array) => {
  const ranges: [number, number][] = []
  const read = (from: number, toExclusive: number) => {
    ranges.push([from, toExclusive])
    return Promise.resolve(bytes.subarray(from, toExclusive))
  }
  return { verdict: await inspectDicomObject({ size: bytes.length, read }, DICOM_LIMITS, inflateRawBounded), ranges }
}

const factsOf = (verdict: DicomVerdict) => {
  if (verdict.verdict === 'rejected') throw new Error(verdict.reason)
  return verdict.facts
}
const facts = (...elements: readonly Uint8Array[]) =>
  factsOf(inspectDicomBytes(fileWith(...elements), inflateRawBounded))

describe('inspecting an object by ranges', () => {
  it('knows a CT slice from its first 16 KiB', async () => {
    const { verdict, ranges } = await inspect(buildCtSlice(slice))
    expect(ranges).toEqual([[0, 16 * 1024]])
    expect(verdict.bytesRead).toBe(16 * 1024)
    expect(factsOf(verdict)).toMatchObject({
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.4',
      sopInstanceUid: '1.2.3.4.5',
      instanceNumber: 7,
      patientId: 'MRN-0042',
      patientName: 'Müller^Jörg',
      patientBirthDate: '19700228',
      bodyPartExamined: 'HEAD',
      rows: 512,
      columns: 512,
      modality: 'CT',
    })
  })

  it('looks at what follows the pixel data without reading the pixels', async () => {
    const { verdict, ranges } = await inspect(buildCtSlice({ ...slice, paddingBytes: 300 }))
    expect(verdict.verdict).toBe('accepted')
    expect(ranges).toHaveLength(2)
    expect(verdict.bytesRead).toBeLessThan(17 * 1024)
  })

  it('reads to 64 KiB in all for a long header, then in larger steps', async () => {
    const long = Array.from({ length: 150 }, (_, index) => element(0x00204000 + index, 'LT', 'x'.repeat(1000)))
    const { verdict, ranges } = await inspect(fileWith(...long, pixels(500_000)))
    expect(verdict.verdict).toBe('accepted')
    expect(ranges.length).toBe(3)
  })

  it('jumps over a long value that nobody needs', async () => {
    const { verdict } = await inspect(
      fileWith(element(0x00420011, 'OB', zeros(300_000)), element(0x00480105, 'SQ', ''), pixels(1000)),
    )
    expect(verdict.verdict).toBe('accepted')
    expect(verdict.bytesRead).toBeLessThan(32 * 1024)
  })

  it('finds an identifying element that lies across two reads', async () => {
    const filler = element(0x00081030, 'LO', 'x')
    const before = 16 * 1024 - head().length - filler.length - 20
    const bytes = concatBytes([head(), filler, element(0x00420011, 'OB', zeros(before)), identity()])
    expect(factsOf((await inspect(bytes)).verdict).patientId).toBe('MRN-0042')
  })

  const withMeta = (bytes: number) => {
    const group = element(0x00020102, 'OB', zeros(bytes))
    const file = concatBytes([head(), group, identity()])
    const length = new DataView(file.buffer)
    length.setUint32(140, length.getUint32(140, true) + group.length, true)
    return file
  }

  it('reads on for a long file meta group, and not for ever', async () => {
    expect(factsOf((await inspect(withMeta(40_000))).verdict).patientId).toBe('MRN-0042')
    expect(factsOf((await inspect(withMeta(200_000))).verdict).patientId).toBe('MRN-0042')
    const { verdict, ranges } = await inspect(withMeta(300_000))
    expect(verdict).toMatchObject({ reason: 'header-too-large' })
    expect(ranges.length).toBeLessThan(5)
  })

  it('finds the end of very many fragments, and walks what follows it', async () => {
    const fragments = concatBytes(Array.from({ length: 500 }, () => item(zeros(2000))))
    const trailing = element(0xfffcfffc, 'OB', zeros(60))
    const { verdict, ranges } = await inspect(
      concatBytes([jpegWith(fragments), openSequence(item(zeros(0)), 'SQ', 0x00880200), trailing]),
    )
    expect(verdict.verdict).toBe('accepted')
    expect(ranges.length).toBeLessThan(25)
    const { verdict: cut } = await inspect(concatBytes([jpegWith(fragments), trailing.slice(0, 20)]))
    expect(cut).toMatchObject({ reason: 'truncated' })
  })

  it('says the same of an object by ranges and of its bytes', async () => {
    const bytes = buildCtSlice(slice)
    expect((await inspect(bytes)).verdict).toEqual(inspectDicomBytes(bytes, inflateRawBounded))
  })

  it('reads a file without preamble and file meta group', () => {
    expect(factsOf(inspectDicomBytes(identity(), inflateRawBounded)).patientId).toBe('MRN-0042')
    expect(factsOf(inspectDicomBytes(implicitIdentity(), inflateRawBounded)).patientId).toBe('MRN-0042')
  })

  it('keeps the offsets by which a frame or the metadata is read later', () => {
    const verdict = inspectDicomBytes(fileWith(matrix(4, 4), pixels(32)), inflateRawBounded)
    expect(verdict).toMatchObject({ layout: { pixelData: { valueLength: 32 }, deflated: false } })
    const encapsulated = inspectDicomBytes(jpegWith(item(zeros(0))), inflateRawBounded)
    expect(encapsulated).toMatchObject({ layout: { pixelData: { valueLength: undefined } } })
  })
})

describe('facts', () => {
  it('keep codes of procedures and regions, by their own item only', () => {
    const code = item(
      concatBytes([
        openSequence(item(element(0x00080100, 'SH', 'NESTED'))),
        element(0x00080100, 'SH', 'RPID22'),
        element(0x00080102, 'SH', 'RADLEX'),
        element(0x00080104, 'LO', 'CT Head'),
      ]),
    )
    expect(
      facts(element(0x00081032, 'SQ', code), element(0x00082218, 'SQ', item(element(0x00080119, 'UC', 'LONG-CODE')))),
    ).toMatchObject({
      procedureCodes: [{ codeValue: 'RPID22', codingScheme: 'RADLEX', meaning: 'CT Head' }],
      anatomicRegions: [{ codeValue: 'LONG-CODE' }],
    })
  })

  it('keep the requests that a multi-order study answers', () => {
    const request = (id: string) =>
      item(concatBytes([element(0x00080050, 'SH', `A${id}`), element(0x00401001, 'SH', id)]))
    expect(facts(element(0x00400275, 'SQ', concatBytes([request('1'), request('2')]))).requests).toEqual([
      { requestedProcedureId: '1', accessionNumber: 'A1' },
      { requestedProcedureId: '2', accessionNumber: 'A2' },
    ])
  })

  it.each([
    ['20260229', undefined],
    ['20240229', '20240229'],
    ['2024.02.29', '20240229'],
    ['2024-02-29', undefined],
    ['20241301', undefined],
    ['', undefined],
  ])('take the date %j for %j and repair nothing', (written, read) => {
    expect(facts(element(0x00080020, 'DA', written)).studyDate).toBe(read)
  })

  it.each([
    ['101530.250000', '101530.250000'],
    ['1015', '1015'],
    ['10', '10'],
    ['10:15:30', '101530'],
    ['240000', undefined],
    ['101530.', undefined],
    ['10153', undefined],
  ])('take the time %j for %j, without a zone', (written, read) => {
    expect(facts(element(0x00080030, 'TM', written)).studyTime).toBe(read)
  })

  it('keep a zone only where the object states one', () => {
    expect(facts(element(0x00080201, 'SH', '+0100')).timezoneOffset).toBe('+0100')
    expect(facts(element(0x00080201, 'SH', 'CET')).timezoneOffset).toBeUndefined()
    expect(facts().timezoneOffset).toBeUndefined()
  })

  it('leave a missing or malformed instance number out instead of making one up', () => {
    expect(facts().instanceNumber).toBeUndefined()
    expect(facts(element(0x00200013, 'IS', '1A')).instanceNumber).toBeUndefined()
    expect(facts(element(0x00200013, 'IS', '-3 ')).instanceNumber).toBe(-3)
  })

  it('take chroma-subsampled pixels for the two samples a pixel that they are', () => {
    const half = concatBytes([matrix(4, 4, 8), element(0x00280004, 'CS', 'YBR_FULL_422')])
    const colour = half.slice()
    colour[8] = 3
    expect(inspectDicomBytes(fileWith(colour, pixels(32)), inflateRawBounded).verdict).toBe('accepted')
    expect(inspectDicomBytes(fileWith(colour, pixels(30)), inflateRawBounded)).toMatchObject({
      reason: 'pixel-data-too-short',
    })
  })

  it('read a UN element that is known by the dictionary, and an unknown sequence as implicit', () => {
    const unknown = concatBytes([
      element(0x00091001, 'UN', zeros(0), 0xffffffff),
      item(implicitElement(0x00080060, ascii('XX'))),
      SEQUENCE_END,
    ])
    expect(facts(element(0x00200011, 'UN', '12'), unknown)).toMatchObject({ seriesNumber: 12, modality: 'OT' })
  })
})
