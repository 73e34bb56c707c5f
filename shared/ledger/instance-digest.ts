import { createHash } from 'node:crypto'

/** Per case, so that one case's index says nothing about another's; a digest, because no key holds a UID. */
export const instanceDigest = (referralId: string, uid: string): string =>
  createHash('sha256').update(`${referralId}\n${uid}`).digest('hex').slice(0, 32)
