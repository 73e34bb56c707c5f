import { DEFAULT_DECODING } from './character-set.ts'
import type { TextDecoding } from './character-set.ts'
import { longText, personNameText, textValues } from './text-value.ts'

export interface PersonNameJson {
  Alphabetic?: string
  Ideographic?: string
  Phonetic?: string
}
export type DicomJsonValue = string | number | null | PersonNameJson | DicomJson
export interface DicomJsonElement {
  readonly vr: string
  readonly Value?: readonly DicomJsonValue[]
}
/** A data set in the DICOM JSON model (PS3.18 annex F), keyed by `GGGGEEEE`. */
export interface DicomJson {
  [tag: string]: DicomJsonElement
}

/** VRs that Specific Character Set applies to (PS3.5 6.1.2.3); the others are ASCII. */
const ENCODED_VRS: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'])
/** VRs of one value, in which a backslash is a character (PS3.5 6.4). */
const SINGLE_VALUED_VRS: ReadonlySet<string> = new Set(['LT', 'ST', 'UT', 'UR'])

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number | bigint
const BINARY: Readonly<Record<string, readonly [bytes: number, read: ReadNumber]>> = {
  US: [2, (view, at, little) => view.getUint16(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  UV: [8, (view, at, little) => view.getBigUint64(at, little)],
  SV: [8, (view, at, little) => view.getBigInt64(at, little)],
  FL: [4, (view, at, little) => view.getFloat32(at, little)],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
}

/** JSON has no NaN and no infinity, and no 64-bit integer that every reader keeps exactly: those are strings. */
const numberJson = (value: number | bigint): DicomJsonValue => {
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf'
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
}

const binaryValues = (value: Uint8Array, width: number, read: ReadNumber, littleEndian: boolean): DicomJsonValue[] => {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const values: DicomJsonValue[] = []
  for (let at = 0; at + width <= value.length; at += width) values.push(numberJson(read(view, at, littleEndian)))
  return values
}

const tagValues = (value: Uint8Array, littleEndian: boolean): DicomJsonValue[] => {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const hex = (at: number): string => view.getUint16(at, littleEndian).toString(16).toUpperCase().padStart(4, '0')
  const values: DicomJsonValue[] = []
  for (let at = 0; at + 4 <= value.length; at += 4) values.push(hex(at) + hex(at + 2))
  return values
}

const personNameJson = (text: string): DicomJsonValue => {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=')
  const name: PersonNameJson = {}
  if (alphabetic !== '') name.Alphabetic = alphabetic
  if (ideographic !== '') name.Ideographic = ideographic
  if (phonetic !== '') name.Phonetic = phonetic
  return Object.keys(name).length === 0 ? null : name
}

/** DS and IS become numbers where they are numbers; a malformed one keeps its text, which PS3.18 F.2.3 allows. */
const decimalJson = (text: string): DicomJsonValue =>
  /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text

/** The values of one element in the DICOM JSON model (PS3.18 F.2.3). */
export const jsonValues = (
  vr: string,
  value: Uint8Array,
  littleEndian: boolean,
  decoding: TextDecoding,
): readonly DicomJsonValue[] => {
  const binary = BINARY[vr]
  if (binary !== undefined) return binaryValues(value, binary[0], binary[1], littleEndian)
  if (vr === 'AT') return tagValues(value, littleEndian)
  const own = ENCODED_VRS.has(vr) ? decoding : DEFAULT_DECODING
  if (SINGLE_VALUED_VRS.has(vr)) {
    const text = longText(value, own)
    return text === '' ? [] : [text]
  }
  const texts = vr === 'PN' ? personNameText(value, own).split('\\') : textValues(value, own)
  if (texts.every((text) => text === '')) return []
  return texts.map((text) => textJson(vr, text))
}

const textJson = (vr: string, text: string): DicomJsonValue => {
  if (text === '') return null
  if (vr === 'PN') return personNameJson(text)
  return vr === 'DS' || vr === 'IS' ? decimalJson(text) : text
}
