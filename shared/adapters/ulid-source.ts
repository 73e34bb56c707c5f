import { randomBytes } from 'node:crypto'
import type { Clock, IdSource } from '../ports/surroundings.ts'

/** Crockford's base 32, lower case: no i, l, o, u to be misread over the telephone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

const timePart = (epochMs: number): string => {
  let [left, text] = [epochMs, '']
  for (let at = 0; at < TIME_CHARACTERS; at += 1) {
    text = `${ALPHABET[left % 32] ?? ''}${text}`
    left = Math.floor(left / 32)
  }
  return text
}

/**
 * ULIDs: 48 bits of time, then 80 random bits each time. Two of one millisecond are in no order, on purpose: the monotonic
 * variant counts up from the one before, and whoever knows one id could guess the next.
 */
export const ulidSource = (clock: Clock): IdSource => ({
  next: () => {
    const random = Array.from(randomBytes(RANDOM_CHARACTERS), (byte) => ALPHABET[byte % 32] ?? '')
    return `${timePart(Date.parse(clock.now()))}${random.join('')}`
  },
})
