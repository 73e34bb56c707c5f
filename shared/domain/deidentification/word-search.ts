import { UnreadableObject } from './scanned-element.ts'

const ROOT = 0
/** Characters that stand in no word; the first class of every search. */
const OTHER = 0
/** Words of so many letters in all are no person's: whoever brings them wants a search without end. */
const MOST_STATES = 1_500_000
const MOST_TRANSITIONS = 16_000_000

/** Latin-1 without large letters, as `toLowerCase` has it. */
const lowered = Uint8Array.from({ length: 256 }, (_, code) => {
  const lower = String.fromCharCode(code).toLowerCase().charCodeAt(0)
  return lower < 256 ? lower : code
})

/**
 * Looks for many words in one pass over the bytes, large or small letters alike (Aho and Corasick, 1975). One search a
 * word would let a file of thousands of UIDs and a few megabytes of pixels keep the verifier for minutes.
 */
export class WordSearch {
  private readonly classes = new Uint8Array(256)
  private readonly width: number
  private readonly next: Int32Array
  /** 1 where a word ends, or another word within it. */
  private readonly ends: Uint8Array

  /** Words of one-byte characters. Throws `UnreadableObject`: what cannot be searched for cannot be shown to be gone. */
  constructor(words: readonly string[]) {
    let width = 1
    let states = 1
    for (const word of words) {
      states += word.length
      for (let at = 0; at < word.length; at += 1) {
        const code = lowered[word.charCodeAt(at)] ?? OTHER
        if (this.classes[code] === OTHER) this.classes[code] = width++
      }
    }
    if (states > MOST_STATES || states * width > MOST_TRANSITIONS) throw new UnreadableObject('too many words')
    for (let code = 0; code < 256; code += 1) this.classes[code] = this.classes[lowered[code] ?? code] ?? OTHER
    this.width = width
    this.next = new Int32Array(states * width)
    this.ends = new Uint8Array(states)
    this.link(this.plant(words))
  }

  /** Whether any of the words stands in the bytes, wherever. */
  isIn(bytes: Uint8Array): boolean {
    const { classes, next, ends, width } = this
    let state = ROOT
    for (const byte of bytes) {
      state = next[state * width + (classes[byte] ?? OTHER)] ?? ROOT
      if (ends[state] === 1) return true
    }
    return false
  }

  /** The words as a tree of letters; answers how many nodes it has. */
  private plant(words: readonly string[]): number {
    let states = 1
    for (const word of words) {
      let state = ROOT
      for (let at = 0; at < word.length; at += 1) {
        const edge = state * this.width + (this.classes[word.charCodeAt(at) & 0xff] ?? OTHER)
        const known = this.next[edge] ?? ROOT
        state = known === ROOT ? (this.next[edge] = states++) : known
      }
      if (word.length > 0) this.ends[state] = 1
    }
    return states
  }

  /** Where a word breaks off, the search goes on with the longest end of it that begins another. */
  private link(states: number): void {
    const { next, ends, width } = this
    const fallback = new Int32Array(states)
    const queue: number[] = [ROOT]
    for (const state of queue) {
      const back = fallback[state] ?? ROOT
      if (ends[back] === 1) ends[state] = 1
      for (let edge = 0; edge < width; edge += 1) {
        const child = next[state * width + edge] ?? ROOT
        const elsewhere = state === ROOT ? ROOT : (next[back * width + edge] ?? ROOT)
        if (child === ROOT) next[state * width + edge] = elsewhere
        else {
          fallback[child] = elsewhere
          queue.push(child)
        }
      }
    }
  }
}
