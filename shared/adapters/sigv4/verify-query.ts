import { timingSafeEqual } from 'node:crypto'
import { canonicalQuery, canonicalRequest, encodePath, encodeSegment } from './canonical.ts'
import type { DayKey, SigningCredentials, SigningScope } from './day-key.ts'
import { dayKey, scopeOf, signatureOf } from './day-key.ts'

export interface QueryToVerify {
  readonly method: string
  /** Path and query as they came over the wire. */
  readonly target: string
  /** Lower-case names; all values of each, so that a header sent twice is seen. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
}

/** S3's own error codes, so that a client sees in the embedded edition what it would see on AWS. */
export type SignatureFault =
  'AccessDenied' | 'AuthorizationQueryParametersError' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch'

export type QueryVerdict =
  | {
      readonly outcome: 'valid'
      /** Decoded, with leading slash. */
      readonly path: string
      readonly query: ReadonlyMap<string, string>
      readonly signedHeaders: ReadonlyMap<string, string>
      readonly signedAt: number
    }
  | { readonly outcome: 'refused'; readonly code: SignatureFault; readonly why: string }

const CLOCK_SKEW_MS = 15 * 60_000
const SEVEN_DAYS_IN_SECONDS = 604_800

const refused = (code: SignatureFault, why: string): QueryVerdict => ({ outcome: 'refused', code, why })
const malformed = (why: string): QueryVerdict => refused('AuthorizationQueryParametersError', why)

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** `undefined` when a pair cannot be decoded or a name comes twice: two readers could each take another of the values. */
const readPairs = (search: string): Map<string, string> | undefined => {
  const pairs = new Map<string, string>()
  for (const pair of search.split('&').filter((text) => text !== '')) {
    const [name, value] = [pair.split('=', 1)[0] ?? '', pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : '']
    const [decodedName, decodedValue] = [decode(name), decode(value)]
    if (decodedName === undefined || decodedValue === undefined || pairs.has(decodedName)) return undefined
    pairs.set(decodedName, decodedValue)
  }
  return pairs
}

const readDate = (date: string): number => {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`)
}

const sameSignature = (given: string, computed: string): boolean =>
  given.length === computed.length && timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(computed, 'latin1'))

const headersSigned = (
  names: readonly string[],
  headers: QueryToVerify['headers'],
): Map<string, string> | { missing: string } => {
  const found = new Map<string, string>()
  for (const name of names) {
    const values = headers[name]
    if (values?.length !== 1) return { missing: name }
    found.set(name, values[0] ?? '')
  }
  return found
}

const untimely = (signedAt: number, expires: number, now: number): string | undefined => {
  if (signedAt > now + CLOCK_SKEW_MS) return 'The request is not valid yet'
  return now > signedAt + expires * 1000 ? 'Request has expired' : undefined
}

interface Grant {
  readonly path: string
  readonly pairs: ReadonlyMap<string, string>
  readonly date: string
  readonly signedAt: number
  readonly expires: number
  readonly credential: readonly string[]
  readonly names: readonly string[]
  readonly signature: string
}

const readGrant = (target: string): Grant | string => {
  const at = target.indexOf('?')
  const path = decode(at < 0 ? target : target.slice(0, at))
  const pairs = readPairs(at < 0 ? '' : target.slice(at + 1))
  if (path === undefined || pairs === undefined) return 'The query cannot be read'
  const given = (name: string) => pairs.get(`X-Amz-${name}`) ?? ''
  const grant = {
    path,
    pairs,
    date: given('Date'),
    signedAt: readDate(given('Date')),
    expires: /^\d{1,6}$/.test(given('Expires')) ? Number(given('Expires')) : Number.NaN,
    credential: given('Credential').split('/'),
    names: given('SignedHeaders').split(';'),
    signature: given('Signature'),
  }
  if (given('Algorithm') !== 'AWS4-HMAC-SHA256') return 'X-Amz-Algorithm must be AWS4-HMAC-SHA256'
  if (Number.isNaN(grant.signedAt)) return 'X-Amz-Date must be in ISO 8601 basic form'
  if (!(grant.expires >= 1 && grant.expires <= SEVEN_DAYS_IN_SECONDS)) return 'X-Amz-Expires must be 1 to 604800'
  if (grant.credential.length !== 5) return 'X-Amz-Credential is malformed'
  if (!grant.names.includes('host')) return 'host must be a signed header'
  return grant
}

const remembered = new WeakMap<SigningCredentials, DayKey>()

/** The four HMACs of a day key once for each of the credentials, as long as day, region and service stay the same. */
const rememberedKey = (credentials: SigningCredentials, of: SigningScope): DayKey => {
  const known = remembered.get(credentials)
  if (known?.scope === scopeOf(of)) return known
  const made = dayKey(credentials, of)
  remembered.set(credentials, made)
  return made
}

/** An `x-amz-` header that is not signed could change what the request does, so S3 refuses it, and so do we. */
const unsignedAmzHeader = (names: readonly string[], headers: QueryToVerify['headers']): string | undefined =>
  Object.keys(headers).find((name) => name.startsWith('x-amz-') && !names.includes(name))

/**
 * Verifies a presigned request: signature over method, path, query and each signed header, then expiry. What the headers
 * promise about the body (length, SHA-256) is the caller's to check while it streams.
 */
export const verifyQuery = (
  { method, target, headers }: QueryToVerify,
  secretFor: (accessKeyId: string) => SigningCredentials | undefined,
  { now, region, service = 's3' }: { readonly now: number; readonly region: string; readonly service?: string },
): QueryVerdict => {
  const grant = readGrant(target)
  if (typeof grant === 'string') return malformed(grant)
  const [accessKeyId = '', ...scope] = grant.credential
  if (scope.join('/') !== scopeOf({ at: new Date(grant.signedAt), region, service }))
    return malformed('X-Amz-Credential is of another day, region or service')
  const credentials = secretFor(accessKeyId)
  if (credentials === undefined) return refused('InvalidAccessKeyId', 'The access key is not known here')
  const signed = headersSigned(grant.names, headers)
  if ('missing' in signed) return refused('SignatureDoesNotMatch', `The signed header ${signed.missing} is missing`)
  const query = [...grant.pairs]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeSegment(name), encodeSegment(value)] as const)
  const canonical = canonicalRequest({
    method,
    path: encodePath(grant.path),
    query: canonicalQuery(query),
    headers: [...signed].sort(([a], [b]) => (a < b ? -1 : 1)),
  })
  const expected = signatureOf(
    rememberedKey(credentials, { at: new Date(grant.signedAt), region, service }),
    grant.date,
    canonical,
  )
  if (!sameSignature(grant.signature, expected))
    return refused('SignatureDoesNotMatch', 'The request signature does not match')
  const unsigned = unsignedAmzHeader(grant.names, headers)
  if (unsigned !== undefined) return refused('AccessDenied', `The header ${unsigned} is not signed`)
  const late = untimely(grant.signedAt, grant.expires, now)
  if (late !== undefined) return refused('AccessDenied', late)
  return { outcome: 'valid', path: grant.path, query: grant.pairs, signedHeaders: signed, signedAt: grant.signedAt }
}
