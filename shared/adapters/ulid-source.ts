import { randomFillSync } from 'node:crypto'
import type { Clock, IdSource } from '../ports/surroundings.ts'

/** Crockford's base 32, lower case: no i, l, o, u to be misread over the telephone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

const timePart = (epochMs: number): string => {
  let [left, text] = [epochMs, '']
  for (let at = 0; at < TIME_CHARACTERS; at += 1) {
    text = ALPHABET.charAt(left % 32) + text
    left = Math.floor(left / 32)
  }
  return text
}

/**
 * ULIDs: 48 bits of time, then 80 random bits each time. Two of one millisecond are in no order, on purpose: the monotonic
 * variant counts up from the one before, and whoever knows one id could guess the next.
 */
export const ulidSource = (clock: Clock): IdSource => {
  // Fetched for many at once: a call for each costs more than all the rest of an id. None is used twice.
  const random = Buffer.alloc(RANDOM_CHARACTERS * 64)
  let used = random.length

  const randomPart = (): string => {
    if (used === random.length) {
      randomFillSync(random)
      used = 0
    }
    let text = ''
    for (const end = used + RANDOM_CHARACTERS; used < end; used += 1)
      text += ALPHABET.charAt(random.readUInt8(used) % 32)
    return text
  }

  return { next: () => timePart(Date.parse(clock.now())) + randomPart() }
}
