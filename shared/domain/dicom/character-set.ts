import { decodeCodeExtensions } from './code-extensions.ts'
import { decodeAscii, decodeLatin1, decodeSet, decodeWith } from './coded-set.ts'

/** How the single bytes from 0xA0 (G1) read, and whether a multi-byte set fills the whole value. */
export type TextDecoding =
  | { readonly kind: 'single-byte'; readonly label: string }
  | { readonly kind: 'whole'; readonly label: string }
  | { readonly kind: 'code-extensions'; readonly initial: string | undefined; readonly latest: string | undefined }
  | { readonly kind: 'default' }

/** Defined terms of Specific Character Set (PS3.3 C.12.1.1.2), reduced to letters and digits, and what decodes them. */
const SINGLE_BYTE: Readonly<Record<string, string>> = {
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'iso-8859-9',
  '203': 'iso-8859-15',
  '166': 'windows-874',
}
const MULTI_BYTE: Readonly<Record<string, string>> = {
  '87': 'jis-x-0208',
  '159': 'jis-x-0212',
  '149': 'euc-kr',
  '58': 'gbk',
}
const WHOLE: Readonly<Record<string, string>> = {
  ISOIR192: 'utf-8',
  UTF8: 'utf-8',
  GB18030: 'gb18030',
  ISO2022GB18030: 'gb18030',
  GBK: 'gbk',
  ISO2022GBK: 'gbk',
  GB2312: 'gbk',
}

const reduce = (term: string): string => term.toUpperCase().replace(/[^A-Z0-9]/g, '')

/** The registration number of a term: `ISO_IR 100`, `ISO 2022 IR 100` and misspellings such as `ISO-IR 100` all give 100. */
const registration = (reduced: string): string | undefined => /^(?:ISO)?(?:2022)?(?:IR)?(\d{1,3})$/.exec(reduced)?.[1]

/** The set that a single-byte term puts into G1 at the start of each value; undefined for ASCII and multi-byte terms. */
const initialSet = (reduced: string): string | undefined => {
  const number = registration(reduced)
  if (number === '13') return 'katakana'
  if (number !== undefined) return SINGLE_BYTE[number]
  return /^(?:ISO|LATIN)8859(\d{1,2})$/.test(reduced) ? reduced.replace(/^.*8859/, 'iso-8859-') : undefined
}

const choose = (terms: string): TextDecoding => {
  const reduced = terms.split('\\').map(reduce)
  const [first = '', ...extensions] = reduced
  const whole = WHOLE[first]
  if (whole !== undefined) return { kind: 'whole', label: whole }
  const initial = initialSet(first)
  const multiByte = reduced.map((term) => MULTI_BYTE[registration(term) ?? '']).filter((set) => set !== undefined)
  if (extensions.length > 0 || multiByte.length > 0) {
    const later = extensions.map((term) => initialSet(term)).filter((set) => set !== undefined)
    return { kind: 'code-extensions', initial, latest: multiByte.at(-1) ?? later.at(-1) }
  }
  return initial === undefined ? { kind: 'default' } : { kind: 'single-byte', label: initial }
}

export const DEFAULT_DECODING: TextDecoding = { kind: 'default' }

/** Few values exist and every object asks; a sender of odd ones must not grow this without end. */
const CACHED_DECODINGS = 64
const cache = new Map<string, TextDecoding>()

/**
 * Reads the value of Specific Character Set (0008,0005). Never fails: an unknown term leaves the default repertoire, and a
 * misspelt one is taken for what it can only mean.
 */
export const chooseDecoding = (value: Uint8Array): TextDecoding => {
  if (value.length === 0 || value.length > 256) return DEFAULT_DECODING
  const terms = decodeAscii(value)
  const cached = cache.get(terms)
  if (cached !== undefined) return cached
  if (cache.size >= CACHED_DECODINGS) cache.clear()
  const decoding = choose(terms)
  cache.set(terms, decoding)
  return decoding
}

const ESCAPE = 0x1b

const isAscii = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) if (byte >= 0x80 || byte === ESCAPE) return false
  return true
}

const isUtf8 = (bytes: Uint8Array): boolean => !decodeWith('utf-8', bytes).includes('\ufffd')

/** Decodes one value (PS3.5 6.1). Total: any bytes under any terms give a string. */
export const decodeText = (bytes: Uint8Array, decoding: TextDecoding): string => {
  if (isAscii(bytes)) return decodeAscii(bytes)
  switch (decoding.kind) {
    case 'single-byte':
      return decodeSet(decoding.label, bytes)
    case 'whole':
      return decodeWith(decoding.label, bytes)
    case 'code-extensions':
      return decodeCodeExtensions(bytes, decoding.initial, decoding.latest)
    case 'default':
      if (bytes.includes(ESCAPE)) return decodeCodeExtensions(bytes, undefined, undefined)
      // The writer forgot to name its set. UTF-8 does not arise by chance; else Latin-1, as DCMTK and pydicom read it.
      return isUtf8(bytes) ? decodeWith('utf-8', bytes) : decodeLatin1(bytes)
  }
}
