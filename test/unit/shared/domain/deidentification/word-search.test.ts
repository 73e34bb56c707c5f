import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnreadableObject } from '../../../../../shared/domain/deidentification/scanned-element.ts'
import { WordSearch } from '../../../../../shared/domain/deidentification/word-search.ts'

const letters = fc.constantFrom('a', 'b', 'B', 'ä', 'Ä', '1', '.', '\0', '×')
const text = (maxLength: number) => fc.array(letters, { maxLength }).map((characters) => characters.join(''))
const latin1 = (characters: string): Uint8Array => Buffer.from(characters, 'latin1')

describe('A search for many words', () => {
  it('finds what a search for each would find, large or small letters alike', () => {
    const words = fc.array(text(5), { maxLength: 6 })
    fc.assert(
      fc.property(words, text(40), (sought, bytes) => {
        const lowered = sought.map((word) => word.toLowerCase())
        const naive = lowered.some((word) => word !== '' && bytes.toLowerCase().includes(word))
        expect(new WordSearch(lowered).isIn(latin1(bytes))).toBe(naive)
      }),
      { numRuns: 2_000 },
    )
  })

  it('finds nothing where nothing is sought', () => {
    expect(new WordSearch([]).isIn(latin1('Example^Ada'))).toBe(false)
  })

  it('refuses more letters than any header has of names and UIDs', () => {
    const words = Array.from({ length: 40_000 }, (_, at) => `1.3.6.1.4.1.99.${'7'.repeat(30)}.${at}`)
    expect(() => new WordSearch(words)).toThrow(UnreadableObject)
  })
})
