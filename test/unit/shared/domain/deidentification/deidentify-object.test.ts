import { deflateRawSync, inflateRawSync } from 'node:zlib'
import dicomParser from 'dicom-parser'
import { describe, expect, it } from 'vitest'
import { plannedCopyFacts, verifiedCopyFacts } from '../../../../../shared/domain/deidentification/copy-evidence.ts'
import {
  defaultDeidentificationPolicy,
  type DeidentificationPolicy,
} from '../../../../../shared/domain/deidentification/deidentification-policy.ts'
import {
  deidentifyObject,
  type DeidentificationCommand,
} from '../../../../../shared/domain/deidentification/deidentify-object.ts'
import { verifyCopy } from '../../../../../shared/domain/deidentification/verify-copy.ts'
import { decide } from '../../../../../shared/domain/residency/decide.ts'
import { confirmedPolicy } from '../../../../fixtures/confirmed-policy.ts'
import { pseudonymsOf, residueIn } from '../../../../fixtures/deidentification-cases.ts'
import {
  joined,
  oneByteText,
  writeElement,
  writeObject,
  type WrittenElement,
  type WrittenObject,
} from '../../../../fixtures/dicom-object-writer.ts'
import { identifyingObject, listedTags } from '../../../../fixtures/identifying-object.ts'
import { factsFor, fullEvidence, readerIn } from '../../../../fixtures/residency-evidence.ts'
import { seededRandom } from '../../../../fixtures/seeded-random.ts'

const attestation = { noTextSeenBy: 'tech-1', noFaceSeenBy: 'tech-2' }
const shift = defaultDeidentificationPolicy
const remove: DeidentificationPolicy = { ...shift, dates: 'remove', keepPatientCharacteristics: false }

const text = (tag: number, vr: string, value: string): WrittenElement => ({ tag, vr, value: oneByteText(value) })

const base: readonly WrittenElement[] = [
  text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
  text(0x00080018, 'UI', '1.2.826.0.1.3680043.1.1'),
  text(0x00080020, 'DA', '20240301'),
  text(0x00080060, 'CS', 'CT'),
  text(0x00100010, 'PN', 'Mustermann^Erika'),
  text(0x00100020, 'LO', 'MRN-4711'),
  text(0x00180015, 'CS', 'CHEST'),
  text(0x0020000d, 'UI', '1.2.826.0.1.3680043.1.2'),
  text(0x00280301, 'CS', 'NO'),
]

const objectOf = (elements: readonly WrittenElement[] = [], more: Partial<WrittenObject> = {}): Uint8Array => {
  const all = new Map([...base, ...elements].map((element) => [element.tag, element]))
  return writeObject({
    syntax: '1.2.840.10008.1.2.1',
    elements: [...all.values()].toSorted((a, b) => a.tag - b.tag),
    pixels: new Uint8Array([1, 2, 3, 4]),
    ...more,
  })
}

const run = (object: Uint8Array, more: Partial<DeidentificationCommand> = {}) =>
  deidentifyObject({ object, policy: shift, pseudonyms: pseudonymsOf('case-1'), attestation, ...more })

const copyOf = (object: Uint8Array, more: Partial<DeidentificationCommand> = {}): Uint8Array => {
  const outcome = run(object, more)
  if (outcome.outcome !== 'copied') throw new Error(JSON.stringify(outcome))
  return outcome.copy
}

const read = (copy: Uint8Array) => dicomParser.parseDicom(copy)
const valueIn = (elements: readonly WrittenElement[], tag: string, more: Partial<DeidentificationCommand> = {}) => {
  const parsed = read(copyOf(objectOf(elements), more))
  const key = `x${tag}`
  return parsed.elements[key] === undefined ? 'absent' : (parsed.string(key) ?? '')
}

describe('A de-identified copy', () => {
  it('of an object that holds every attribute of Table E.1-1 holds none of their values', () => {
    for (const syntax of [
      '1.2.840.10008.1.2.1',
      '1.2.840.10008.1.2',
      '1.2.840.10008.1.2.2',
      '1.2.840.10008.1.2.4.70',
    ] as const) {
      for (const policy of [shift, remove]) {
        const original = identifyingObject(seededRandom(7), { syntax, tags: listedTags })
        const copy = copyOf(original.bytes, { policy })
        expect(residueIn(copy, original), syntax).toEqual([])
        expect(verifyCopy(copy, original.bytes, policy), syntax).toMatchObject({ outcome: 'clean' })
      }
    }
  })

  it('says that it is one, by which codes, and that its dates were moved', () => {
    const parsed = read(copyOf(objectOf([text(0x00120062, 'CS', 'NO'), text(0x00280303, 'CS', 'UNMODIFIED')])))
    expect(parsed.string('x00120062')).toBe('YES')
    expect(parsed.string('x00280303')).toBe('MODIFIED')
    const codes = parsed.elements['x00120064']?.items?.map((item) => item.dataSet?.string('x00080100'))
    expect(codes).toEqual(['113100', '113107', '113108'])
    expect(read(copyOf(objectOf(), { policy: remove })).string('x00280303')).toBe('REMOVED')
  })

  it('has an empty preamble and nothing but its own file meta', () => {
    const meta = [text(0x00020016, 'AE', 'CTSCANNER'), text(0x00020102, 'OB', 'secret')]
    const copy = copyOf(objectOf([], { preamble: oneByteText('II*\0 name'.padEnd(128)), meta }))
    expect(copy.subarray(0, 128).every((byte) => byte === 0)).toBe(true)
    expect(Object.keys(read(copy).elements).filter((tag) => tag.startsWith('x0002'))).toEqual(
      ['00', '01', '02', '03', '10', '12', '13'].map((element) => `x000200${element}`),
    )
  })

  it('keeps pixel data byte for byte, native or compressed, and swaps big-endian words', () => {
    const pixelsOf = (copy: Uint8Array) => {
      const element = read(copy).elements['x7fe00010']
      return [...copy.subarray(element?.dataOffset, (element?.dataOffset ?? 0) + (element?.length ?? 0))]
    }
    expect(pixelsOf(copyOf(objectOf()))).toEqual([1, 2, 3, 4])
    expect(pixelsOf(copyOf(objectOf([], { syntax: '1.2.840.10008.1.2' })))).toEqual([1, 2, 3, 4])
    expect(pixelsOf(copyOf(objectOf([], { syntax: '1.2.840.10008.1.2.2' })))).toEqual([2, 1, 4, 3])
    const compressed = read(copyOf(objectOf([], { syntax: '1.2.840.10008.1.2.4.70' })))
    expect(compressed.string('x00020010')).toBe('1.2.840.10008.1.2.4.70')
    expect(compressed.elements['x7fe00010']?.fragments?.map(({ length }) => length)).toEqual([4])
  })

  it('drops what follows the pixel data', () => {
    const copy = copyOf(
      objectOf([], { afterPixels: [text(0x7fe10010, 'LO', 'MARK'), text(0xfffcfffc, 'OB', 'PADDING!')] }),
    )
    expect(Object.keys(read(copy).elements).sort().at(-1)).toBe('x7fe00010')
  })

  it.each([
    ['the name becomes a pseudonym', text(0x00100010, 'PN', 'Mustermann^Erika'), '00100010', /^OVR-[0-9A-F]{16}$/],
    ['the accession number is emptied', text(0x00080050, 'SH', 'A-1'), '00080050', /^$/],
    ['a description is removed', text(0x00081030, 'LO', 'CT of Erika'), '00081030', /^absent$/],
    ['a private element is removed', text(0x00290010, 'LO', 'VENDOR'), '00290010', /^absent$/],
    ['an overlay plane is removed whole', text(0x60000010, 'US', '\0\u0001'), '60000010', /^absent$/],
    ['a study date moves', text(0x00080020, 'DA', '20240301'), '00080020', /^(?!20240301)\d{8}$/],
    ['a study date that is none is emptied', text(0x00080020, 'DA', 'soon'), '00080020', /^$/],
    ['a series date that is none becomes the dummy', text(0x00080021, 'DA', 'soon'), '00080021', /^19000101$/],
    ['a birth date is emptied', text(0x00100030, 'DA', '19610301'), '00100030', /^$/],
    ['an unlisted date moves too', text(0x00080106, 'DT', '20240301101112'), '00080106', /^(?!20240301)\d{14}$/],
    ['an age stays', text(0x00101010, 'AS', '047Y'), '00101010', /^047Y$/],
    ['an age of ninety or more is ninety', text(0x00101010, 'AS', '104Y'), '00101010', /^090Y$/],
    ['an age that is none goes', text(0x00101010, 'AS', 'OLD!'), '00101010', /^absent$/],
    ['the sex stays', text(0x00100040, 'CS', 'F'), '00100040', /^F$/],
    ['another word for the sex is emptied', text(0x00100040, 'CS', 'MRS SMITH'), '00100040', /^$/],
    ['an ethnic group goes, being free text', text(0x00102160, 'SH', 'text'), '00102160', /^absent$/],
    ['a smoking status stays', text(0x001021a0, 'CS', 'UNKNOWN'), '001021a0', /^UNKNOWN$/],
    ['a body part stays', text(0x00180015, 'CS', 'CHEST'), '00180015', /^CHEST$/],
    ['a coded value that is no code is emptied', text(0x00185100, 'CS', 'Mrs Smith'), '00185100', /^$/],
    ['a number that is none is emptied', text(0x00200013, 'IS', 'Smith'), '00200013', /^$/],
    ['a kernel name stays', text(0x00181210, 'SH', 'B30f'), '00181210', /^B30f$/],
    ['other short text goes', text(0x00080070, 'LO', 'ACME'), '00080070', /^absent$/],
    ['typed text without a row goes', text(0x00400310, 'ST', 'to Erika'), '00400310', /^absent$/],
    [
      'a well-known frame of reference stays',
      text(0x00200052, 'UI', '1.2.840.10008.1.4.1.1'),
      '00200052',
      /^1\.2\.840\.10008\.1\.4\.1\.1$/,
    ],
    ['another frame of reference is replaced', text(0x00200052, 'UI', '1.2.826.1'), '00200052', /^2\.25\.\d+$/],
    [
      'a UID in the clothes of the standard is replaced',
      text(0x00080014, 'UI', '1.2.840.10008.5.1'),
      '00080014',
      /^2\.25\.\d+$/,
    ],
    [
      'a Z attribute that is a sequence is emptied',
      { tag: 0x00400513, vr: 'SQ', value: [[text(0x00400031, 'UT', 'Lab 7')]] },
      '00400513',
      /^$/,
    ],
    ['a UID attribute that holds text goes', text(0x00080014, 'LO', 'Erika'), '00080014', /^absent$/],
    ['an element of no dictionary goes', text(0x00081fff, 'LO', 'x'), '00081fff', /^absent$/],
    ['a group length goes', text(0x00100000, 'UL', '\0\0\0\0'), '00100000', /^absent$/],
  ])('%s', (_, element, tag, expected) => {
    expect(valueIn([element], tag)).toMatch(expected)
  })

  it('without the options keeps neither age, sex nor dates', () => {
    const more = { policy: remove }
    expect(valueIn([text(0x00101010, 'AS', '047Y')], '00101010', more)).toBe('absent')
    expect(valueIn([text(0x00100040, 'CS', 'F')], '00100040', more)).toBe('')
    expect(valueIn([], '00080020', more)).toBe('')
    expect(valueIn([text(0x00080021, 'DA', '20240301')], '00080021', more)).toBe('19000101')
    expect(valueIn([text(0x00080106, 'DT', '20240301101112')], '00080106', more)).toBe('19000101000000')
  })

  it('replaces references inside a sequence and drops the sequences that name people', () => {
    const reference = text(0x00081155, 'UI', '1.2.826.0.1.3680043.1.1')
    const hidden = text(0x00100010, 'PN', 'Mustermann^Erika')
    const icon = { tag: 0x7fe00010, vr: 'OW', value: new Uint8Array([9, 9]) }
    const copy = read(
      copyOf(
        objectOf([
          {
            tag: 0x00081140,
            vr: 'SQ',
            value: [[text(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'), reference, hidden, icon]],
          },
          { tag: 0x00081110, vr: 'SQ', value: [[reference]] },
          { tag: 0x00101002, vr: 'SQ', value: [[hidden]] },
          {
            tag: 0x00401101,
            vr: 'SQ',
            value: [[text(0x00080104, 'LO', 'Dr Grey')], [text(0x00080104, 'LO', 'Dr House')]],
          },
          { tag: 0x00082218, vr: 'SQ', value: [] },
        ]),
      ),
    )
    const item = copy.elements['x00081140']?.items?.[0]?.dataSet
    expect(item?.string('x00081155')).toBe(copy.string('x00080018'))
    expect(item?.string('x00081150')).toBe('1.2.840.10008.5.1.4.1.1.2')
    expect(item?.string('x00100010')).toMatch(/^OVR-/)
    expect(item?.elements['x7fe00010']).toBeUndefined()
    expect(copy.elements['x00081110']?.items ?? []).toEqual([])
    expect(copy.elements['x00101002']).toBeUndefined()
    expect(copy.elements['x00401101']?.items?.map(({ dataSet }) => Object.keys(dataSet?.elements ?? {}))).toEqual([[]])
    expect(copy.elements['x00082218']).toBeDefined()
  })

  it('reads implicit and big-endian originals as what they are', () => {
    const rows = { tag: 0x00280010, vr: 'US', value: new Uint8Array([2, 1]) }
    const empty = { tag: 0x00082218, vr: 'SQ', value: [] }
    const big = read(copyOf(objectOf([rows], { syntax: '1.2.840.10008.1.2.2' })))
    expect(big.uint16('x00280010')).toBe(0x0201)
    const implicit = read(copyOf(objectOf([rows, empty], { syntax: '1.2.840.10008.1.2' })))
    expect(implicit.uint16('x00280010')).toBe(0x0102)
    expect(implicit.elements['x00082218']).toMatchObject({ vr: 'SQ', length: 0 })
  })

  it('is not made where a value is too long for its VR', () => {
    const long = { tag: 0x00181210, vr: 'SH', value: new Uint8Array(70_000).fill(0x41) }
    expect(run(objectOf([long], { syntax: '1.2.840.10008.1.2' }))).toEqual({
      outcome: 'not-copied',
      reason: 'text-too-long',
    })
  })

  it('takes the first of two elements of one tag, so that none hides behind another', () => {
    const style = { explicit: true, little: true, undefinedLengths: false }
    const twice = joined(objectOf([], { pixels: new Uint8Array(0) }), writeElement(text(0x00080060, 'CS', 'MR'), style))
    expect(read(copyOf(twice)).string('x00080060')).toBe('CT')
  })

  it('is also made of an inflated object, and not of one that cannot be inflated', () => {
    const whole = objectOf()
    const start = 144 + new DataView(whole.buffer, 140, 4).getUint32(0, true)
    const head = objectOf([], { syntax: '1.2.840.10008.1.2.1.99' as '1.2.840.10008.1.2.1' })
    const headEnd = 144 + new DataView(head.buffer, 140, 4).getUint32(0, true)
    const deflated = joined(head.subarray(0, headEnd), deflateRawSync(whole.subarray(start)))
    const inflateRaw = (bytes: Uint8Array) => new Uint8Array(inflateRawSync(bytes))
    expect(read(copyOf(deflated, { inflateRaw })).string('x00020010')).toBe('1.2.840.10008.1.2.1')
    expect(verifyCopy(copyOf(deflated, { inflateRaw }), deflated, shift, inflateRaw).outcome).toBe('clean')
    expect(verifyCopy(copyOf(deflated, { inflateRaw }), deflated, shift)).toMatchObject({
      findings: [{ kind: 'original-unreadable' }],
    })
    expect(run(deflated)).toEqual({ outcome: 'not-copied', reason: 'unsupported-transfer-syntax' })
    expect(run(deflated, { inflateRaw: () => 'corrupt' })).toEqual({ outcome: 'not-copied', reason: 'deflate-corrupt' })
    expect(run(deflated, { inflateRaw: () => 'too-large' })).toEqual({ outcome: 'not-copied', reason: 'deflate-bomb' })
  })
})

describe('There is no copy', () => {
  it.each([
    ['of a structured report', [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11')], 'class-not-releasable'],
    ['of an encapsulated document', [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.104.1')], 'class-not-releasable'],
    ['of a presentation state', [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.11.1')], 'class-not-releasable'],
    ['of a private class', [text(0x00080016, 'UI', '1.2.276.0.1')], 'class-not-releasable'],
  ])('%s', (_, elements, reason) => {
    expect(run(objectOf(elements))).toEqual({ outcome: 'not-copied', reason })
  })

  it('of what is cut, no DICOM, too large, or in a syntax that hides its pixels', () => {
    const whole = objectOf()
    expect(run(whole.subarray(0, whole.length - 3))).toMatchObject({ reason: 'truncated' })
    expect(run(oneByteText('no DICOM at all, but long enough'))).toMatchObject({ outcome: 'not-copied' })
    expect(run(whole.subarray(0, 140))).toMatchObject({ outcome: 'not-copied' })
    expect(run(whole, { policy: { ...shift, maxObjectBytes: 100 } })).toMatchObject({ reason: 'object-too-large' })
    for (const syntax of ['1.2.840.10008.1.2.4.94', '1.2.840.113619.5.2', '1.2.276.0.9']) {
      expect(run(objectOf([], { syntax: syntax as '1.2.840.10008.1.2.1', pixels: new Uint8Array(0) }))).toMatchObject({
        reason: expect.stringMatching(/unsupported-transfer-syntax|pixels-do-not-fit-syntax/) as string,
      })
    }
  })
})

describe('A copy waits for a person', () => {
  const held = (elements: readonly WrittenElement[], more: Partial<DeidentificationCommand> = {}) => {
    const outcome = run(objectOf(elements), { attestation: {}, ...more })
    return outcome.outcome === 'held-for-human' ? outcome.reasons : outcome.outcome
  }

  it.each([
    ['when text may be in the pixels and nobody says it is not', [text(0x00280301, 'CS', '')], ['burned-in-text']],
    ['when the object says there is text', [text(0x00280301, 'CS', 'YES')], ['burned-in-text']],
    ['when it is an ultrasound that says there is none', [text(0x00080060, 'CS', 'US')], ['burned-in-text']],
    [
      'when it is a secondary capture that calls itself CT',
      [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7')],
      ['burned-in-text'],
    ],
    [
      'when it is a multi-frame secondary capture',
      [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7.4')],
      ['burned-in-text'],
    ],
    ['when it was converted from paper or video', [text(0x00080064, 'CS', 'WSD')], ['burned-in-text']],
    ['when it is a screen', [text(0x00080008, 'CS', 'DERIVED\\SECONDARY\\SCREEN SAVE')], ['burned-in-text']],
    ['when it is a head', [text(0x00180015, 'CS', 'HEAD')], ['recognizable-face']],
    ['when nobody says which part it is', [text(0x00180015, 'CS', '')], ['recognizable-face']],
    [
      'when it calls itself a chest and its protocol a skull',
      [text(0x00181030, 'LO', 'Skull base')],
      ['recognizable-face'],
    ],
    ['when it says that it shows a face', [text(0x00280302, 'CS', 'YES')], ['recognizable-face']],
    [
      'for both',
      [text(0x00280301, 'CS', 'YES'), text(0x00180015, 'CS', 'BRAIN')],
      ['burned-in-text', 'recognizable-face'],
    ],
  ])('%s', (_, elements, reasons) => {
    expect(held(elements)).toEqual(reasons)
  })

  it('for neither in a CT of the chest that says it has no text', () => {
    expect(held([])).toBe('copied')
  })

  it('for no face in a plain radiograph', () => {
    expect(held([text(0x00080060, 'CS', 'CR'), text(0x00180015, 'CS', 'HAND')])).toBe('copied')
  })

  it('until the person has looked', () => {
    const head = [text(0x00180015, 'CS', 'HEAD'), text(0x00280301, 'CS', 'YES')]
    expect(held(head, { attestation: { noTextSeenBy: 'tech-1' } })).toEqual(['recognizable-face'])
    expect(held(head, { attestation: { noFaceSeenBy: 'tech-1' } })).toEqual(['burned-in-text'])
    expect(held(head, { attestation })).toBe('copied')
  })
})

describe('What a residency decision makes of a copy', () => {
  const reader = readerIn('US')
  const modeWith = (deidentification: ReturnType<typeof plannedCopyFacts>, purpose: 'offer' | 'image-access') => {
    const facts = { ...factsFor(confirmedPolicy.policy, 'DE'), deidentification }
    return decide(confirmedPolicy, 'DE', reader, purpose, fullEvidence(confirmedPolicy.policy, 'DE', reader, { facts }))
      .mode
  }
  const factsOf = (object: Uint8Array, policy = shift, damage = (copy: Uint8Array) => copy) => {
    const outcome = run(object, { policy })
    if (outcome.outcome !== 'copied') throw new Error('no copy')
    return verifiedCopyFacts(outcome.risk, attestation, verifyCopy(damage(outcome.copy), object, policy))
  }

  it('lets a planned copy be offered, and a verified one be opened', () => {
    expect(modeWith(plannedCopyFacts(shift), 'offer')).toBe('transfer_deidentified')
    expect(modeWith(plannedCopyFacts(shift), 'image-access')).toBe('forbidden')
    expect(modeWith(factsOf(objectOf()), 'image-access')).toBe('transfer_deidentified')
    expect(modeWith(factsOf(objectOf([text(0x00180015, 'CS', 'HEAD')])), 'image-access')).toBe('transfer_deidentified')
  })

  it('does not open a copy that the verifier blocked, or that the policy wants dated otherwise', () => {
    expect(
      modeWith(
        factsOf(objectOf(), shift, (copy) => copy.subarray(1)),
        'image-access',
      ),
    ).toBe('forbidden')
    expect(modeWith(factsOf(objectOf(), remove), 'image-access')).toBe('forbidden')
  })
})
