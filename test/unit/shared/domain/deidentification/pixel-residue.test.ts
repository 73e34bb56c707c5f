import { describe, expect, it } from 'vitest'
import { defaultDeidentificationPolicy as policy } from '../../../../../shared/domain/deidentification/deidentification-policy.ts'
import { deidentifyObject } from '../../../../../shared/domain/deidentification/deidentify-object.ts'
import { verifyCopy } from '../../../../../shared/domain/deidentification/verify-copy.ts'
import { TRANSFER_SYNTAX } from '../../../../../shared/domain/dicom/transfer-syntax.ts'
import { concatBytes, element, fileHead, uint16 } from '../../../../builders/dicom-file.ts'
import { item, raw, SEQUENCE_END, UNDEFINED_LENGTH, zeros } from '../../../../fixtures/dicom-attack-bytes.ts'
import { pseudonymsOf } from '../../../../fixtures/deidentification-cases.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'

/** Four pixels of 16 bits, twelve of which are stored. */
const withPixels = (pixels: Uint8Array, syntax: string = TRANSFER_SYNTAX.explicitLittle, sign = 0): Uint8Array =>
  concatBytes([
    fileHead(CT, '1.2.3.4.5', syntax),
    element(0x00080016, 'UI', CT),
    element(0x00080018, 'UI', '1.2.3.4.5'),
    element(0x00080060, 'CS', 'CT'),
    element(0x00100010, 'PN', 'Muster^Erika'),
    element(0x00100020, 'LO', 'MRN-471147'),
    element(0x0020000d, 'UI', '1.2.3.4'),
    element(0x0020000e, 'UI', '1.2.3.4.4'),
    element(0x00280002, 'US', uint16(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', uint16(2)),
    element(0x00280011, 'US', uint16(2)),
    element(0x00280100, 'US', uint16(16)),
    element(0x00280101, 'US', uint16(12)),
    element(0x00280102, 'US', uint16(11)),
    element(0x00280103, 'US', uint16(sign)),
    element(0x00280120, 'US', uint16(0xf830)),
    element(0x00700080, 'CS', 'IOWA_STUDY'),
    pixels,
  ])

const words = (...values: readonly number[]): Uint8Array => element(0x7fe00010, 'OW', concatBytes(values.map(uint16)))

const copied = (object: Uint8Array) => {
  const attestation = { noTextSeenBy: 'p', noFaceSeenBy: 'p' }
  const made = deidentifyObject({ object, policy, pseudonyms: pseudonymsOf('pixels'), attestation })
  if (made.outcome !== 'copied') throw new Error(JSON.stringify(made))
  return { copy: made.copy, verified: verifyCopy(made.copy, object, policy) }
}
const beside = { outcome: 'blocked', findings: [{ kind: 'beside-pixels', path: '7FE00010' }] }

describe('Beside the pixels', () => {
  it('nothing stands behind the last frame of a copy, and a copy where something does is not released', () => {
    const original = withPixels(element(0x7fe00010, 'OW', concatBytes([zeros(8), raw('call his wife Anna, Linz 8')])))
    const { copy, verified } = copied(original)
    expect(verified.outcome).toBe('clean')
    expect(Buffer.from(copy).toString('latin1')).not.toContain('Anna')
    const longer = concatBytes([copied(withPixels(words(1, 2, 3, 4))).copy.slice(0, -20), words(1, 2, 3, 4, 0x4141)])
    expect(verifyCopy(longer, original, policy)).toEqual(beside)
  })

  it.each([
    ['an overlay in a bit above the sample', words(1, 0x1002, 3, 4), 0],
    ['one in the highest bit', words(1, 2, 3, 0x8000), 0],
    ['one above a negative sample', words(1, 0x7fff, 3, 4), 1],
  ])('%s keeps a copy back', (_, pixels, sign) => {
    expect(copied(withPixels(pixels, TRANSFER_SYNTAX.explicitLittle, sign)).verified).toEqual(beside)
  })

  it.each([
    ['a sign that goes on', words(1, 0xf801, 3, 0xffff), 1],
    ['the value that means no pixel', words(0xf830, 2, 3, 0xf830), 0],
  ])('%s does not', (_, pixels, sign) => {
    expect(copied(withPixels(pixels, TRANSFER_SYNTAX.explicitLittle, sign)).verified.outcome).toBe('clean')
  })

  const segment = (marker: number, content: string): Uint8Array =>
    concatBytes([Uint8Array.of(0xff, marker, 0, content.length + 2), raw(content)])
  const jpeg = (...segments: readonly Uint8Array[]): Uint8Array => {
    const scan = Uint8Array.of(0xff, 0xda, 0, 2, 1, 2, 0xff, 0xd9)
    const stream = concatBytes([Uint8Array.of(0xff, 0xd8), ...segments, scan])
    const even = stream.length % 2 === 0 ? stream : concatBytes([stream, zeros(1)])
    return concatBytes([
      element(0x7fe00010, 'OB', zeros(0), UNDEFINED_LENGTH),
      item(zeros(0)),
      item(even),
      SEQUENCE_END,
    ])
  }
  const jfif = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0')

  it.each([
    ['a comment', [segment(0xfe, 'seen with her sister Anna')]],
    ['Exif', [jfif, segment(0xe1, 'Exif\0\0MM\0*Praxis Dr. Huber')]],
    ['a thumbnail', [segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01abc')]],
  ])('%s in a compressed frame keeps a copy back', (_, segments) => {
    expect(copied(withPixels(jpeg(...segments), TRANSFER_SYNTAX.jpegBaseline)).verified).toEqual(beside)
  })

  it('what a decoder needs to know does not', () => {
    const adobe = segment(0xee, 'Adobe\0d\0\0\0\0\0')
    expect(copied(withPixels(jpeg(jfif, adobe), TRANSFER_SYNTAX.jpegBaseline)).verified.outcome).toBe('clean')
  })

  it('the label that somebody gave to a drawing is not kept', () => {
    const { copy } = copied(withPixels(words(1, 2, 3, 4)))
    expect(Buffer.from(copy).toString('latin1')).not.toContain('IOWA')
    const labelled = Buffer.from(Buffer.from(copy).toString('latin1').replace('REMOVED ', 'IOWASTUD'), 'latin1')
    expect(verifyCopy(labelled, withPixels(words(1, 2, 3, 4)), policy)).toMatchObject({
      findings: [{ kind: 'typed-text', path: '00700080' }],
    })
  })
})
