import { describe, expect, it } from 'vitest'
import { dayKey } from '../../../../../shared/adapters/sigv4/day-key.ts'
import { signQuery } from '../../../../../shared/adapters/sigv4/sign-query.ts'
import type { QueryToVerify } from '../../../../../shared/adapters/sigv4/verify-query.ts'
import { verifyQuery } from '../../../../../shared/adapters/sigv4/verify-query.ts'

const at = '2026-11-24T03:00:00.000Z'
const region = 'eu-central-1'
const host = '127.0.0.1:8080'
const credentials = { accessKeyId: 'OVERREADKEY', secretAccessKey: 'a secret' }
const headers = { 'content-length': '11', 'content-type': 'application/dicom', 'if-none-match': '*' }

const target = signQuery(
  dayKey(credentials, { at, region }),
  { method: 'PUT', host, path: '/incoming/a b+c', headers, query: { partNumber: '3' } },
  { at, expiresInSeconds: 900 },
)

const sent: QueryToVerify = {
  method: 'PUT',
  target,
  headers: { host: [host], ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) },
}

const verify = (request: Partial<QueryToVerify> = {}, now = Date.parse(at) + 1000) =>
  verifyQuery(
    { ...sent, ...request },
    (accessKeyId) => (accessKeyId === credentials.accessKeyId ? credentials : undefined),
    { now, region },
  )

const codeOf = (verdict: ReturnType<typeof verify>) => (verdict.outcome === 'refused' ? verdict.code : verdict.outcome)

describe('verifying a presigned request', () => {
  it('accepts the request as it was signed and names the key that was signed', () => {
    expect(verify()).toMatchObject({ outcome: 'valid', path: '/incoming/a b+c' })
  })

  it('accepts the query in any order: a client may rebuild it', () => {
    const [path = '', query = ''] = target.split('?')
    expect(codeOf(verify({ target: `${path}?${query.split('&').reverse().join('&')}` }))).toBe('valid')
  })

  it.each([
    ['another method', { method: 'GET' }, 'SignatureDoesNotMatch'],
    ['another key', { target: target.replace('/incoming/a', '/incoming/b') }, 'SignatureDoesNotMatch'],
    ['another bucket', { target: target.replace('/incoming/', '/images/') }, 'SignatureDoesNotMatch'],
    ['another part number', { target: target.replace('partNumber=3', 'partNumber=4') }, 'SignatureDoesNotMatch'],
    ['a longer expiry', { target: target.replace('Expires=900', 'Expires=9000') }, 'SignatureDoesNotMatch'],
    ['an added parameter', { target: `${target}&versionId=1` }, 'SignatureDoesNotMatch'],
    ['a repeated parameter', { target: `${target}&partNumber=3` }, 'AuthorizationQueryParametersError'],
    ['no signature', { target: target.replace(/X-Amz-Signature=[0-9a-f]+&/, '') }, 'SignatureDoesNotMatch'],
    [
      'a shortened signature',
      { target: target.replace(/(X-Amz-Signature=[0-9a-f]{8})[0-9a-f]+/, '$1') },
      'SignatureDoesNotMatch',
    ],
    ['no query at all', { target: '/incoming/a' }, 'AuthorizationQueryParametersError'],
    ['a query that cannot be decoded', { target: `${target}&x=%E0%A4` }, 'AuthorizationQueryParametersError'],
    ['another access key', { target: target.replace('OVERREADKEY', 'SOMEONEELSE') }, 'InvalidAccessKeyId'],
    ['another region', { target: target.replace('eu-central-1', 'eu-west-1') }, 'AuthorizationQueryParametersError'],
    [
      'an expiry that is no number',
      { target: target.replace('Expires=900', 'Expires=1e3') },
      'AuthorizationQueryParametersError',
    ],
    ['fewer signed headers', { target: target.replace('%3Bif-none-match', '') }, 'SignatureDoesNotMatch'],
    ['host not signed', { target: target.replace('%3Bhost', '') }, 'AuthorizationQueryParametersError'],
    ['a longer body', { headers: { ...sent.headers, 'content-length': ['12'] } }, 'SignatureDoesNotMatch'],
    ['no create-only header', { headers: { ...sent.headers, 'if-none-match': undefined } }, 'SignatureDoesNotMatch'],
    [
      'a signed header sent twice',
      { headers: { ...sent.headers, 'if-none-match': ['*', '*'] } },
      'SignatureDoesNotMatch',
    ],
    ['another host', { headers: { ...sent.headers, host: ['127.0.0.1:8081'] } }, 'SignatureDoesNotMatch'],
    ['an unsigned x-amz header', { headers: { ...sent.headers, 'x-amz-acl': ['public-read'] } }, 'AccessDenied'],
  ] as const)('refuses %s', (_name, request, code) => {
    expect(codeOf(verify(request))).toBe(code)
  })

  it('refuses a request after its expiry, to the second', () => {
    expect(codeOf(verify({}, Date.parse(at) + 900_000))).toBe('valid')
    expect(verify({}, Date.parse(at) + 900_001)).toMatchObject({ code: 'AccessDenied', why: 'Request has expired' })
  })

  it('refuses a request signed far in the future', () => {
    expect(codeOf(verify({}, Date.parse(at) - 16 * 60_000))).toBe('AccessDenied')
  })
})
