import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { s3ConditionalGet, type ConditionalGet } from '../../../../../shared/adapters/aws/s3-conditional-get.ts'
import { verifyQuery } from '../../../../../shared/adapters/sigv4/verify-query.ts'

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' }
let server: Server
let status = 200
let seen: { target: string; headers: IncomingHttpHeaders } | undefined
let get: ConditionalGet

beforeAll(async () => {
  server = createServer((request, response) => {
    seen = { target: request.url ?? '', headers: request.headers }
    response.writeHead(status, { etag: '"one"' }).end(status === 200 ? '{"a":"ä"}' : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  get = s3ConditionalGet({
    region: 'eu-central-1',
    bucketName: 'network-bucket',
    accountId: '111122223333',
    clock: { now: () => new Date().toISOString() },
    credentials: () => credentials,
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
})
afterAll(() => server.close())
beforeEach(() => {
  status = 200
})

test('reads an object with a signed request that names the bucket owner', async () => {
  expect(await get('network/current.json', undefined)).toEqual({ outcome: 'changed', body: '{"a":"ä"}', etag: '"one"' })
  const headers = Object.fromEntries(
    Object.entries(seen!.headers).map(([name, value]) => [name, [value].flat().map(String)]),
  )
  const verdict = verifyQuery({ method: 'GET', target: seen!.target, headers }, () => credentials, {
    region: 'eu-central-1',
    now: Date.now(),
  })
  expect(verdict.outcome).toBe('valid')
  expect(seen!.headers['x-amz-expected-bucket-owner']).toBe('111122223333')
})

test.each([
  [304, { outcome: 'unchanged' }],
  [404, { outcome: 'absent' }],
])('understands %i', async (given, expected) => {
  status = given
  expect(await get('network/current.json', '"one"')).toEqual(expected)
  expect(seen!.headers['if-none-match']).toBe('"one"')
})

test.each([301, 403, 500, 503])('takes %i for a fault: neither absent nor unchanged', async (given) => {
  status = given
  await expect(get('network/policy.json', '"one"')).rejects.toThrow(String(given))
})
