import { bucketClasses } from '../../shared/contracts/bucket-classes.ts'
import { encodeSegment } from '../../shared/adapters/sigv4/canonical.ts'
import {
  changing,
  swapCase,
  valueOf,
  without,
  withValue,
  type Parts,
  type PresignedAttempt,
} from './presigned-request.ts'

const DAY_MS = 86_400_000

const additions = [
  ['versionId', 'null'],
  ['acl', ''],
  ['delete', ''],
  ['uploads', ''],
  ['tagging', ''],
  ['uploadId', 'other'],
  ['partNumber', '1'],
  ['response-content-type', 'text%2Fhtml'],
  ['response-content-disposition', 'inline'],
  ['response-cache-control', 'public'],
  ['X-Amz-Security-Token', 'token'],
  ['X-Amz-Expected-Bucket-Owner', '999988887777'],
  ['x-amz-acl', 'public-read'],
  ['', ''],
  ['unknown', '1'],
] as const

/** Each parameter left out, emptied, changed, sent twice, spelt otherwise; and further ones. */
function queryAttacks(parts: Parts): PresignedAttempt[] {
  const change = changing(parts)
  const { query } = parts
  const each = query.flatMap(([name, value]) => {
    const rest = query.filter(([one]) => one !== name)
    const spelt = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`
    return [
      change(`${name} dropped`, { query: rest }),
      change(`${name} emptied`, withValue(parts, name, '')),
      change(`${name} with 0 after`, withValue(parts, name, `${value}0`)),
      change(`${name} with 0 before`, withValue(parts, name, `0${value}`)),
      change(`${name} with a NUL`, withValue(parts, name, `${value}%00`)),
      change(`${name} encoded twice`, withValue(parts, name, `${value}%2520`)),
      change(`${name} in other case`, { query: [...rest, [swapCase(name), value]] }),
      change(`${name} twice`, { query: [...query, [name, value]] }),
      change(`${name} twice, the false one first`, { query: [[name, 'false'], ...query] }),
      change(`${name} twice, the false one last`, { query: [...query, [name, 'false']] }),
      change(`${name} twice, spelt otherwise`, { query: [...query, [spelt, 'false']] }),
      change(`${name} as a list`, { query: [...rest, [`${name}[]`, value]] }),
    ]
  })
  const added = additions
    .filter(([name]) => !query.some(([one]) => one === name))
    .map(([name, value]) => change(`${name}=${value} added`, { query: [...query, [name, value]] }))
  return [
    ...each,
    ...added,
    change('no query', { query: [] }),
    change('the second half of the query moved into the path', {
      path: `${parts.path}%3F${query[0]?.join('=') ?? ''}`,
    }),
  ]
}

const expiries =
  '1 299 301 899 901 3600 604800 604801 999999 9999999 0 -1 0900 300.0 9e2 Infinity NaN 0x384 %D9%A3%D9%A0%D9%A0'

/** Time, place and owner of the signature. */
function scopeAttacks(parts: Parts): PresignedAttempt[] {
  const change = changing(parts)
  const set = (name: string, value: string) => change(`${name}=${value}`, withValue(parts, name, value))
  const [key = '', day = '', region = '', service = '', end = ''] = decodeURIComponent(
    valueOf(parts, 'X-Amz-Credential'),
  ).split('/')
  const date = valueOf(parts, 'X-Amz-Date')
  const moved = (ms: number) => {
    const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) + ms
    return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  }
  const scopes = [
    [key, day, 'us-east-1', service, end],
    [key, day, region.toUpperCase(), service, end],
    [key, day, '', service, end],
    [key, day, region, 'sts', end],
    [key, day, region, 'S3', end],
    [key, day, region, service, 'aws4'],
    [key, '20200101', region, service, end],
    [key, moved(-DAY_MS).slice(0, 8), region, service, end],
    [`${key}X`, day, region, service, end],
    [key.toLowerCase(), day, region, service, end],
    ['', day, region, service, end],
    ['__proto__', day, region, service, end],
    [key, day, region, service],
    [key, day, region, service, end, ''],
    [day, region, service, end],
  ]
  return [
    ...expiries
      .split(' ')
      .filter((value) => value !== valueOf(parts, 'X-Amz-Expires'))
      .map((value) => set('X-Amz-Expires', value)),
    ...[1000, -1000, DAY_MS, -DAY_MS, 900_000].map((ms) => set('X-Amz-Date', moved(ms))),
    ...[date.toLowerCase(), date.slice(0, 8), date.replace('Z', '%2B0000'), 'now', '20261332T000000Z'].map((value) =>
      set('X-Amz-Date', value),
    ),
    ...scopes.map((scope) => set('X-Amz-Credential', encodeURIComponent(scope.join('/')))),
    ...['AWS4-HMAC-SHA1', 'AWS4-HMAC-SHA512', 'AWS4-ECDSA-P256-SHA256', 'aws4-hmac-sha256', 'none', 'AWS'].map(
      (value) => set('X-Amz-Algorithm', value),
    ),
    ...[
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'unsigned-payload',
      '0'.repeat(64),
    ].map((value) => set('X-Amz-Content-Sha256', value)),
  ]
}

/** Which headers are said to be signed. */
function signedHeadersAttacks(parts: Parts): PresignedAttempt[] {
  const names = decodeURIComponent(valueOf(parts, 'X-Amz-SignedHeaders')).split(';')
  const listed = (name: string, list: readonly string[], headers = parts.headers) =>
    changing(parts)(name, { ...withValue(parts, 'X-Amz-SignedHeaders', encodeSegment(list.join(';'))), headers })
  return [
    ...names.flatMap((name) => [
      listed(
        `${name} no longer said to be signed`,
        names.filter((one) => one !== name),
      ),
      listed(
        `${name} neither said to be signed nor sent`,
        names.filter((one) => one !== name),
        without(parts.headers, name),
      ),
      listed(`${name} said to be signed twice`, [...names, name]),
      listed(
        `${name} said to be signed in capitals`,
        names.map((one) => (one === name ? one.toUpperCase() : one)),
      ),
    ]),
    listed('host alone said to be signed', ['host']),
    listed('host alone said to be signed or sent', ['host'], {}),
    listed('nothing said to be signed', []),
    listed('a header more said to be signed', [...names, 'x-amz-acl'], {
      ...parts.headers,
      'x-amz-acl': 'public-read',
    }),
    listed('a header more said to be signed, which is not sent', [...names, 'x-amz-acl']),
    listed('an empty name said to be signed', [...names, '']),
    listed('a prototype said to be signed', [...names, '__proto__']),
    ...(names.length > 1 ? [listed('in other order', names.toReversed())] : []),
  ]
}

function signatureAttacks(parts: Parts, neighbour: Parts): PresignedAttempt[] {
  const signature = valueOf(parts, 'X-Amz-Signature')
  const digit = (at: number) => (Number.parseInt(signature.charAt(at), 16) ^ 1).toString(16)
  const flips = Array.from(signature, (_, at) => `${signature.slice(0, at)}${digit(at)}${signature.slice(at + 1)}`)
  const others = [
    signature.toUpperCase(),
    signature.slice(0, -1),
    signature.slice(0, 8),
    signature.slice(1),
    `${signature}0`,
    `${signature}${signature}`,
    '0'.repeat(64),
    'f'.repeat(64),
    `${signature.slice(0, -1)}%C3%BF`,
    Buffer.from(signature, 'hex').toString('base64url'),
    valueOf(neighbour, 'X-Amz-Signature'),
  ]
  return [...flips, ...others].map((value) =>
    changing(parts)(`signature ${value}`, withValue(parts, 'X-Amz-Signature', value)),
  )
}

/** Another object, by every spelling that a careless reader of paths might take for the signed one. */
function keyAttacks(parts: Parts, neighbour: Parts): PresignedAttempt[] {
  const { path } = parts
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.*)$/.exec(path) ?? []
  const folder = path.slice(0, path.lastIndexOf('/'))
  const name = path.slice(path.lastIndexOf('/') + 1)
  const paths = [
    neighbour.path,
    ...bucketClasses.filter((other) => other !== bucket).map((other) => `/${other}/${key}`),
    `/${bucket}/${key.toUpperCase()}`,
    `/${bucket.toUpperCase()}/${key}`,
    `/${bucket}`,
    `/${bucket}/`,
    `/${bucket}/../images/${key}`,
    `/${bucket}/%2e%2e/images/${key}`,
    `/${bucket}/..%2fimages%2f${key}`,
    `/${bucket}/${key}/../${key}`,
    `${folder}/x/../${name}`,
    `${folder}/./${name}`,
    `${folder}/%2e/${name}`,
    `${folder}//${name}`,
    `/${path}`,
    `${path}/`,
    `${path}%00`,
    `${path}%20`,
    `${path}.`,
    `${path};versionId=1`,
    `${path}%23`,
    `${path}%252e`,
    path.slice(0, -1),
    `${path}0`,
    `${folder}%252f${name}`,
    `${folder}%5c${name}`,
    `${folder}%c0%af${name}`,
    `${folder}%ef%bc%8f${name}`,
    `${folder}%zz${name}`,
    `/${bucket}/${'../'.repeat(8)}etc/passwd`,
    `/${bucket}/${'%2e%2e%2f'.repeat(8)}cell.db`,
  ]
  return paths.map((other) => changing(parts)(`path ${other}`, { path: other }))
}

/** Everything that stands in the URL, changed. */
export const urlAttacks = (parts: Parts, neighbour: Parts): PresignedAttempt[] => [
  ...queryAttacks(parts),
  ...scopeAttacks(parts),
  ...signedHeadersAttacks(parts),
  ...signatureAttacks(parts, neighbour),
  ...keyAttacks(parts, neighbour),
]
