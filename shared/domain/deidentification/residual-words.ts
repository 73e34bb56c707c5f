import { rawText, type IdentityTokens } from './identity-tokens.ts'
import { datesItself, isNumeric, numbersIn } from './residual-numbers.ts'
import type { ScannedElement } from './scanned-element.ts'

const bulkVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
/** In bulk data a short word turns up by chance; six letters, large or small, in a gigabyte do with one of 1 in 4,000. */
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

const inBytes = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[], shortest: number) => {
  const characters = asCharacters(element.value).toLowerCase()
  const sought = [...lowered.filter((word) => word.length >= shortest), ...original.days]
  return (
    sought.some((word) => spellings(word).some((spelling) => characters.includes(spelling))) ||
    [...original.uids].some((uid) => characters.includes(uid))
  )
}

/** A value of a few numbers is so short that four bytes seldom make a word by chance; a table is bulk data. */
const A_FEW_BYTES = 64

/** Numbers all of whose bytes are letters are text, perhaps a name that was cut: six letters do not come by chance. */
const typedLetters = /^[A-Za-z^ ]{6,64}$/

const inNumbers = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[]): boolean => {
  const shortest = element.value.length <= A_FEW_BYTES ? 4 : shortestInBulk
  if (inBytes(element, original, lowered, shortest)) return true
  const text = rawText(element.value)
  if (lowered.includes(text.toLowerCase()) || typedLetters.test(text)) return true
  const ids = new Set(lowered.filter((word) => /^0*[1-9]\d{5,}$/.test(word)).map(Number))
  return numbersIn(element).some((number) => datesItself(number) || ids.has(number))
}

const inDigits = (value: string, original: IdentityTokens, lowered: readonly string[]): boolean =>
  (value.length >= 4 && lowered.includes(value)) ||
  lowered.some((word) => word.length >= shortestInBulk && value.includes(word)) ||
  [...original.days].some((day) => value.includes(day)) ||
  datesItself(Number(value))

/** From this length on a word is sought inside longer values too: codes are short, sentences meet it by chance. */
const shortestInside: Readonly<Record<string, number>> = { CS: 4, SH: 6, LO: 6 }

/** Terms of the standard that have a name in them: MARY is in PRIMARY and GINA in ORIGINAL, on nearly every image. */
const terms = new Set(
  (
    'original primary derived secondary localizer axial monochrome1 monochrome2 palette reformatted projection image ' +
    'multiplanar volumetric magnitude perfusion diffusion angio resampled quantitative spectroscopy mosaic supine prone ' +
    'standard modified removed unmodified abdomen chest pelvis shoulder extremity mediastinum prostate sternum clavicle'
  ).split(' '),
)

const standsInside = (text: string, vr: string, lowered: readonly string[]): boolean => {
  const shortest = shortestInside[vr]
  if (shortest === undefined) return false
  const rest = text.split(/[\\ _]+/).filter((part) => !terms.has(part))
  const sought = lowered.filter((word) => word.length >= shortest)
  return rest.some((part) => {
    const reversed = part.split('').toReversed().join('')
    return sought.some((word) => part.includes(word) || reversed.includes(word))
  })
}

const uidsInText = /\d+(?:\.\d+){2,}/g
const textVrs = new Set(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UI', 'UR', 'UT', 'DS', 'IS'])

const inText = (element: ScannedElement, original: IdentityTokens, lowered: readonly string[]): boolean => {
  const text = rawText(element.value).toLowerCase()
  if (text === '') return false
  if (text.match(uidsInText)?.some((uid) => original.uids.has(uid)) === true) return true
  if (element.vr === 'DS' || element.vr === 'IS') {
    return text.split('\\').some((value) => inDigits(value.trim(), original, lowered))
  }
  if (element.vr === 'UI') {
    return text.split('\\').some((value) => value.length >= 4 && lowered.includes(value.trim()))
  }
  return (
    lowered.some((word) => standsIn(text, word)) ||
    standsInside(text, element.vr, lowered) ||
    [...original.days].some((day) => text.includes(day))
  )
}

/** The sentences that the copy writes about itself (CID 7050), in which the word "patient" is nobody's name. */
const ownSentences = new Set([
  'PS3.15 E Basic Profile, Overread',
  'Basic Application Confidentiality Profile',
  'Retain Longitudinal Temporal Information Modified Dates Option',
  'Retain Patient Characteristics Option',
])

interface Sought {
  readonly lowered: readonly string[]
  readonly certain: readonly string[]
}

const holdsResidue = (element: ScannedElement, original: IdentityTokens, { lowered, certain }: Sought): boolean => {
  if (bulkVrs.has(element.vr)) return inBytes(element, original, lowered, shortestInBulk)
  if (isNumeric(element)) return inNumbers(element, original, certain)
  if (!textVrs.has(element.vr)) return false
  const isOwn = element.path.startsWith('0012006') && ownSentences.has(rawText(element.value))
  return !isOwn && inText(element, original, lowered)
}

/** Places in a copy at which a word, UID or day of the original is still to be read. */
export const residualWords = (elements: readonly ScannedElement[], original: IdentityTokens): readonly string[] => {
  const lower = (words: readonly string[]) => words.map((word) => word.toLowerCase())
  const certain = original.words.filter((word) => !original.guessed.has(word))
  const sought = { lowered: lower(original.words), certain: lower(certain) }
  return elements
    .filter((element) => element.items === undefined && holdsResidue(element, original, sought))
    .map(({ path }) => path)
}
