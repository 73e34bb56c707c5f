/** Letters that Unicode does not decompose, as passports and older systems write them in ASCII. */
const TRANSLITERATIONS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}
/** The second custom: MUELLER for Müller, SOERENSEN for Sørensen, AASE for Åse. */
const EXPANSIONS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' }

const replaceLetters = (text: string, table: Readonly<Record<string, string>>): string =>
  text.replace(/\P{ASCII}/gu, (letter) => table[letter] ?? letter)

const withoutMarks = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')

/** The ways in which one name may have been written: case, accents, punctuation and spacing are no difference. */
const foldings = (text: string): readonly string[] => {
  const lower = text.normalize('NFKC').toLowerCase().normalize('NFC')
  const tokens = (folded: string): string =>
    folded
      .replace(/['’`.-]/g, '')
      .split(/[\s,]+/)
      .filter((token) => token !== '')
      .join(' ')
  return [lower, replaceLetters(lower, EXPANSIONS)].map((way) =>
    tokens(withoutMarks(replaceLetters(way, TRANSLITERATIONS))),
  )
}

const sameText = (one: string, other: string): boolean => {
  const others = foldings(other)
  return foldings(one).some((way) => others.includes(way))
}

const groupsOf = (name: string): readonly string[] =>
  name.split('=').filter((group) => group.replaceAll('^', '').trim() !== '')

interface NameGroup {
  readonly family: string
  readonly given: string
  readonly whole: string
}

const read = (group: string): NameGroup => {
  const [family = '', given = '', middle = ''] = group.split('^')
  return { family, given: `${given} ${middle}`.trim(), whole: `${family} ${given} ${middle}`.trim() }
}

export type NameComparison = 'same' | 'compatible' | 'different'

/** Given names agree if one list begins the other: a middle name may be missing, a different first name may not. */
const compareGiven = (one: string, other: string): NameComparison => {
  if (one === '' && other === '') return 'same'
  if (one === '' || other === '') return 'compatible'
  const others = foldings(other).map((way) => way.split(' '))
  const agrees = foldings(one).some((way) => {
    const names = way.split(' ')
    return others.some((list) => names.slice(0, list.length).join(' ') === list.slice(0, names.length).join(' '))
  })
  return agrees ? 'same' : 'different'
}

const compareGroups = (one: NameGroup, other: NameGroup): NameComparison => {
  // Some modalities hold the whole name in the first component.
  if (sameText(one.whole, other.whole)) return 'same'
  return sameText(one.family, other.family) ? compareGiven(one.given, other.given) : 'different'
}

/**
 * Compares two PN values (PS3.5 6.2.1) by the groups (alphabetic, ideographic, phonetic) that both have, whichever agree
 * best, since a referral seldom carries all three. `compatible` means that the given name is missing on one side: no
 * contradiction, but no confirmation either (twins share family name and birth date). A name that could not be
 * decoded is different from all.
 */
export const comparePersonNames = (one: string, other: string): NameComparison => {
  if (one.includes('\ufffd') || other.includes('\ufffd')) return 'different'
  const others = groupsOf(other).map(read)
  const found = groupsOf(one).flatMap((group) => others.map((candidate) => compareGroups(read(group), candidate)))
  if (found.includes('same')) return 'same'
  return found.includes('compatible') ? 'compatible' : 'different'
}
