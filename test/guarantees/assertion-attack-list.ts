import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { ASSERTION_TYPE } from '../../shared/contracts/http/tokens.ts'
import { MachineClientSchema, type MachineClient } from '../../shared/domain/network/machine-client.ts'

export interface AssertionAttack {
  readonly name: string
  readonly method?: 'GET' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body: string
}

interface Holder {
  readonly client: MachineClient
  readonly kid: string
  readonly key: KeyObject
}

type Members = Record<string, unknown>

const holder = (
  clientId: string,
  orgId: string,
  kind: 'EC' | 'RSA',
  from = '2020-01-01',
  to = '2100-01-01',
): Holder => {
  const { privateKey: key } =
    kind === 'EC'
      ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = `${clientId}-key`
  const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid, alg: kind === 'EC' ? 'ES384' : 'RS384' }
  const client = MachineClientSchema.parse({
    clientId,
    orgId,
    name: clientId,
    roles: ['sending-system'],
    scopes: ['referrals:read', 'referrals:write'],
    jwks: { keys: [jwk] },
    validFrom: `${from}T00:00:00Z`,
    validTo: `${to}T00:00:00Z`,
  })
  return { client, kid, key }
}

/** Systems of the network under attack; `stranger` is registered nowhere. */
export const holders = {
  victim: holder('m-victim', 'donau-klinikum', 'EC'),
  rsa: holder('m-rsa', 'donau-klinikum', 'RSA'),
  other: holder('m-other', 'liffey-hospital', 'EC'),
  early: holder('m-early', 'donau-klinikum', 'EC', '2099-01-01'),
  late: holder('m-late', 'donau-klinikum', 'EC', '2020-01-01', '2021-01-01'),
  stranger: holder('m-stranger', 'donau-klinikum', 'EC'),
} as const

const part = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const signed = (input: string, key: KeyObject): string => {
  const signature =
    key.asymmetricKeyType === 'rsa'
      ? sign('sha384', Buffer.from(input), key)
      : sign('sha384', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

export interface Forge {
  readonly by: (who: Holder, claims?: Members, header?: Members, key?: KeyObject) => string
  readonly form: (assertion: string, more?: Readonly<Record<string, string>>) => string
}

/** By hand: a library refuses to sign what the cell must refuse to take. */
export const forgeFor = (tokenUrl: string, nowSeconds: number): Forge => ({
  by: (who, claims = {}, header = {}, key = who.key) => {
    const alg = who.key.asymmetricKeyType === 'rsa' ? 'RS384' : 'ES384'
    const { clientId } = who.client
    const good = {
      iss: clientId,
      sub: clientId,
      aud: tokenUrl,
      exp: nowSeconds + 120,
      iat: nowSeconds,
      jti: randomUUID(),
    }
    const head = { alg, kid: who.kid, typ: 'JWT', ...header }
    return signed(`${part(head)}.${part({ ...good, ...claims })}`, key)
  },
  form: (assertion, more = {}) =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
      ...more,
    }).toString(),
})

type Made = readonly [name: string, assertion: string]

function misheaded({ by }: Forge): Made[] {
  const { victim, rsa, other, stranger } = holders
  const good = by(victim)
  const [, claims = '', signature = ''] = good.split('.')
  const publicPem = createPublicKey(rsa.key).export({ type: 'spki', format: 'pem' }).toString()
  const hmac = (secret: string) => {
    const input = `${part({ alg: 'HS256', kid: rsa.kid, typ: 'JWT' })}.${by(rsa).split('.')[1] ?? ''}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const rs256 = () => {
    const input = `${part({ alg: 'RS256', kid: rsa.kid, typ: 'JWT' })}.${by(rsa).split('.')[1] ?? ''}`
    return `${input}.${sign('sha256', Buffer.from(input), rsa.key).toString('base64url')}`
  }
  const own = createPublicKey(stranger.key).export({ format: 'jwk' })
  const withHeader = (header: Members) => by(victim, {}, header)
  const byStranger = (header: Members) => by(victim, {}, header, stranger.key)
  return [
    ['alg none', `${part({ alg: 'none', kid: victim.kid })}.${claims}.`],
    ['alg None with a signature', `${part({ alg: 'None', kid: victim.kid })}.${claims}.${signature}`],
    ['HS256 with the public key', hmac(publicPem)],
    ['HS256 with the key id', hmac(rsa.kid)],
    ['RS256', rs256()],
    ['ES384 named RS384', withHeader({ alg: 'RS384' })],
    ['no key id', withHeader({ kid: undefined })],
    ['an unknown key id', withHeader({ kid: 'nobody' })],
    ['the key id of another client', withHeader({ kid: other.kid })],
    ['the key and key id of another client', by(victim, {}, { kid: other.kid }, other.key)],
    ["another client's key under the right key id", by(victim, {}, {}, other.key)],
    ['a key of its own under the right key id', byStranger({})],
    ['a jwk header with its own key', byStranger({ jwk: own })],
    ['a jku header', byStranger({ jku: 'https://attacker.example/jwks.json' })],
    ['an x5c header', byStranger({ x5c: [part('certificate')] })],
    ['an x5u header', byStranger({ x5u: 'https://attacker.example/chain.pem' })],
    ['a jwk header with the right key', withHeader({ jwk: createPublicKey(victim.key).export({ format: 'jwk' }) })],
    ['a critical extension', withHeader({ crit: ['exp'], exp: 1 })],
    ['b64 false', withHeader({ crit: ['b64'], b64: false })],
    ['typ of an access token', withHeader({ typ: 'at+jwt' })],
    ['typ of a DPoP proof', withHeader({ typ: 'dpop+jwt' })],
    ['key id that is a prototype', withHeader({ kid: '__proto__' })],
    ['other claims under the signature', `${good.split('.')[0] ?? ''}.${part({ iss: 'm-other' })}.${signature}`],
    ['cut in the signature', good.slice(0, -8)],
    ['without its signature', `${good.split('.').slice(0, 2).join('.')}.`],
    ['two segments', good.split('.').slice(0, 2).join('.')],
    ['five segments', `${good}.${claims}.${signature}`],
    ['not a token', 'not-a-token'],
    ['empty', ''],
  ]
}

function misclaimed({ by }: Forge, tokenUrl: string, now: number): Made[] {
  const { victim, early, late, other, stranger } = holders
  const base = tokenUrl.replace('/v1/token', '')
  const missing = ['iss', 'sub', 'aud', 'exp', 'jti']
  const withClaims = (claims: Members) => by(victim, claims)
  return [
    ...missing.map((name): Made => [`no ${name}`, withClaims({ [name]: undefined })]),
    ['another audience', withClaims({ aud: 'https://attacker.example/v1/token' })],
    ['the issuer as audience', withClaims({ aud: `${base}/machines` })],
    ['the origin as audience', withClaims({ aud: base })],
    ['the audience with a slash more', withClaims({ aud: `${tokenUrl}/` })],
    ['the audience in capitals', withClaims({ aud: tokenUrl.toUpperCase() })],
    ['the audience in a list', withClaims({ aud: [tokenUrl] })],
    ['two audiences', withClaims({ aud: [tokenUrl, 'https://attacker.example'] })],
    ['good for ten minutes', withClaims({ exp: now + 600 })],
    ['good for ten minutes, with no time of issue', withClaims({ exp: now + 600, iat: undefined })],
    ['good for a year', withClaims({ exp: now + 31_536_000 })],
    ['good for five minutes from tomorrow', withClaims({ iat: now + 86_400, exp: now + 86_700 })],
    ['issued long ago for soon', withClaims({ iat: now - 3600 })],
    ['expired', withClaims({ iat: now - 400, exp: now - 100 })],
    ['expired in 1970', withClaims({ exp: 1 })],
    ['expiry as text', withClaims({ exp: String(now + 100) })],
    ['expiry as a fraction', withClaims({ exp: now + 100.5 })],
    ['not valid before tomorrow', withClaims({ nbf: now + 86_400 })],
    ['the subject of another client', withClaims({ sub: 'm-other' })],
    ['the issuer of another client', withClaims({ iss: 'm-other' })],
    ['issuer and subject of another client', withClaims({ iss: 'm-other', sub: 'm-other' })],
    ['the issuer in a list', withClaims({ iss: ['m-victim'] })],
    ['a client id that is a prototype', withClaims({ iss: '__proto__', sub: '__proto__' })],
    ['a person as client', withClaims({ iss: 'p-clerk-vienna', sub: 'p-clerk-vienna' })],
    ['a jti of one letter', withClaims({ jti: 'a' })],
    ['a jti that is a number', withClaims({ jti: 12_345_678 })],
    ['a jti of a kilobyte', withClaims({ jti: 'j'.repeat(1024) })],
    ['a client whose time has not come', by(early)],
    ['a client whose time is over', by(late)],
    ['a client that is not registered', by(stranger)],
    ["another client's organisation, by its own key", by({ ...other, client: victim.client })],
  ]
}

function misasked({ by, form }: Forge): AssertionAttack[] {
  const { victim } = holders
  const good = () => by(victim)
  return [
    { name: 'no grant type', body: form(good(), { grant_type: '' }) },
    { name: 'another grant type', body: form(good(), { grant_type: 'authorization_code' }) },
    { name: 'grant by JWT bearer', body: form(good(), { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }) },
    { name: 'another assertion type', body: form(good(), { client_assertion_type: 'saml2-bearer' }) },
    { name: 'a client id that is not its own', body: form(good(), { client_id: 'm-other' }) },
    { name: 'a scope beyond the registration', body: form(good(), { scope: 'referrals:read uploads:write' }) },
    { name: 'a scope of a reader', body: form(good(), { scope: 'images:read' }) },
    { name: 'a scope of blanks', body: form(good(), { scope: '   ' }) },
    { name: 'a wildcard scope', body: form(good(), { scope: 'system/*.*' }) },
    { name: 'two assertions', body: `${form(good())}&client_assertion=${good()}` },
    { name: 'two grant types', body: `${form(good())}&grant_type=client_credentials` },
    { name: 'two scopes parameters', body: `${form(good(), { scope: 'referrals:read' })}&scope=referrals:read` },
    { name: 'a secret beside the assertion', body: form(good(), { client_secret: 'secret' }) },
    { name: 'Basic beside the assertion', body: form(good()), headers: { authorization: 'Basic bS12aWN0aW06eA==' } },
    { name: 'Bearer beside the assertion', body: form(good()), headers: { authorization: 'Bearer a.b.c' } },
    { name: 'the assertion in the query', body: '', query: `?${form(good())}` },
    { name: 'a query beside the body', body: form(good()), query: '?scope=referrals:read' },
    { name: 'GET', method: 'GET', body: '', query: `?${form(good())}` },
    { name: 'PUT', method: 'PUT', body: form(good()) },
    {
      name: 'JSON',
      body: JSON.stringify({ client_assertion: good() }),
      headers: { 'content-type': 'application/json' },
    },
    { name: 'a form called JSON', body: form(good()), headers: { 'content-type': 'application/json' } },
    { name: 'a form called text', body: form(good()), headers: { 'content-type': 'text/plain' } },
    { name: 'multipart', body: form(good()), headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    { name: 'no body', body: '' },
    { name: 'an assertion of 100 KB', body: form(by(victim, { pad: 'x'.repeat(100_000) })) },
    { name: 'an assertion of 9 MB', body: form(`${good()}${'A'.repeat(9_000_000)}`) },
    { name: 'ten thousand parameters', body: `${form(good())}&${'a=1&'.repeat(10_000)}` },
  ]
}

export const assertionAttacks = (forge: Forge, tokenUrl: string, now: number): AssertionAttack[] => [
  ...[...misheaded(forge), ...misclaimed(forge, tokenUrl, now)].map(([name, assertion]) => ({
    name,
    body: forge.form(assertion),
  })),
  ...misasked(forge),
]
