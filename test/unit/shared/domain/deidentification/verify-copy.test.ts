import { describe, expect, it } from 'vitest'
import { defaultDeidentificationPolicy as policy } from '../../../../../shared/domain/deidentification/deidentification-policy.ts'
import { deidentifyObject } from '../../../../../shared/domain/deidentification/deidentify-object.ts'
import { verifyCopy } from '../../../../../shared/domain/deidentification/verify-copy.ts'
import {
  pseudonymsOf,
  runDeidentificationCases,
  runUidCollisions,
} from '../../../../fixtures/deidentification-cases.ts'
import {
  oneByteText,
  writeObject,
  type WrittenElement,
  type WrittenSyntax,
} from '../../../../fixtures/dicom-object-writer.ts'

it.each(runDeidentificationCases({ count: 30, seed: 20261124 }))(
  '$what: none of $tried escapes',
  ({ escaped, examples }) => {
    expect(examples).toEqual([])
    expect(escaped).toBe(0)
  },
)

it('No two of 50,001 UIDs are replaced alike, over the border of a batch', () => {
  expect(runUidCollisions({ count: 50_001 })).toMatchObject({ tried: 50_001, escaped: 0 })
})

const text = (tag: number, vr: string, value: string): WrittenElement => ({ tag, vr, value: oneByteText(value) })

const originalWith = (
  planted: readonly WrittenElement[],
  name = 'Mustermann^Erika',
  syntax: WrittenSyntax = '1.2.840.10008.1.2.1',
): Uint8Array =>
  writeObject({
    syntax,
    elements: [
      text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      text(0x00080018, 'UI', '1.2.826.0.1.3680043.1.1'),
      text(0x00080020, 'DA', '20240301'),
      text(0x00080060, 'CS', 'CT'),
      text(0x00100010, 'PN', name),
      text(0x00100020, 'LO', '4711471147'),
      text(0x00180015, 'CS', 'CHEST'),
      text(0x0020000d, 'UI', '1.2.826.0.1.3680043.1.2'),
      text(0x00280301, 'CS', 'NO'),
      ...planted,
    ].toSorted((a, b) => a.tag - b.tag),
    pixels: new Uint8Array([1, 2, 3, 4]),
  })

const copyOf = (object: Uint8Array): Uint8Array => {
  const attestation = { noTextSeenBy: 'tech-1', noFaceSeenBy: 'tech-1' }
  const made = deidentifyObject({ object, policy, pseudonyms: pseudonymsOf('case-1'), attestation })
  if (made.outcome !== 'copied') throw new Error(JSON.stringify(made))
  return made.copy
}

const bytesOf = (size: number, write: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

describe('What identifies is dropped from a copy, where no viewer needs it', () => {
  it.each([
    ['an ICC profile with the name', text(0x00282000, 'OB', 'mustermann')],
    ['an ICC profile with the name in base64', text(0x00282000, 'OB', btoa('  Mustermann'))],
    ['an ICC profile with the day', text(0x00282000, 'OB', '20240301  made')],
    ['a waveform', text(0x54001010, 'OW', 'mustermann')],
    ['numbers of the patient', text(0x00109431, 'FL', 'Erik')],
  ])('%s', (_, planted) => {
    const object = originalWith([planted])
    expect(Buffer.from(copyOf(object)).includes(Buffer.from(planted.value as Uint8Array))).toBe(false)
    expect(verifyCopy(copyOf(object), object, policy).outcome).toBe('clean')
  })
})

describe('What identifies holds a copy, where it was kept', () => {
  it.each([
    ['the name in small letters in a palette', text(0x00281201, 'OW', 'xxmustermannxx')],
    ['the day in a palette', text(0x00281201, 'OW', '  20240301  ')],
    ['the day in UTF-16 in a palette', text(0x00281201, 'OW', '20240301'.split('').join('\0') + '\0')],
    ['the name glued to other letters in a code', text(0x00185100, 'CS', 'XERIKA1')],
    ['the name backwards in a code', text(0x00185100, 'CS', 'AKIRE')],
    ['the name glued in short text', text(0x00181210, 'SH', 'B30mustermann')],
    ['the day glued in short text', text(0x00181210, 'SH', 'B20240301X')],
    ['the day in a decimal string', text(0x00281052, 'DS', '20240301')],
    ['the day as a power of ten', text(0x00281052, 'DS', '2.0240301E7')],
    ['the id behind a digit in an integer string', text(0x00200013, 'IS', '94711471147')],
    ['any day in an integer string', text(0x00200013, 'IS', '19610412')],
    [
      'the day as an unsigned number',
      { tag: 0x00289001, vr: 'UL', value: bytesOf(4, (v) => v.setUint32(0, 20240301, true)) },
    ],
    [
      'the day as a signed number',
      { tag: 0x00186016, vr: 'SL', value: bytesOf(4, (v) => v.setInt32(0, 20240301, true)) },
    ],
    ['the day as a double', { tag: 0x00189087, vr: 'FD', value: bytesOf(8, (v) => v.setFloat64(0, 20240301, true)) }],
    ['the id as a double', { tag: 0x00189087, vr: 'FD', value: bytesOf(8, (v) => v.setFloat64(0, 4711471147, true)) }],
    ['the name in bytes of short numbers', text(0x00280106, 'US', 'mustermann')],
    ['a name that was cut, in a double', text(0x00189087, 'FD', 'Musterma')],
    ['a given name in a double', text(0x00189087, 'FD', 'Erika   ')],
    ['a given name in long numbers', text(0x00289001, 'UL', 'Erika   ')],
  ] as const)('%s', (_, planted) => {
    const object = originalWith([planted])
    expect(verifyCopy(copyOf(object), object, policy)).toMatchObject({
      outcome: 'blocked',
      findings: [{ kind: 'residual-identity' }],
    })
  })

  it('and bulk data that is no table is found, whoever left it', () => {
    const object = originalWith([])
    const head = text(0x00282000, 'OB', 'profile!')
    const leaking = verifyCopy(originalWith([head]), object, policy)
    expect(leaking.outcome === 'blocked' && leaking.findings).toContainEqual({ kind: 'bulk-data', path: '00282000' })
  })

  it('but a patient called Mary or Gina is no word of the standard', () => {
    const object = originalWith([text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL')], 'Gina^Mary')
    expect(verifyCopy(copyOf(object), object, policy).outcome).toBe('clean')
  })

  it('nor is a number a name because one of its bytes is a caret, where the encoding does not say which it is', () => {
    const number = {
      tag: 0x00189073,
      vr: 'FD',
      value: new Uint8Array([0xb0, 0x41, 0x43, 0xae, 0x5e, 0x22, 0x63, 0x40]),
    }
    const object = originalWith([number], 'Mustermann^Erika', '1.2.840.10008.1.2')
    expect(verifyCopy(copyOf(object), object, policy).outcome).toBe('clean')
    const erika = originalWith([text(0x00189073, 'FD', 'Erika   ')], 'Mustermann^Erika', '1.2.840.10008.1.2')
    expect(verifyCopy(copyOf(erika), erika, policy).outcome).toBe('blocked')
  })
})
