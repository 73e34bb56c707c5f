import { withoutTail } from '../without-tail.ts'
import { decodeText } from './character-set.ts'
import type { TextDecoding } from './character-set.ts'
import { decodeAscii, isPlain } from './coded-set.ts'

/**
 * Controls C0 and C1, and the bidirectional overrides with which a name can be shown as another one. Text of a header is
 * opaque and is escaped where it is shown (control DCM-11); this keeps what no name or description has out of every sink.
 */
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
const LINE_CONTROLS = /[\t\n\f\r]+/g

/** A whole text value: leading spaces may matter in LT, ST and UT (PS3.5 6.2), trailing ones never do. */
export const longText = (bytes: Uint8Array, decoding: TextDecoding): string =>
  isPlain(bytes) ? decodeAscii(bytes).trimEnd() : withoutTail(decodeText(bytes, decoding).replace(CONTROLS, ''), ' ')

/** One line of text. */
export const lineText = (bytes: Uint8Array, decoding: TextDecoding): string =>
  isPlain(bytes) ? decodeAscii(bytes).trim() : longText(bytes, decoding).replace(LINE_CONTROLS, ' ').trim()

/** The values of a multi-valued element; decoded before splitting, since multi-byte sets use the backslash code too. */
export const textValues = (bytes: Uint8Array, decoding: TextDecoding): string[] =>
  bytes.length === 0
    ? []
    : lineText(bytes, decoding)
        .split('\\')
        .map((value) => value.trim())

/** Person name without the padding of its components and the empty ones at its end. */
export const personNameText = (bytes: Uint8Array, decoding: TextDecoding): string =>
  withoutTail(
    lineText(bytes, decoding)
      .split('=')
      .map((group) => {
        const components = group.split('^').map((component) => component.trim())
        return withoutTail(components.join('^'), '^')
      })
      .join('='),
    '=',
  )

/** DA; `YYYY.MM.DD` is the form of ACR-NEMA, which PS3.5 6.2 asks to go on reading. */
export const dateText = (text: string): string | undefined => {
  const digits = /^(\d{4})(?:(\d{2})(\d{2})|\.(\d{2})\.(\d{2}))$/.exec(text)
  if (digits === null) return undefined
  const [, year = '', month = digits[4] ?? '', day = digits[5] ?? ''] = digits
  return isDayOfYear(Number(year), Number(month), Number(day)) ? year + month + day : undefined
}

const isDayOfYear = (year: number, month: number, day: number): boolean => {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  return days !== undefined && day >= 1 && day <= days
}

/** TM; colons are ACR-NEMA's. */
export const timeText = (text: string): string | undefined => {
  const compact = text.replaceAll(':', '')
  return /^([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?(?<=\d{6})(\.\d{1,6})?|[0-5]\d)?$/.test(compact) ? compact : undefined
}

export const offsetText = (text: string): string | undefined =>
  /^[+-](0\d|1[0-4])[0-5]\d$/.test(text) ? text : undefined
