import { sha256 } from './sha256.ts'

/** Per case, so that one case's index says nothing about another's; a digest, because no key holds a UID. */
export const instanceDigest = (referralId: string, uid: string): string => sha256(`${referralId}\n${uid}`).slice(0, 32)
