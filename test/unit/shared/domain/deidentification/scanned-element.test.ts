import { describe, expect, it } from 'vitest'
import { defaultDeidentificationPolicy } from '../../../../../shared/domain/deidentification/deidentification-policy.ts'
import { scanDataSet, UnreadableObject } from '../../../../../shared/domain/deidentification/scanned-element.ts'
import { verifyCopy } from '../../../../../shared/domain/deidentification/verify-copy.ts'
import { joined, oneByteText, writeElement, writeObject } from '../../../../fixtures/dicom-object-writer.ts'

const explicit = { explicit: true, littleEndian: true }
const implicit = { explicit: false, littleEndian: true }
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
const item = (...length: readonly number[]): Uint8Array => bytes(0xfe, 0xff, 0x00, 0xe0, ...length)
const sequenceHeader = (...length: readonly number[]): Uint8Array =>
  joined(bytes(0x08, 0x00, 0x40, 0x11), oneByteText('SQ'), bytes(0, 0, ...length))
const endless = [0xff, 0xff, 0xff, 0xff] as const
const pixels = joined(bytes(0xe0, 0x7f, 0x10, 0x00), oneByteText('OB'), bytes(0, 0, ...endless))

const nested = (depth: number): Uint8Array => {
  let inner: Uint8Array = new Uint8Array(0)
  for (let i = 0; i < depth; i += 1) {
    inner = joined(
      sequenceHeader(...endless),
      item(...endless),
      inner,
      bytes(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0),
      bytes(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
    )
  }
  return inner
}

describe('The verifier\u2019s own reader refuses', () => {
  it.each([
    ['half a header', bytes(8, 0, 5, 0), explicit],
    ['half a long header', joined(bytes(8, 0, 5, 0), oneByteText('UT'), bytes(0, 0)), explicit],
    ['letters that are no VR', joined(bytes(8, 0, 5, 0), oneByteText('ZZ'), bytes(0, 0)), explicit],
    ['a value longer than the object', joined(bytes(8, 0, 5, 0), oneByteText('CS'), bytes(9, 0)), explicit],
    [
      'a sequence of something other than items',
      joined(sequenceHeader(8, 0, 0, 0), bytes(8, 0, 5, 0, 0, 0, 0, 0)),
      explicit,
    ],
    ['an item longer than its sequence', joined(sequenceHeader(8, 0, 0, 0), item(9, 0, 0, 0)), explicit],
    ['fragments without their end', pixels, explicit],
    ['fragments that are none', joined(pixels, bytes(8, 0, 5, 0, 0, 0, 0, 0)), explicit],
    ['a fragment longer than the object', joined(pixels, item(9, 0, 0, 0)), explicit],
    ['more nesting than anybody needs', nested(60), explicit],
  ])('%s', (_, object, format) => {
    expect(() => scanDataSet(object, 0, format)).toThrow(UnreadableObject)
  })
})

describe('The verifier\u2019s own reader', () => {
  it('finds what is nested, with and without lengths, named or implicit', () => {
    for (const undefinedLengths of [true, false]) {
      for (const format of [explicit, implicit]) {
        const style = { explicit: format.explicit, little: true, undefinedLengths }
        const name = { tag: 0x00100010, vr: 'PN', value: oneByteText('Mustermann') }
        const object = writeElement({ tag: 0x00081140, vr: 'SQ', value: [[], [name]] }, style)
        expect(scanDataSet(object, 0, format).map(({ path, items }) => [path, items])).toEqual([
          ['00081140', 2],
          ['00081140[1].00100010', undefined],
        ])
      }
    }
  })

  it('reads what is written as UN and holds items as implicit little endian (CP-246)', () => {
    const inner = writeElement(
      { tag: 0x00100010, vr: 'PN', value: oneByteText('Mustermann') },
      { explicit: false, little: true, undefinedLengths: false },
    )
    const body = joined(item(inner.length, 0, 0, 0), inner)
    const unknown = joined(bytes(0x08, 0, 0x40, 0x11), oneByteText('UN'), bytes(0, 0, body.length, 0, 0, 0), body)
    expect(scanDataSet(unknown, 0, explicit).map(({ path }) => path)).toEqual(['00081140', '00081140[0].00100010'])
  })
})

describe('Verification', () => {
  const original = writeObject({
    syntax: '1.2.840.10008.1.2.1',
    elements: [{ tag: 0x00080060, vr: 'CS', value: oneByteText('CT') }],
  })
  const policy = defaultDeidentificationPolicy

  it('blocks a copy of an original that cannot be read: nobody knows what should be gone', () => {
    expect(verifyCopy(original, original.subarray(0, original.length - 1), policy)).toEqual({
      outcome: 'blocked',
      findings: [{ kind: 'original-unreadable', path: '' }],
    })
  })

  it('blocks what is no copy at all', () => {
    expect(verifyCopy(new Uint8Array(10), original, policy)).toMatchObject({ outcome: 'blocked' })
    expect(verifyCopy(original.subarray(0, original.length - 1), original, policy)).toEqual({
      outcome: 'blocked',
      findings: [{ kind: 'unreadable', path: '' }],
    })
  })

  it('blocks the original itself, and never repeats a value of it', () => {
    const named = writeObject({
      syntax: '1.2.840.10008.1.2.1',
      elements: [
        { tag: 0x00080060, vr: 'CS', value: oneByteText('SR') },
        { tag: 0x00081155, vr: 'UI', value: oneByteText('1.2.826.0.1.3680043.1.1') },
        { tag: 0x00100010, vr: 'PN', value: oneByteText('Mustermann^Erika') },
        { tag: 0x00100030, vr: 'DA', value: oneByteText('19610301') },
      ],
    })
    const outcome = verifyCopy(named, named, policy)
    const kinds = outcome.outcome === 'blocked' ? new Set(outcome.findings.map(({ kind }) => kind)) : new Set()
    expect([...kinds].sort()).toEqual(['listed-attribute', 'marker', 'residual-identity', 'structured-text', 'uid'])
    expect(JSON.stringify(outcome)).not.toMatch(/Muster|1961|3680043/)
  })

  it('reads an original without preamble and file meta, explicit or implicit', () => {
    const element = { tag: 0x00100010, vr: 'PN', value: oneByteText('Mustermann^Erika') }
    for (const isExplicit of [true, false]) {
      const bare = writeElement(element, { explicit: isExplicit, little: true, undefinedLengths: false })
      const leaking = writeObject({
        syntax: '1.2.840.10008.1.2.1',
        elements: [{ tag: 0x00181210, vr: 'SH', value: oneByteText('B30 ERIKA') }],
      })
      const outcome = verifyCopy(leaking, bare, policy)
      expect(outcome.outcome === 'blocked' && outcome.findings).toContainEqual({
        kind: 'residual-identity',
        path: '00181210',
      })
    }
  })
})
