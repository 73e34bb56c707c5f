import { IncomingMessage } from 'node:http'
import { connect, Socket } from 'node:net'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gatewayEvent } from '../../../local/gateway-event.ts'
import { jwtAuthorizer } from '../../../local/jwt-authorizer.ts'
import type { HttpHandler } from '../../../local/server.ts'
import type { Listening } from '../../../local/listen.ts'
import { startServer } from '../../../local/server.ts'
import { systemClock } from '../../../shared/adapters/system-clock.ts'
import { sendRaw } from '../../contract/raw-request.ts'

const issuer = 'https://issuer.example'
const clock = systemClock()
const faults: unknown[] = []
let server: Listening
let rsa: { privateKey: CryptoKey }
let other: { privateKey: CryptoKey }

const route = (operationId: string, method: string, path: string, scopes = ['referrals:read']) => ({
  operationId,
  method,
  path,
  scopes,
  capability: operationId,
  bodyLimit: 64 * 1024,
})

const routes = [
  route('echo', 'POST', '/v1/things/{thingId}'),
  route('echo', 'GET', '/v1/things/{thingId}/parts'),
  route('mine', 'GET', '/v1/things/mine'),
  route('echo', 'GET', '/v1/things/{thingId}'),
  route('open', 'GET', '/open', []),
  route('failing', 'GET', '/failing', []),
  route('bytes', 'GET', '/bytes', []),
]

const handlers: Readonly<Record<string, HttpHandler>> = {
  echo: (event) => Promise.resolve({ statusCode: 200, body: JSON.stringify(event) }),
  mine: () => Promise.resolve({ statusCode: 204 }),
  open: (_event, context) =>
    Promise.resolve({
      statusCode: 201,
      headers: { 'X-Remaining': context.getRemainingTimeInMillis() > 0 },
      cookies: ['a=1', 'b=2'],
      body: '"ä"',
    }),
  failing: () => Promise.reject(new Error('patient Huber')),
  bytes: () =>
    Promise.resolve({ statusCode: 200, body: Buffer.from([0, 255]).toString('base64'), isBase64Encoded: true }),
}

beforeAll(async () => {
  rsa = await generateKeyPair('RS256', { extractable: true })
  other = await generateKeyPair('RS256', { extractable: true })
  const publicPart = await exportJWK(rsa.privateKey).then(({ kty = '', n = '', e = '' }) => ({ kty, n, e }))
  const keys = { keys: [{ ...publicPart, kid: 'one', alg: 'RS256' }] }
  server = await startServer({
    routes,
    handlerOf: ({ capability }) => handlers[capability],
    authorize: (line, { scopes }) => jwtAuthorizer({ issuer, audience: 'overread', keys, clock })(line, scopes),
    sideDoors: [],
    clock,
    region: 'eu-central-1',
    host: '127.0.0.1',
    port: 0,
    onFault: (fault) => void faults.push(fault),
  })
})
afterAll(() => server.stop())

interface TokenChange {
  readonly key?: CryptoKey
  readonly claims?: Readonly<Record<string, unknown>>
  readonly expiresIn?: number
  readonly issuedIn?: number
}

const now = () => Math.floor(Date.now() / 1000)
const token = ({ key = rsa.privateKey, claims = {}, expiresIn = 300, issuedIn = -5 }: TokenChange = {}) =>
  new SignJWT({
    scope: 'referrals:read',
    roles: ['referrer', 'coordinator'],
    n: 5,
    iss: issuer,
    aud: 'overread',
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuedAt(now() + issuedIn)
    .setExpirationTime(now() + expiresIn)
    .sign(key)

const call = async (path: string, init: RequestInit = {}, bearer?: string) =>
  fetch(`${server.origin}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${bearer ?? (await token())}`, ...(init.headers as Record<string, string>) },
  })
const eventOf = async (answer: Promise<Response>) =>
  (await (await answer).json()) as APIGatewayProxyEventV2WithJWTAuthorizer

describe('the event that a handler gets', () => {
  it('says what the gateway of the cloud edition would say', async () => {
    const body = JSON.stringify({ name: 'Änne' })
    const headers = { 'Content-Type': 'application/json', 'X-Mixed-CASE': 'Yes', cookie: 'a=1; b=2' }
    const event = await eventOf(call('/v1/things/a%20c?x=1&y=%C3%A4&x=2', { method: 'POST', body, headers }))
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /v1/things/{thingId}',
      rawPath: '/v1/things/a c',
      rawQueryString: 'x=1&y=%C3%A4&x=2',
      queryStringParameters: { x: '1,2', y: 'ä' },
      pathParameters: { thingId: 'a c' },
      cookies: ['a=1', 'b=2'],
      body,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', 'x-mixed-case': 'Yes' },
      requestContext: {
        routeKey: 'POST /v1/things/{thingId}',
        http: { method: 'POST', path: '/v1/things/a c', sourceIp: '127.0.0.1' },
        authorizer: { jwt: { claims: { roles: '[referrer coordinator]', n: '5', scope: 'referrals:read' } } },
      },
    })
    expect(event.headers['cookie']).toBeUndefined()
  })

  it('has a body in base64 unless its type is text, and none when none was sent', async () => {
    const headers = { 'content-type': 'application/problem+json' }
    const event = await eventOf(call('/v1/things/1', { method: 'POST', body: '{}', headers }))
    expect(event).toMatchObject({ body: Buffer.from('{}').toString('base64'), isBase64Encoded: true })
    const empty = await eventOf(call('/v1/things/1'))
    expect(empty).not.toHaveProperty('body')
    expect(empty).not.toHaveProperty('queryStringParameters')
  })

  it('holds one byte more of a long body than its route takes', async () => {
    const headers = { 'content-type': 'application/json' }
    const body = 'x'.repeat(64 * 1024)
    expect((await eventOf(call('/v1/things/1', { method: 'POST', body, headers }))).body).toBe(body)
    const long = await eventOf(call('/v1/things/1', { method: 'POST', body: body.repeat(40), headers }))
    expect(long.body).toHaveLength(64 * 1024 + 1)
  })

  it('is made in time of a query of many names', () => {
    const rawQuery = Array.from({ length: 40_000 }, (_, at) => at.toString(36)).join('&')
    const started = process.threadCpuUsage().user
    const event = gatewayEvent({
      request: new IncomingMessage(new Socket()),
      path: '/v1/things/1',
      rawQuery,
      body: Buffer.alloc(0),
      match: { route: route('echo', 'GET', '/v1/things/{thingId}'), pathParameters: {} },
      claims: undefined,
      now: clock.now(),
      region: 'eu-central-1',
    })
    expect(Object.keys(event.queryStringParameters ?? {})).toHaveLength(40_000)
    expect((process.threadCpuUsage().user - started) / 1000).toBeLessThan(1000)
  })

  it('goes to the route with the literal segment before the one with a parameter', async () => {
    expect((await call('/v1/things/mine')).status).toBe(204)
    expect((await eventOf(call('/v1/things/1/parts'))).routeKey).toBe('GET /v1/things/{thingId}/parts')
  })
})

describe('the answer of a handler', () => {
  it('reaches the client with its status, headers and cookies', async () => {
    const answer = await fetch(`${server.origin}/open`)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-remaining')).toBe('true')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await answer.json()).toBe('ä')
  })

  it('may be bytes', async () => {
    const bytes = await (await fetch(`${server.origin}/bytes`)).arrayBuffer()
    expect([...new Uint8Array(bytes)]).toEqual([0, 255])
  })

  it('that is a fault is told to the log and not to the client', async () => {
    const answer = await fetch(`${server.origin}/failing`)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({ message: 'Internal Server Error' })
    expect(faults.at(-1)).toBeInstanceOf(Error)
  })
})

describe('the gateway itself', () => {
  it.each([
    ['no token', () => 'none'],
    ['an expired token', () => token({ expiresIn: -1 })],
    ['a token from the future', () => token({ issuedIn: 60 })],
    ['another issuer', () => token({ claims: { iss: 'https://other.example' } })],
    ['another audience', () => token({ claims: { aud: 'other' } })],
    ['another key under the same name', () => token({ key: other.privateKey })],
  ])('answers 401 to %s, before any function runs', async (_what, make) => {
    const answer = await call('/v1/things/1', {}, await make())
    expect([answer.status, await answer.json()]).toEqual([401, { message: 'Unauthorized' }])
  })

  it('takes RS256 alone, as the cloud’s does', async () => {
    const es = await generateKeyPair('ES256', { extractable: true })
    const signed = await new SignJWT({ iss: issuer, aud: 'overread', scope: 'referrals:read' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('5m')
      .sign(es.privateKey)
    expect((await call('/v1/things/1', {}, signed)).status).toBe(401)
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${signed.split('.')[1] ?? ''}.`
    expect((await call('/v1/things/1', {}, unsigned)).status).toBe(401)
  })

  it('answers 403 without one of the scopes', async () => {
    const answer = await call('/v1/things/1', {}, await token({ claims: { scope: 'kpis:read other' } }))
    expect([answer.status, await answer.json()]).toEqual([403, { message: 'Forbidden' }])
  })

  it.each(['/v1', '/v1/things/', '/v1/things//parts', '/v1/things/1/parts/2', '/'])(
    'answers 404 to %s',
    async (path) => {
      const answer = await call(path)
      expect([answer.status, await answer.json()]).toEqual([404, { message: 'Not Found' }])
    },
  )

  it('answers 413 to a body over 10 MB, whether or not its length was said before', async () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1)
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
    const url = `${server.origin}/v1/things/1`
    const declared = { ...headers, 'content-length': String(body.byteLength) }
    const answers = [
      sendRaw({ method: 'POST', url, headers: declared, body }).catch(() => ({ status: 413 })),
      sendRaw({ method: 'POST', url, headers, body }).catch(() => ({ status: 413 })),
    ]
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(413)
  })

  it('answers 400 to a path that cannot be decoded', async () => {
    expect((await call('/v1/things/%E0%A4')).status).toBe(400)
  })

  it('serves on after a client that broke off in the middle', async () => {
    const { port } = new URL(server.origin)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`POST /v1/things/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await token()}\r\n`)
    socket.write('Content-Length: 1000\r\n\r\nabc', () => socket.destroy())
    await new Promise((resolve) => void socket.on('close', resolve))
    expect((await call('/v1/things/1')).status).toBe(200)
  })
})
