import { rawText, type IdentityTokens } from './identity-tokens.ts'
import type { ScannedElement } from './scanned-element.ts'

const bulkVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
/** In bulk data a short word turns up by chance; six bytes in a gigabyte do with a probability of 1 in 280,000. */
const shortestInBulk = 6

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9\u0080-\u00ff]/.test(character)

/** Whether a word stands in a text by itself: `ANN` is not in `ANNULUS`. */
const standsIn = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true
  }
  return false
}

const bytesOf = (word: string, spread: 'narrow' | 'wide-little' | 'wide-big'): Uint8Array => {
  const codes = Array.from(word, (character) => character.charCodeAt(0))
  if (spread === 'narrow') return new Uint8Array(codes)
  return new Uint8Array(codes.flatMap((code) => (spread === 'wide-little' ? [code, 0] : [0, code])))
}

const occursIn = (bytes: Uint8Array, wanted: Uint8Array): boolean => {
  const [first = 0] = wanted
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return false
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true
  }
  return false
}

const inBulk = (element: ScannedElement, words: readonly string[]): boolean =>
  words
    .filter((word) => word.length >= shortestInBulk)
    .some((word) =>
      (['narrow', 'wide-little', 'wide-big'] as const).some((spread) => occursIn(element.value, bytesOf(word, spread))),
    )

const textVrs = new Set(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UI', 'UR', 'UT', 'DS', 'IS'])

const inText = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[]): boolean => {
  const text = rawText(element.value).toLowerCase()
  if (text === '') return false
  if ([...original.uids].some((uid) => text.includes(uid))) return true
  if (element.vr === 'UI' || element.vr === 'DS' || element.vr === 'IS') {
    return text.split('\\').some((value) => value.length >= 4 && lowered.includes(value.trim()))
  }
  return lowered.some((word) => standsIn(text, word)) || [...original.days].some((day) => standsIn(text, day))
}

/** Places in a copy at which a word, UID or day of the original is still to be read. */
export const residualWords = (elements: readonly ScannedElement[], original: IdentityTokens): readonly string[] => {
  const lowered = original.words.map((word) => word.toLowerCase())
  const bulkWords = [...original.words, ...original.uids]
  return elements
    .filter((element) => element.items === undefined)
    .filter((element) =>
      bulkVrs.has(element.vr)
        ? inBulk(element, bulkWords)
        : textVrs.has(element.vr) && inText(element, original, lowered),
    )
    .map(({ path }) => path)
}
