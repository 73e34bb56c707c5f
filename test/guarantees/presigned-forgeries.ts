import { dayKey, type SigningCredentials } from '../../shared/adapters/sigv4/day-key.ts'
import { signQuery, type QueryToSign, type SigningTime } from '../../shared/adapters/sigv4/sign-query.ts'
import { partsOfUrl, valueOf, type PresignedAttempt } from './presigned-request.ts'
import type { PresignedUrl } from './presigned-urls.ts'

/** What our own signer would sign for this URL, to be spoilt before it is signed. */
interface Signing {
  readonly credentials: SigningCredentials
  readonly region: string
  readonly service: string
  readonly method: string
  readonly path: string
  readonly host: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly at: string
  readonly expiresInSeconds: number
}

const signingOf = (url: PresignedUrl, credentials: SigningCredentials, region: string): Signing => {
  const { method, origin, path, query } = partsOfUrl(url)
  const own = query.filter(([name]) => !name.startsWith('X-Amz-'))
  return {
    credentials,
    region,
    service: 's3',
    method,
    path: decodeURIComponent(path),
    host: new URL(origin).host,
    headers: url.signed.headers,
    query: Object.fromEntries(own.map(([name, value]) => [name, decodeURIComponent(value)])),
    at: new Date().toISOString(),
    expiresInSeconds: Number(valueOf(partsOfUrl(url), 'X-Amz-Expires')),
  }
}

const signed = (url: PresignedUrl, name: string, signing: Signing): PresignedAttempt => {
  const { origin, body } = partsOfUrl(url)
  const { credentials, at, region, service, method, path, host, headers, query, expiresInSeconds } = signing
  const request = { method: method as QueryToSign['method'], host, path, headers, query }
  const time: SigningTime = { at, expiresInSeconds }
  const target = signQuery(dayKey(credentials, { at, region, service }), request, time)
  return {
    name,
    request: { method, url: `${origin}${target}`, headers, ...(body.byteLength === 0 ? {} : { body }) },
  }
}

const MINUTE_MS = 60_000

/**
 * Signed with the cell's own key for what our signer would never sign: what refuses these is not its restraint. The first is
 * as our signer would sign it, and must be good; else the refusals would say nothing.
 */
export function forgeries(
  url: PresignedUrl,
  credentials: SigningCredentials,
  region: string,
): { readonly good: PresignedAttempt; readonly bad: readonly PresignedAttempt[] } {
  const good = signingOf(url, credentials, region)
  const life = good.expiresInSeconds
  const shifted = (ms: number) => new Date(Date.parse(good.at) + ms).toISOString()
  const without = (dropped: string) => ({
    headers: Object.fromEntries(Object.entries(good.headers).filter(([name]) => name !== dropped)),
  })
  const changes: (readonly [name: string, change: Partial<Signing>])[] = [
    ...[2000, MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS].map(
      (ms) => [`expired ${ms} ms ago`, { at: shifted(-life * 1000 - ms) }] as const,
    ),
    ...[16 * MINUTE_MS, 24 * 60 * MINUTE_MS, 365 * 24 * 60 * MINUTE_MS].map(
      (ms) => [`signed ${ms} ms from now`, { at: shifted(ms) }] as const,
    ),
    ...[life + 1, 3600, 604_800, 604_801, 0, -1, 1.5, 1e21, Number.NaN].map(
      (seconds) => [`a life of ${seconds} s`, { expiresInSeconds: seconds }] as const,
    ),
    ...['us-east-1', 'EU-CENTRAL-1', ''].map((other) => [`for the region ${other}`, { region: other }] as const),
    ...['sts', 'dynamodb', ''].map((service) => [`for the service ${service}`, { service }] as const),
    ['by another key', { credentials: { ...credentials, secretAccessKey: `${credentials.secretAccessKey}0` } }],
    ['by an unknown key id', { credentials: { ...credentials, accessKeyId: 'AKIDEXAMPLE' } }],
    [
      'with a session token that nobody gave',
      { credentials: { ...credentials, secretAccessKey: '', sessionToken: 'x' } },
    ],
    ['for another host', { host: 'attacker.example' }],
    ['for another bucket of no cell', { path: good.path.replace(/^\/[^/]+/, '/stranger') }],
    ['for a path of the API', { path: '/v1/referrals' }],
    ...['DELETE', 'POST', 'PATCH'].map((method) => [`for ${method}`, { method }] as const),
    // A part binds only its length: its object is made by the completion, which checks and creates.
    ...(url.bindsBody ? ['if-none-match', 'content-type', 'x-amz-checksum-sha256'] : []).map(
      (name) => [`without ${name}`, without(name)] as const,
    ),
    ...(url.bindsBody ? ['"etag"', ''] : []).map(
      (value) => [`if-none-match ${value}`, { headers: { ...good.headers, 'if-none-match': value } }] as const,
    ),
  ]
  return {
    good: signed(url, 'as our signer signs', good),
    bad: changes.map(([name, change]) => signed(url, name, { ...good, ...change })),
  }
}
