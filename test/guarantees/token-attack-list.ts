import { createHmac, createPublicKey } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters } from 'jose'
import type { Mint, MintedPerson } from './mint-token.ts'

/** Who may not get in; what is sent as `Authorization`, a line each. */
export interface TokenAttack {
  readonly name: string
  readonly authorization: readonly string[]
  /** Where the forged right would be used; the clerk's list of referrals unless it needs another. */
  readonly path: string
  /** The gateway's authorizer alone must refuse it; the rest rests on what only the code knows. */
  readonly gatewayRefuses: boolean
}

export const clerk: MintedPerson = { personId: 'p-clerk-vienna', orgId: 'donau-klinikum', roles: ['site-clerk'] }

const LIST = '/v1/referrals'
const KPIS = '/v1/kpis?from=2026-11-01&to=2026-11-30'
const HOUR = 3600

const part = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

type Claims = Record<string, unknown>
type Made = readonly [name: string, token: string | Promise<string>]

const without = (claims: Claims, name: string): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

/** No signature, one that anybody can make, or one by a key that the cell never published. */
async function forged(mint: Mint, claims: Claims): Promise<Made[]> {
  const { kid } = mint.jwk
  const { n = '', e = '' } = mint.jwk
  const pem = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  }) as string
  const other = await generateKeyPair('RS256', { extractable: true })
  const elliptic = await generateKeyPair('ES256')
  const jwk = await exportJWK(other.publicKey)
  const hmac = (secret: string): string => {
    const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${part(claims)}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const by = (header: object): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header } as JWTHeaderParameters)
      .sign(other.privateKey)
  const none = (alg: string): string => `${part({ alg, typ: 'at+jwt', kid })}.${part(claims)}.`
  const evil = 'https://attacker.example/jwks.json'
  return [
    ['alg none, no signature', none('none')],
    ['alg None in capitals', none('None')],
    ['alg NONE', none('NONE')],
    ['alg none with a made-up signature', `${none('none')}${part('signature')}`],
    ['alg empty', none('')],
    ['HS256 with the public key as PEM', hmac(pem)],
    ['HS256 with the public key as PEM without its last newline', hmac(pem.trim())],
    ['HS256 with the modulus', hmac(mint.jwk.n ?? '')],
    ['HS256 with the key id', hmac(kid ?? '')],
    ['HS256 with an empty secret', hmac('')],
    [
      'ES256 by a key of its own',
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: kid ?? '' }).sign(elliptic.privateKey),
    ],
    ['another RSA key under the right key id', by({})],
    ['another RSA key without a key id', by({ kid: undefined })],
    ['jwk header with its own key', by({ jwk })],
    ['jku header', by({ jku: evil })],
    ['x5u header', by({ x5u: evil })],
    ['x5c header', by({ x5c: [part('certificate')] })],
    ['jku and an unknown key id', by({ jku: evil, kid: 'attacker' })],
    ['key id that is a path', by({ kid: '../../../../dev/null' })],
    ['key id that is an address', by({ kid: evil })],
    ['key id that is SQL', by({ kid: "' UNION SELECT 'key" })],
    ['key id that is a prototype', by({ kid: '__proto__' })],
  ]
}

/** Signed by the true key, with a header that makes it something else. */
const misheaded = (mint: Mint, claims: Claims): Made[] => {
  const by = (header: Record<string, unknown>) => mint.sign(claims, header)
  return [
    ['no key id', by({ kid: undefined })],
    ['an unknown key id', by({ kid: 'another' })],
    ['a key id that is a number', by({ kid: 7 })],
    ['an unknown critical extension', by({ crit: ['http://overread/unknown'], 'http://overread/unknown': true })],
    ['unencoded payload (b64 false)', by({ crit: ['b64'], b64: false })],
    ['typ of a logout token', by({ typ: 'logout+jwt' })],
    ['typ of a DPoP proof', by({ typ: 'dpop+jwt' })],
    ['typ of a security event', by({ typ: 'secevent+jwt' })],
    ['typ of an ID token (JWT)', by({ typ: 'JWT' })],
    ['no typ', by({ typ: undefined })],
  ]
}

/** Signed by the true key, with claims that the gateway checks too. */
function gatewayClaims(mint: Mint, claims: Claims, now: number): Made[] {
  const by = (change: Claims) => mint.sign({ ...claims, ...change })
  return [
    ['another issuer', by({ iss: 'https://attacker.example' })],
    ['the issuer with a slash more', by({ iss: `${String(claims['iss'])}/` })],
    ['the issuer in a list', by({ iss: [claims['iss']] })],
    ['another audience', by({ aud: 'another-api' })],
    ['an audience that begins like ours', by({ aud: 'overread.attacker.example' })],
    ['an empty list of audiences', by({ aud: [] })],
    ['expired a minute ago', by({ iat: now - HOUR, exp: now - 60 })],
    ['expired in 1970', by({ exp: 1 })],
    ['expiry as text', by({ exp: String(now + HOUR) })],
    ['not valid before tomorrow', by({ nbf: now + 24 * HOUR })],
    ['not-before as text', by({ nbf: 'yesterday' })],
    ['issued tomorrow', by({ iat: now + 24 * HOUR, exp: now + 25 * HOUR })],
    ['no issuer', mint.sign(without(claims, 'iss'))],
    ['no audience', mint.sign(without(claims, 'aud'))],
  ]
}

/** Signed by the true key, and good for a gateway that looks at signature, issuer, audience and times alone. */
function codeClaims(mint: Mint, claims: Claims, now: number): Made[] {
  const by = (change: Claims) => mint.sign({ ...claims, ...change })
  const missing = ['sub', 'exp', 'iat', 'jti', 'token_use', 'org_id', 'person_id', 'roles', 'scope']
  return [
    ...missing.map((name): Made => [`no ${name}`, mint.sign(without(claims, name))]),
    ['an ID token', by({ token_use: 'id' })],
    ['a refresh token', by({ token_use: 'refresh' })],
    ['a life of a day', by({ exp: now + 24 * HOUR })],
    ['a life of a year, issued long ago', by({ iat: now - 300 * 24 * HOUR, exp: now + HOUR })],
    ['a negative time of issue', by({ iat: -1 })],
    ['authenticated in the far future', by({ auth_time: 1e15 })],
    ['authentication time as text', by({ auth_time: 'now' })],
    ['authentication methods as text', by({ amr: 'mfa' })],
    ['roles as text', by({ roles: 'site-clerk' })],
    ['another organisation', by({ org_id: 'liffey-hospital' })],
    ['an organisation that is not in the network', by({ org_id: 'attacker' })],
    ['another person of another organisation', by({ person_id: 'p-operations' })],
    ['a person that is not in the network', by({ person_id: 'p-nobody' })],
    ['a person id that is a prototype', by({ person_id: '__proto__' })],
    ['an organisation in a list', by({ org_id: ['donau-klinikum'] })],
    ['an empty subject', by({ sub: '' })],
    ['a country that is a sentence', by({ country: 'wherever you like' })],
    ['roles that the network does not give', by({ roles: ['operations', 'auditor'] })],
    ['no role left', by({ roles: [] })],
    ['a role nobody knows', by({ roles: ['superuser'] })],
    ['a role in capitals', by({ roles: ['SITE-CLERK'] })],
  ]
}

/** A good token, spoilt on its way. */
function mangled(good: string): readonly (readonly [name: string, lines: readonly string[]])[] {
  const [head = '', body = '', signature = ''] = good.split('.')
  const flipped = `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`
  const raised = part({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), roles: ['operations'] })
  const one = (text: string) => [text] as const
  return [
    ['no header', []],
    ['an empty header', one('')],
    ['Bearer alone', one('Bearer')],
    ['the token without its scheme', one(good)],
    ['Basic', one(`Basic ${good}`)],
    ['DPoP', one(`DPoP ${good}`)],
    ['two schemes', one(`Bearer Bearer ${good}`)],
    ['cut in the signature', one(`Bearer ${good.slice(0, -10)}`)],
    ['without its signature', one(`Bearer ${head}.${body}.`)],
    ['two segments', one(`Bearer ${head}.${body}`)],
    ['four segments', one(`Bearer ${good}.${signature}`)],
    ['five segments, as an encrypted one', one(`Bearer ${head}.${body}.${signature}.${body}.${signature}`)],
    ['one bit of the signature', one(`Bearer ${head}.${body}.${flipped}`)],
    ['other claims under the signature', one(`Bearer ${head}.${raised}.${signature}`)],
    ['a space in the token', one(`Bearer ${head}. ${body}.${signature}`)],
    ['a tab in the token', one(`Bearer ${head}.${body}\t.${signature}`)],
    [
      'plain base64 instead of base64url',
      one(`Bearer ${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`),
    ],
    ['two tokens with a comma', one(`Bearer ${good}, Bearer ${good}`)],
    ['two header lines, the false one first', [`Bearer ${head}.${raised}.${signature}`, `Bearer ${good}`]],
  ]
}

export async function tokenAttacks(mint: Mint, now: number): Promise<TokenAttack[]> {
  const claims = mint.claims(clerk)
  const made = async (entries: readonly Made[], gatewayRefuses: boolean): Promise<TokenAttack[]> =>
    Promise.all(
      entries.map(async ([name, token]) => ({
        name,
        authorization: [`Bearer ${await token}`],
        path: LIST,
        gatewayRefuses,
      })),
    )
  const good = mint.sign(claims)
  const lines = mangled(good).map(([name, authorization]) => ({
    name,
    authorization,
    path: LIST,
    gatewayRefuses: true,
  }))
  const scopeless = { ...claims, scope: 'openid profile' }
  const raised = { ...claims, roles: ['site-clerk', 'operations', 'executive'] }
  const unbound = await made(await forged(mint, claims), true)
  return [
    ...unbound,
    ...(await made(misheaded(mint, claims), false)),
    ...(await made(gatewayClaims(mint, claims, now), true)),
    ...(await made(codeClaims(mint, claims, now), false)),
    ...lines,
    ...(await made([['its scopes taken out', mint.sign(scopeless)]], true)),
    { name: 'a role added', authorization: [`Bearer ${mint.sign(raised)}`], path: KPIS, gatewayRefuses: false },
  ]
}
