import { rawText, type IdentityTokens } from './identity-tokens.ts'
import { datesItself, isNumeric, numbersIn } from './residual-numbers.ts'
import { UnreadableObject, type ScannedElement } from './scanned-element.ts'
import { WordSearch } from './word-search.ts'

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

/** A word as it stands in one-byte text, and in UTF-16 of either byte order. */
const spellings = (word: string): readonly string[] => {
  const characters = word.split('')
  return [word, characters.map((c) => `${c}\0`).join(''), characters.map((c) => `\0${c}`).join('')]
}

const backwards = (text: string): string => text.split('').toReversed().join('')

/** So many comparisons, of each word with every few characters, are no honest header's. */
const MOST_COMPARISONS = 20_000_000
const CHARACTERS_AT_ONCE = 4

/** What is sought, and the searches for it, each made once for all elements. */
class Sought {
  readonly lowered: readonly string[]
  /** Without the words that only look like a name: the bytes of a number may. */
  readonly certain: readonly string[]
  readonly ids: ReadonlySet<number>
  private readonly original: IdentityTokens
  private readonly made = new Map<string, WordSearch>()
  private comparisons = 0

  constructor(original: IdentityTokens) {
    this.original = original
    this.lowered = original.words.map((word) => word.toLowerCase())
    this.certain = original.words.filter((word) => !original.guessed.has(word)).map((word) => word.toLowerCase())
    this.ids = new Set(this.certain.filter((word) => /^0*[1-9]\d{5,}$/.test(word)).map(Number))
  }

  /** Whether bytes hold a word of that length or longer, in one of its spellings, a day or a UID. */
  isIn(value: Uint8Array, words: 'lowered' | 'certain', shortest: number): boolean {
    const spelt = () =>
      [...this[words].filter((word) => word.length >= shortest), ...this.original.days].flatMap(spellings)
    return (
      this.search(`${words} ${shortest}`, spelt).isIn(value) ||
      this.search('uids', () => [...this.original.uids]).isIn(value)
    )
  }

  /** Whether it is worth comparing a text with each word: it holds one, or one backwards, or a day. */
  mayBeIn(value: Uint8Array): boolean {
    const may = this.search('text', () => [
      ...this.lowered,
      ...this.lowered.map(backwards),
      ...this.original.days,
    ]).isIn(value)
    if (may) this.comparisons += this.lowered.length * Math.ceil(value.length / CHARACTERS_AT_ONCE)
    if (this.comparisons > MOST_COMPARISONS) throw new UnreadableObject('too many words')
    return may
  }

  private search(name: string, words: () => readonly string[]): WordSearch {
    const search = this.made.get(name) ?? new WordSearch(words())
    this.made.set(name, search)
    return search
  }
}

/** A value of a few numbers is so short that four bytes seldom make a word by chance; a table is bulk data. */
const A_FEW_BYTES = 64

/** Numbers all of whose bytes are letters are text, perhaps a name that was cut: six letters do not come by chance. */
const typedLetters = /^[A-Za-z^ ]{6,64}$/

const inNumbers = (element: ScannedElement, sought: Sought): boolean => {
  if (sought.isIn(element.value, 'certain', element.value.length <= A_FEW_BYTES ? 4 : shortestInBulk)) return true
  const text = rawText(element.value)
  if (sought.certain.includes(text.toLowerCase()) || typedLetters.test(text)) return true
  return numbersIn(element).some((number) => datesItself(number) || sought.ids.has(number))
}

const inDigits = (value: string, original: IdentityTokens, lowered: readonly string[]): boolean =>
  (value.length >= 4 && lowered.includes(value)) ||
  lowered.some((word) => word.length >= shortestInBulk && value.includes(word)) ||
  [...original.days].some((day) => value.includes(day))

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
    const reversed = backwards(part)
    return sought.some((word) => part.includes(word) || reversed.includes(word))
  })
}

/** From where a number begins: tried at each of its digits, a text of nothing else takes the square of its length. */
const uidsInText = /(?<!\d)\d+(?:\.\d+){2,}/g
const textVrs = new Set(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UI', 'UR', 'UT', 'DS', 'IS'])

const inText = (element: ScannedElement, original: IdentityTokens, sought: Sought): boolean => {
  const text = rawText(element.value).toLowerCase()
  if (text === '') return false
  if (text.match(uidsInText)?.some((uid) => original.uids.has(uid)) === true) return true
  const { lowered } = sought
  const mayHold = sought.mayBeIn(element.value)
  if (element.vr === 'DS' || element.vr === 'IS') {
    const values = text.split('\\').map((value) => value.trim())
    return values.some((value) => datesItself(Number(value)) || (mayHold && inDigits(value, original, lowered)))
  }
  if (!mayHold) return false
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

const holdsResidue = (element: ScannedElement, original: IdentityTokens, sought: Sought): boolean => {
  if (bulkVrs.has(element.vr)) return sought.isIn(element.value, 'lowered', shortestInBulk)
  if (isNumeric(element)) return inNumbers(element, sought)
  if (!textVrs.has(element.vr)) return false
  const isOwn = element.path.startsWith('0012006') && ownSentences.has(rawText(element.value))
  return !isOwn && inText(element, original, sought)
}

/** Whether a word, UID or day of the original is still to be read in an element of a copy. */
export const residueOf = (original: IdentityTokens): ((element: ScannedElement) => boolean) => {
  const sought = new Sought(original)
  return (element) => element.items === undefined && holdsResidue(element, original, sought)
}
