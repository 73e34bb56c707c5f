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

const CHUNK = 8_192

/** Bulk data as one character a byte: the engine's own string search is an order of magnitude faster than a loop. */
const asCharacters = (value: Uint8Array): string => {
  let characters = ''
  for (let at = 0; at < value.length; at += CHUNK) characters += String.fromCharCode(...value.subarray(at, at + CHUNK))
  return characters
}

/** A word as it stands in one-byte text, and in UTF-16 of either byte order. */
const spellings = (word: string): readonly string[] => {
  const characters = word.split('')
  return [word, characters.map((c) => `${c}\0`).join(''), characters.map((c) => `\0${c}`).join('')]
}

const inBulk = (element: ScannedElement, original: IdentityTokens): boolean => {
  const characters = asCharacters(element.value)
  const words = original.words.filter((word) => word.length >= shortestInBulk)
  return (
    words.some((word) => spellings(word).some((spelling) => characters.includes(spelling))) ||
    [...original.uids].some((uid) => characters.includes(uid))
  )
}

const uidsInText = /\d+(?:\.\d+){2,}/g
const textVrs = new Set(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UI', 'UR', 'UT', 'DS', 'IS'])

const inText = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[]): boolean => {
  const text = rawText(element.value).toLowerCase()
  if (text === '') return false
  if (text.match(uidsInText)?.some((uid) => original.uids.has(uid)) === true) return true
  if (element.vr === 'UI' || element.vr === 'DS' || element.vr === 'IS') {
    return text.split('\\').some((value) => value.length >= 4 && lowered.includes(value.trim()))
  }
  return lowered.some((word) => standsIn(text, word)) || [...original.days].some((day) => standsIn(text, day))
}

/** The sentences that the copy writes about itself (CID 7050), in which the word "patient" is nobody's name. */
const ownSentences = new Set([
  'PS3.15 E Basic Profile, Overread',
  'Basic Application Confidentiality Profile',
  'Retain Longitudinal Temporal Information Modified Dates Option',
  'Retain Patient Characteristics Option',
])

const holdsResidue = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[]): boolean => {
  if (bulkVrs.has(element.vr)) return inBulk(element, original)
  if (!textVrs.has(element.vr)) return false
  const isOwn = element.path.startsWith('0012006') && ownSentences.has(rawText(element.value))
  return !isOwn && inText(element, original, lowered)
}

/** Places in a copy at which a word, UID or day of the original is still to be read. */
export const residualWords = (elements: readonly ScannedElement[], original: IdentityTokens): readonly string[] => {
  const lowered = original.words.map((word) => word.toLowerCase())
  return elements
    .filter((element) => element.items === undefined && holdsResidue(element, original, lowered))
    .map(({ path }) => path)
}
