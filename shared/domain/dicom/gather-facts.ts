import { chooseDecoding, DEFAULT_DECODING } from './character-set.ts'
import type { TextDecoding } from './character-set.ts'
import type { ElementListener } from './element-listener.ts'
import type { DicomCode, DicomFacts, DicomRequest } from './dicom-facts.ts'
import { isDicomUid } from './dicom-uid.ts'
import { FACT_FIELDS, IDENTIFYING_TAGS, ITEM_TAG, ITEM_TAGS } from './fact-fields.ts'
import type { FactField } from './fact-fields.ts'
import { uidText } from './file-meta.ts'
import type { FileMeta } from './file-meta.ts'
import type { DicomLimits } from './limits.ts'
import type { DicomRejection } from './rejection.ts'
import { dateText, lineText, offsetText, personNameText, textValues, timeText } from './text-value.ts'
import { dictionaryVr, VR_IMPLICIT, VR_UN, VR_US } from './vr.ts'

interface Kept {
  readonly vr: number
  readonly value: Uint8Array
}
type ItemElements = Map<number, Uint8Array>

const TAG_CHARACTER_SET = 0x00080005
const MATRIX_TAGS: ReadonlySet<number> = new Set([0x00280010, 0x00280011, 0x00280100, 0x00280002])

/** Keeps the elements that facts are made of, as bytes, while the walk goes on; text is decoded once all are known. */
export class FactGatherer implements ElementListener {
  private readonly kept = new Map<number, Kept>()
  private readonly sequences = new Map<number, ItemElements[]>()
  /** The items of the top-level sequence that the walk is in, if facts are made of them. */
  private items: ItemElements[] | undefined
  private bytes = 0
  private heldItems = 0
  private readonly limits: Pick<DicomLimits, 'factBytes' | 'factItems'>

  constructor(limits: Pick<DicomLimits, 'factBytes' | 'factItems'>) {
    this.limits = limits
  }

  wants(tag: number, _vr: number, level: number): boolean {
    if (level === 0) return FACT_FIELDS.has(tag)
    return level === 2 && this.items !== undefined && ITEM_TAGS.has(tag)
  }

  element(tag: number, vr: number, level: number, value: Uint8Array): DicomRejection | undefined {
    this.bytes += value.length
    if (this.bytes > this.limits.factBytes) return 'header-too-large'
    if (this.heldItems > this.limits.factItems) return 'too-many-items'
    if (level !== 0) {
      const item = this.items?.at(-1)
      if (item !== undefined && !item.has(tag)) item.set(tag, value)
      return undefined
    }
    const earlier = this.kept.get(tag)
    if (earlier === undefined) this.kept.set(tag, { vr, value })
    else if (IDENTIFYING_TAGS.has(tag) && !sameBytes(earlier.value, value)) return 'conflicting-duplicate'
    // A matrix that one reader takes as 16 bits and another as 32 is CVE-2026-5442's family: US and nothing else.
    if (MATRIX_TAGS.has(tag) && value.length > 0 && (value.length !== 2 || !isUnsignedShort(vr)))
      return 'bad-pixel-matrix'
    return undefined
  }

  sequence(tag: number, level: number): void {
    if (level !== 1) return
    this.items = FACT_FIELDS.has(tag) ? [] : undefined
    if (this.items !== undefined && !this.sequences.has(tag)) this.sequences.set(tag, this.items)
  }

  item(level: number): void {
    if (level !== 2 || this.items === undefined) return
    this.heldItems += 1
    // Those beyond are not held: the next element refuses the object, and without one they say nothing.
    if (this.heldItems <= this.limits.factItems) this.items.push(new Map())
  }

  leave(level: number): void {
    if (level === 1) this.items = undefined
  }

  /** True once something has been seen that only DICOM has. */
  get recognised(): boolean {
    return this.kept.has(0x00080016) || this.kept.has(0x00080018) || this.kept.has(0x0020000d)
  }

  /** The facts, or the reason for which a UID among them refuses the object. */
  facts(meta: FileMeta): DicomFacts | DicomRejection {
    const facts: DicomFacts = {}
    const characterSet = this.kept.get(TAG_CHARACTER_SET)
    const decoding = characterSet === undefined ? DEFAULT_DECODING : chooseDecoding(characterSet.value)
    const { transferSyntaxUid, mediaStorageSopClassUid, rule } = meta
    if (transferSyntaxUid !== undefined) facts.transferSyntaxUid = transferSyntaxUid
    // A media directory names its class in the file meta group alone (PS3.10 8.6); an instance says it in both.
    if (mediaStorageSopClassUid !== undefined) facts.sopClassUid = mediaStorageSopClassUid
    for (const [tag, kept] of this.kept) {
      const field = FACT_FIELDS.get(tag)
      if (field === undefined || kept.value.length === 0) continue
      const refused = setFact(facts, field, kept, tag, decoding, rule.encoding.littleEndian)
      if (refused !== undefined) return refused
    }
    for (const [tag, items] of this.sequences) setSequenceFact(facts, FACT_FIELDS.get(tag), items, decoding)
    return facts
  }
}

const isUnsignedShort = (vr: number): boolean => vr === VR_US || vr === VR_IMPLICIT

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

const setFact = (
  facts: DicomFacts,
  field: FactField,
  { vr, value }: Kept,
  tag: number,
  decoding: TextDecoding,
  littleEndian: boolean,
): DicomRejection | undefined => {
  switch (field.kind) {
    case 'uid': {
      const uid = uidText(value)
      if (uid === '') return undefined
      if (!isDicomUid(uid)) return 'bad-uid'
      facts[field.name] = uid
      return undefined
    }
    case 'texts': {
      const values = textValues(value, decoding)
      if (values.some((text) => text !== '')) facts[field.name] = values
      return undefined
    }
    case 'count':
    case 'integer': {
      const number = integerValue(vr === VR_IMPLICIT || vr === VR_UN ? dictionaryVr(tag) : vr, value, littleEndian)
      if (number !== undefined && (field.kind === 'integer' || number >= 0)) facts[field.name] = number
      return undefined
    }
    case 'text':
    case 'name':
    case 'date':
    case 'time':
    case 'offset': {
      const text =
        field.kind === 'name' ? personNameText(value, decoding) : shaped(field.kind, lineText(value, decoding))
      if (text !== undefined && text !== '') facts[field.name] = text
      return undefined
    }
    case 'codes':
    case 'requests':
      return undefined // Not a sequence here: nothing that could be read as codes.
  }
}

const shaped = (kind: 'text' | 'date' | 'time' | 'offset', text: string): string | undefined => {
  switch (kind) {
    case 'text':
      return text
    case 'date':
      return dateText(text)
    case 'time':
      return timeText(text)
    case 'offset':
      return offsetText(text)
  }
}

const integerValue = (vr: number, value: Uint8Array, littleEndian: boolean): number | undefined => {
  if (vr === VR_US) return value.length < 2 ? undefined : uint16(value, littleEndian)
  return integerString(value)
}

const uint16 = ([first = 0, second = 0]: Uint8Array, littleEndian: boolean): number =>
  littleEndian ? first + second * 0x100 : first * 0x100 + second

/** The first value of an IS (PS3.5 6.2, at most 12 characters). `1A` or `1.5` is not repaired into a number. */
const integerString = (value: Uint8Array): number | undefined => {
  const [text = ''] = lineText(value.subarray(0, 64), DEFAULT_DECODING).split('\\')
  return /^ *[+-]?\d{1,12} *$/.test(text) ? Number(text) : undefined
}

const setSequenceFact = (
  facts: DicomFacts,
  field: FactField | undefined,
  items: readonly ItemElements[],
  decoding: TextDecoding,
): void => {
  if (field?.kind === 'codes') {
    const codes = items.map((item) => codeOf(item, decoding)).filter((code) => code !== undefined)
    if (codes.length > 0) facts[field.name] = codes
  }
  if (field?.kind === 'requests' && items.length > 0) facts.requests = items.map((item) => requestOf(item, decoding))
}

const itemText = (item: ItemElements, tag: number, decoding: TextDecoding): string | undefined => {
  const value = item.get(tag)
  if (value === undefined) return undefined
  const own = item.get(ITEM_TAG.specificCharacterSet)
  const text = lineText(value, own === undefined ? decoding : chooseDecoding(own))
  return text === '' ? undefined : text
}

const codeOf = (item: ItemElements, decoding: TextDecoding): DicomCode | undefined => {
  const codeValue =
    itemText(item, ITEM_TAG.codeValue, decoding) ??
    itemText(item, ITEM_TAG.longCodeValue, decoding) ??
    itemText(item, ITEM_TAG.urnCodeValue, decoding)
  if (codeValue === undefined) return undefined
  const code: DicomCode = { codeValue }
  const codingScheme = itemText(item, ITEM_TAG.codingScheme, decoding)
  const meaning = itemText(item, ITEM_TAG.codeMeaning, decoding)
  if (codingScheme !== undefined) code.codingScheme = codingScheme
  if (meaning !== undefined) code.meaning = meaning
  return code
}

const REQUEST_TEXTS = [
  ['requestedProcedureId', ITEM_TAG.requestedProcedureId],
  ['scheduledProcedureStepId', ITEM_TAG.scheduledProcedureStepId],
  ['accessionNumber', ITEM_TAG.accessionNumber],
  ['requestedProcedureDescription', ITEM_TAG.requestedProcedureDescription],
] as const

const requestOf = (item: ItemElements, decoding: TextDecoding): DicomRequest => {
  const request: DicomRequest = {}
  for (const [name, tag] of REQUEST_TEXTS) {
    const text = itemText(item, tag, decoding)
    if (text !== undefined) request[name] = text
  }
  return request
}
