import { withoutTail } from '../without-tail.ts'
import type { InflateRaw } from '../dicom/inspect-object.ts'
import { elementsIn, scanFileMeta, UnreadableObject, type ScannedElement } from './scanned-element.ts'

/** What of an original must not be found in a copy, as bytes in one-byte-a-character text. */
export interface IdentityTokens {
  /** Parts of names, whole ids, numbers, places: searched as words in all text, and as bytes in the pixels. */
  readonly words: readonly string[]
  /** Those words that only look like a name, in encodings that do not say what is one: the bytes of a number may. */
  readonly guessed: ReadonlySet<string>
  /** Every UID that is not of the standard. */
  readonly uids: ReadonlySet<string>
  /** Values of dates and times by the place where they stood. */
  readonly temporal: ReadonlyMap<string, string>
  /** Dates of the patient as eight digits, which must not stand in any text either. */
  readonly days: ReadonlySet<string>
}

const LONGEST = 65_536
const CHUNK = 8_192

/** One byte, one character, without padding: enough to compare, and the same whatever the character set. */
export const rawText = (value: Uint8Array): string => {
  const shown = value.subarray(0, LONGEST)
  let characters = ''
  for (let at = 0; at < shown.length; at += CHUNK) characters += String.fromCharCode(...shown.subarray(at, at + CHUNK))
  return withoutTail(characters, '\0 ')
}

/** Attributes whose whole value is somebody's number, place or machine. */
const identifiers = new Set(
  (
    '00080050 00080080 00080081 00081010 00100020 00100021 00101000 00101040 00102154 00102155 00181000 00200010 ' +
    '00321033 00380010 00380060 00400009 00401001 00402016 00402017 00402008 00402009 00402010 00120040 00120042'
  ).split(' '),
)
/** Attributes whose value is a name, for encodings that do not say so. */
const names = new Set(
  (
    '00100010 00101001 00101005 00101060 00080090 0008009C 00081048 00081050 00081052 00081060 00081062 00081070 ' +
    '00102297 00321032 00400006 00401004 0040A075 0040A123 300E0008 00700084 00400039'
  ).split(' '),
)

const tagOf = ({ tag }: ScannedElement): string => tag.toString(16).padStart(8, '0').toUpperCase()
const uidForm = /^\d+(\.\d+){2,}$/
const dayForm = /^(1[89]|20)\d\d\.?(0[1-9]|1[0-2])\.?(0[1-9]|[12]\d|3[01])(?:\d{2,6}(?:\.\d+)?)?(?:[+-]\d{4})?$/

/** Words the copy uses itself, and names that are none; finding them proves nothing. */
const meaningless = new Set([
  'removed',
  'anonymous',
  'anonymized',
  'anonymised',
  'unknown',
  'none',
  'test',
  'null',
  'n/a',
])

const isWord = (word: string): boolean =>
  word.length >= 3 && !meaningless.has(word.toLowerCase()) && !/^[0.\s-]*$/.test(word)

/** Whether a value is taken for a name because of its `^` alone. */
const isGuess = (element: ScannedElement): boolean =>
  element.vr === '??' && !names.has(tagOf(element)) && !identifiers.has(tagOf(element))

const wordsOf = (element: ScannedElement): readonly string[] => {
  if (element.items !== undefined || element.value.length > 1_024) return []
  const tag = tagOf(element)
  const mayBeName = element.vr === '??' && element.value.length <= 256
  if (element.vr !== 'PN' && !names.has(tag) && !identifiers.has(tag) && !mayBeName) return []
  const text = rawText(element.value)
  if (identifiers.has(tag)) return text.split('\\').map((value) => value.trim())
  return !mayBeName || names.has(tag) || text.includes('^') ? text.split(/[\^=\\ ,]+/) : []
}

const temporalVrs = new Set(['DA', 'DT', 'TM'])

const collect = (elements: Iterable<ScannedElement>): IdentityTokens => {
  const words = new Set<string>()
  const certain = new Set<string>()
  const uids = new Set<string>()
  const days = new Set<string>()
  const temporal = new Map<string, string>()
  for (const element of elements) {
    for (const word of wordsOf(element).filter(isWord)) {
      words.add(word)
      if (!isGuess(element)) certain.add(word)
    }
    if (element.items !== undefined || element.value.length > 1_024) continue
    for (const value of rawText(element.value).split('\\')) {
      if (uidForm.test(value) && !value.startsWith('1.2.840.10008.') && value.length >= 10) uids.add(value)
      if (dayForm.test(value.trim()) && !['IS', 'DS'].includes(element.vr))
        days.add(value.replaceAll('.', '').slice(0, 8))
    }
    if (temporalVrs.has(element.vr) || element.vr === '??') temporal.set(element.path, rawText(element.value))
  }
  return { words: [...words], guessed: new Set([...words].filter((word) => !certain.has(word))), uids, temporal, days }
}

function* inTurn<T>(...lists: readonly Iterable<T>[]): Generator<T, void> {
  for (const list of lists) yield* list
}

/** Reads an original for what identifies. Throws `UnreadableObject`: what cannot be read cannot be shown to be gone. */
export const identityTokens = (original: Uint8Array, inflateRaw?: InflateRaw): IdentityTokens => {
  const { meta, dataSetAt } = scanFileMeta(original)
  const syntax = rawText(meta.find(({ tag }) => tag === 0x00020010)?.value ?? new Uint8Array(0))
  const explicitAt = (bytes: Uint8Array, at: number) => /^[A-Z]{2}$/.test(rawText(bytes.subarray(at + 4, at + 6)))
  if (syntax === '1.2.840.10008.1.2.1.99') {
    const inflated = inflateRaw?.(original.subarray(dataSetAt), 512 * 1024 * 1024) ?? 'corrupt'
    if (typeof inflated === 'string') throw new UnreadableObject('deflated')
    return collect(elementsIn(inflated, 0, { explicit: true, littleEndian: true }))
  }
  const explicit = syntax === '' ? explicitAt(original, dataSetAt) : syntax !== '1.2.840.10008.1.2'
  const littleEndian = syntax !== '1.2.840.10008.1.2.2'
  return collect(inTurn(meta, elementsIn(original, dataSetAt, { explicit, littleEndian })))
}
