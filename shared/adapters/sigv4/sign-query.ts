import { canonicalQuery, canonicalRequest, encodePath, encodeSegment } from './canonical.ts'
import type { DayKey } from './day-key.ts'
import { amzDate, signatureOf } from './day-key.ts'

export interface QueryToSign {
  readonly method: 'PUT' | 'GET' | 'HEAD'
  /** With its port unless that is the default one of the scheme: exactly the Host header that will be sent. */
  readonly host: string
  /** Not encoded, with leading slash: `/incoming/key`. */
  readonly path: string
  /** Every header that must be sent exactly so, lower-case names; `host` is added. */
  readonly headers?: Readonly<Record<string, string>>
  /** Further query parameters, not encoded: `partNumber`, `response-content-type` ... */
  readonly query?: Readonly<Record<string, string>>
}

export interface SigningTime {
  readonly at: string | Date
  readonly expiresInSeconds: number
}

/**
 * Encoded path and query of a presigned request in SigV4's query form, to be put after `https://host`. Byte for byte what
 * `@aws-sdk/s3-request-presigner` makes when nothing is hoisted, in a small part of its time.
 */
export const signQuery = (day: DayKey, request: QueryToSign, { at, expiresInSeconds }: SigningTime): string => {
  const date = amzDate(at)
  if (date.slice(0, 8) !== day.scope.slice(0, 8)) throw new RangeError('the day key is of another day')
  const path = encodePath(request.path)
  const headers = Object.entries({ ...request.headers, host: request.host }).sort(([a], [b]) => (a < b ? -1 : 1))
  const query: (readonly [string, string])[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
    ['X-Amz-Credential', encodeSegment(`${day.accessKeyId}/${day.scope}`)],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ['X-Amz-SignedHeaders', encodeSegment(headers.map(([name]) => name).join(';'))],
  ]
  if (day.sessionToken !== undefined) query.push(['X-Amz-Security-Token', encodeSegment(day.sessionToken)])
  for (const [name, value] of Object.entries(request.query ?? {}))
    query.push([encodeSegment(name), encodeSegment(value)])
  const canonical = canonicalRequest({ method: request.method, path, query: canonicalQuery(query), headers })
  query.push(['X-Amz-Signature', signatureOf(day, date, canonical)])
  return `${path}?${canonicalQuery(query)}`
}
