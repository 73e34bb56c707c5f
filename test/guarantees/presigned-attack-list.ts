import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  changing,
  partsOf,
  partsOfUrl,
  swapCase,
  without,
  written,
  type Parts,
  type PresignedAttempt,
} from './presigned-request.ts'
import { urlAttacks } from './presigned-url-attacks.ts'
import type { PresignedUrl } from './presigned-urls.ts'

const base64Sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** What each signed header could be changed to that would do harm, beside being spoilt. */
const otherValues: Readonly<Record<string, readonly string[]>> = {
  'content-type': ['text/html', 'image/svg+xml', 'application/dicom; charset=utf-8'],
  'if-none-match': ['"etag"', 'W/"etag"', '"*"', '**', '*, "etag"'],
  'x-amz-checksum-sha256': [base64Sha256(new Uint8Array()), 'AAAAAA==', 'UNSIGNED'],
  'x-amz-expected-bucket-owner': ['999988887777'],
  'x-amz-server-side-encryption': ['AES256', 'aws:kms:dsse', 'none'],
  'x-amz-server-side-encryption-aws-kms-key-id': ['alias/aws/s3', 'arn:aws:kms:us-east-1:999988887777:key/x'],
}

/** Each signed header left out, emptied, changed, sent twice, and under a name that only looks like its own. */
function headerAttacks(parts: Parts): PresignedAttempt[] {
  const change = changing(parts)
  // The length goes with the body: a header that lies about it alone is refused by any HTTP server.
  const names = Object.keys(parts.headers).filter((name) => name !== 'content-length')
  return names.flatMap((name) => {
    const value = String(parts.headers[name])
    const rest = without(parts.headers, name)
    const values = new Set(['', `${value}x`, `x${value}`, swapCase(value), ...(otherValues[name] ?? [])])
    const set = (to: string | readonly string[]) => ({ headers: { ...parts.headers, [name]: to } })
    return [
      change(`${name} dropped`, { headers: rest }),
      change(`${name} under a name with underscores`, { headers: { ...rest, [name.replaceAll('-', '_')]: value } }),
      change(`${name} as x-${name}`, { headers: { ...rest, [`x-${name}`]: value } }),
      ...[...values].filter((other) => other !== value).map((other) => change(`${name}: ${other}`, set(other))),
      change(`${name} twice`, set([value, value])),
      change(`${name} twice, the false one first`, set(['false', value])),
      change(`${name} twice, the false one last`, set([value, 'false'])),
      change(`${name} in a list`, set(`${value}, false`)),
    ]
  })
}

/** Headers by which S3 would do something else with the request. */
const powerful: Readonly<Record<string, string>> = {
  'x-amz-acl': 'public-read',
  'x-amz-grant-read': 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
  'x-amz-copy-source': '/images/other',
  'x-amz-metadata-directive': 'REPLACE',
  'x-amz-meta-note': 'x',
  'x-amz-tagging': 'origin=US',
  'x-amz-storage-class': 'GLACIER',
  'x-amz-website-redirect-location': 'https://attacker.example',
  'x-amz-object-lock-mode': 'COMPLIANCE',
  'x-amz-bypass-governance-retention': 'true',
  'x-amz-server-side-encryption': 'AES256',
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-security-token': 'token',
  'x-amz-date': '20261124T030000Z',
  'x-amz-expires': '604800',
  'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  'X-Amz-Content-SHA256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-checksum-crc32': 'AAAAAA==',
  'x-amz-checksum-sha1': '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  'x-amz-checksum-algorithm': 'CRC32',
  'x-amz-sdk-checksum-algorithm': 'CRC32',
  'x-amz-decoded-content-length': '1',
  'x-amz-trailer': 'x-amz-checksum-crc32',
  'x-amz-write-offset-bytes': '0',
  'x-amz-request-payer': 'requester',
  'x-amz-expected-bucket-owner': '999988887777',
  'x-amz-unknown': '',
}

const addedHeaders = (parts: Parts): PresignedAttempt[] =>
  Object.entries(powerful)
    .filter(([name]) => !(name in parts.headers))
    .map(([name, value]) =>
      changing(parts)(`${name}: ${value} added`, { headers: { ...parts.headers, [name]: value } }),
    )

function callAttacks(parts: Parts, neighbour: Parts): PresignedAttempt[] {
  const change = changing(parts)
  const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'COPY', 'PROPFIND', 'LOCK']
  const { host } = new URL(parts.origin)
  const hosts = ['attacker.example', 'localhost', `${host}.`, `${host}0`, `${host}, attacker.example`]
  const other = parts.method === 'PUT' ? 'GET' : 'PUT'
  return [
    ...methods.filter((method) => method !== parts.method).map((method) => change(`by ${method}`, { method })),
    ...['x-http-method-override', 'x-http-method', 'x-method-override'].map((header) =>
      change(`by ${other}, ${header} naming the signed method`, {
        method: other,
        headers: { ...parts.headers, [header]: parts.method },
      }),
    ),
    ...hosts.map((value) => change(`host ${value}`, { headers: { ...parts.headers, host: value } })),
    change('host in x-forwarded-host', {
      headers: { ...parts.headers, host: 'attacker.example', 'x-forwarded-host': host },
    }),
    change("under another URL's query", { query: neighbour.query }),
    change("under another URL's query and headers", { query: neighbour.query, headers: neighbour.headers }),
    ...(Object.keys(parts.headers).length > 0
      ? [change('no headers at all', { headers: { 'transfer-encoding': 'chunked' } })]
      : []),
  ]
}

/** Another body, with and without what would make it look like the promised one. */
function bodyAttacks(parts: Parts, bindsBody: boolean): PresignedAttempt[] {
  const { body, headers } = parts
  const change = changing(parts)
  const sized = (bytes: Uint8Array) => ({
    headers: { ...headers, 'content-length': String(bytes.byteLength) },
    body: bytes,
  })
  const digested = (bytes: Uint8Array) => ({
    body: bytes,
    headers: { ...sized(bytes).headers, 'x-amz-checksum-sha256': base64Sha256(bytes) },
  })
  const longer = Buffer.concat([body, Buffer.from('x')])
  const others = [
    flipped(body, 0),
    flipped(body, body.byteLength - 1),
    body.toReversed(),
    new Uint8Array(body.byteLength),
  ]
  return [
    ...[longer, body.subarray(1), body.subarray(0, -1), body.subarray(0, 1), Buffer.concat([body, body])].flatMap(
      (bytes) => [
        change(`a body of ${bytes.byteLength} bytes`, sized(bytes)),
        change(`a body of ${bytes.byteLength} bytes with its own digest`, digested(bytes)),
      ],
    ),
    ...others.map((bytes, at) => change(`other bytes with their own digest, ${at}`, digested(bytes))),
    ...(bindsBody
      ? others.map((bytes, at) => ({ ...change(`other bytes, ${at}`, { body: bytes }), signatureHolds: true }))
      : []),
    change('chunked, its length unsaid', {
      headers: { ...without(headers, 'content-length'), 'transfer-encoding': 'chunked' },
    }),
  ]
}

/** Whatever somebody could try with a URL who does not have the key. */
export function tamperings(url: PresignedUrl): PresignedAttempt[] {
  const [parts, neighbour] = [partsOfUrl(url), partsOf(url.neighbour, url.content)]
  const untouched = written(parts)
  return [
    ...headerAttacks(parts),
    ...addedHeaders(parts),
    ...urlAttacks(parts, neighbour),
    ...callAttacks(parts, neighbour),
    ...(parts.method === 'PUT' ? bodyAttacks(parts, url.bindsBody) : []),
    // Where a URL has one header alone, some changes are none.
  ].filter(({ request }) => !isDeepStrictEqual(request, untouched))
}
