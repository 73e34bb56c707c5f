import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../../shared/adapters/system-clock.ts'
import { tokenVerifier } from '../../../../shared/runtime/token-verifier.ts'

const issuer = 'https://identity.example.org'
const START = Date.parse('2026-11-24T10:00:00.000Z')

let server: Server
let published: JWK[]
let asked: number
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  asked = 0
  server = createServer((_, response) => {
    asked++
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: published }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

async function keyNamed(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const token = () => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ token_use: 'access', org_id: 'o', person_id: 'p', roles: [], scope: '' })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setAudience('overread')
      .setSubject('p')
      .setJti('j')
      .setIssuedAt(now)
      .setExpirationTime(now + 3600)
      .sign(privateKey)
  }
  return { token, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } }
}

test('a replaced key is good while both are published, and refused within ten minutes of being taken out', async () => {
  const [old, next] = [await keyNamed('old'), await keyNamed('next')]
  const keys = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
  const verifier = tokenVerifier({ issuer, audience: 'overread', keys, clock: systemClock() })
  published = [old.jwk]
  const before = await old.token()
  expect(await verifier.verify(before)).toMatchObject({ person_id: 'p' })

  published = [old.jwk, next.jwk]
  vi.setSystemTime(START + 31_000)
  expect(await verifier.verify(await next.token())).toMatchObject({ person_id: 'p' })
  expect(await verifier.verify(before)).toMatchObject({ person_id: 'p' })
  expect(asked).toBe(2)

  published = [next.jwk]
  vi.setSystemTime(START + 31_000 + 600_001)
  await expect(verifier.verify(before)).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(verifier.verify(await old.token())).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await verifier.verify(await next.token())).toMatchObject({ person_id: 'p' })
})
