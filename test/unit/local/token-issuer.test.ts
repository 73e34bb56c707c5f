import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { openTokenIssuer, scopesOf } from '../../../local/token-issuer.ts'
import { systemClock } from '../../../shared/adapters/system-clock.ts'
import { scratchFolder } from '../../builders/scratch-folder.ts'

const options = (dataDir: string) => ({
  dataDir,
  issuer: () => 'http://127.0.0.1:1',
  audience: 'overread',
  users: [
    { sub: 'p-weiss', orgId: 'alpine', roles: ['reader'] as const, readerId: 'r-weiss', attestedCountry: 'DE' },
    { sub: 'p-clerk', orgId: 'donau', roles: ['site-clerk'] as const, attestedCountry: 'AT' },
  ],
  clock: systemClock(),
})

describe('the development token issuer', () => {
  it('signs for the users it knows, with what the network says of them', async () => {
    const issuer = await openTokenIssuer(options(scratchFolder('issuer')))
    const token = await issuer.sign('p-weiss')
    const expected = { issuer: 'http://127.0.0.1:1', audience: 'overread' }
    const { payload, protectedHeader } = await jwtVerify(token ?? '', createLocalJWKSet(issuer.keys), expected)
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({
      sub: 'p-weiss',
      person_id: 'p-weiss',
      org_id: 'alpine',
      roles: ['reader'],
      reader_id: 'r-weiss',
      country: 'DE',
      amr: ['pwd', 'mfa'],
      token_use: 'access',
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    expect(payload.iat).toBeLessThanOrEqual(Date.now() / 1000 - 4)
    expect(await issuer.sign('p-nobody')).toBeUndefined()
  })

  it('keeps its key, so that tokens outlive a restart, and shows only the public part', async () => {
    const folder = scratchFolder('issuer')
    const { keys } = await openTokenIssuer(options(folder))
    expect((await openTokenIssuer(options(folder))).keys).toEqual(keys)
    expect(Object.keys(keys.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('grants the scopes of what a role may do, and no others', () => {
    expect(scopesOf(['reader'])).toEqual(expect.arrayContaining(['worklist:claim', 'reports:write']))
    expect(scopesOf(['reader'])).not.toContain('uploads:write')
    expect(scopesOf(['site-clerk'])).toContain('uploads:write')
    expect(scopesOf([])).toEqual([])
  })
})
