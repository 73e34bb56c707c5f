import type { IdSource } from './access-probes.ts'
import type { WireAnswer } from './wire.ts'

/** Of the other refusals some say that the right was there: the version, the upload or the place did not fit. */
const pastTheTable = new Set([
  'stale-version',
  'upload-incomplete',
  'upload-closed',
  'study-with-reader',
  'object-not-received',
  'frame-unavailable',
  'copy-not-held',
  'residency-forbidden',
])
const refusals = new Set(['not-found', 'not-permitted', 'claim-lost'])

export const codeOf = ({ body }: WireAnswer): string => /"code":"([a-z-]+)"/.exec(body)?.[1] ?? ''

/** An answer as a stranger could compare it: everything but the id of this one refusal. */
export const seenAs = ({ status, headers, body }: WireAnswer): string =>
  JSON.stringify([status, headers['content-type'], headers['cache-control'], headers['etag'], body]).replace(
    /\\"errorId\\":\\"[0-9a-z]{26}\\"/,
    '',
  )

export const isInside = (answer: WireAnswer): boolean => answer.status < 300 || pastTheTable.has(codeOf(answer))

export interface Found {
  sent: number
  readonly escapes: string[]
  readonly refused: string[]
  readonly told: string[]
}

export const isRefusal = (answer: WireAnswer, ids: IdSource): boolean =>
  refusals.has(codeOf(answer)) || (ids === 'mangled' && [400, 404].includes(answer.status))
