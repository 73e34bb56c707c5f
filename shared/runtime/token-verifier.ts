import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  jwtVerify,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
} from 'jose'
import * as z from 'zod'
import { machineIssuerOf, machineKeysUrlOf, type MachineIssuer } from '../contracts/machine-issuer.ts'
import type { Principal } from '../domain/access/principal.ts'
import type { Instant } from '../domain/instant.ts'
import { ClientIdSchema, type PersonId } from '../domain/network/ids.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { PersonRoleSchema } from '../domain/network/parties.ts'
import { isValidAt } from '../domain/network/validity.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Clock } from '../ports/surroundings.ts'

const times = { exp: z.int().positive(), iat: z.int().positive() }

/** The claims Overread reads. Anything else in the token is ignored; a token without one of these is refused. */
const PersonClaimsSchema = z.object({
  sub: z.string().min(1).max(128),
  ...times,
  jti: z.string().min(1).max(128),
  token_use: z.literal('access'),
  org_id: z.string().min(1).max(64),
  person_id: z.string().min(1).max(64),
  roles: z.array(z.string()).max(20),
  scope: z.string().max(1000),
  country: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/)
    .optional(),
  amr: z.array(z.string()).max(10).optional(),
  auth_time: z.int().positive().optional(),
})
type PersonClaims = z.infer<typeof PersonClaimsSchema>

/** Of a token that the cell itself signed for a system (RFC 9068 2.2). What it may do is asked of the network, not of the token. */
const MachineClaimsSchema = z.object({
  client_id: ClientIdSchema,
  ...times,
  jti: z.string().min(1).max(128),
  token_use: z.literal('access'),
  org_id: z.string().min(1).max(64),
  scope: z.string().max(1000),
})
type MachineClaims = z.infer<typeof MachineClaimsSchema>
export type TokenClaims = PersonClaims | MachineClaims

export interface TokenVerifier {
  /** Refuses `unauthenticated` unless signature, algorithm, key, issuer, audience, type and times all hold. */
  verify(token: string): Promise<TokenClaims>
}

export interface TokenExpectations {
  readonly issuer: string
  readonly audience: string
  readonly keys: JSONWebKeySet | URL
  readonly clock: Clock
  /** The issuer follows RFC 9068: nothing but an access token by its `typ` is taken. */
  readonly accessTokenType?: 'at+jwt'
  /** The claims of its tokens: of people unless the issuer is the cell's own, for systems. */
  readonly subjects?: 'machines'
}

/** What is asked of a token that the cell has signed for a system. */
export const machineExpectations = (
  issuer: MachineIssuer,
  keys: TokenExpectations['keys'],
  clock: Clock,
): TokenExpectations => ({
  issuer: machineIssuerOf(issuer),
  audience: issuer.audience,
  keys,
  clock,
  accessTokenType: 'at+jwt',
  subjects: 'machines',
})

/** A token lives an hour at most, whatever its issuer says. */
const LONGEST_LIFE_SECONDS = 3600
const CLOCK_TOLERANCE_SECONDS = 30

const ACCESS_TOKEN_TYPE = 'at+jwt'
/** Issuers that do not follow RFC 9068 write nothing or plain JWT; `token_use` then tells an access token from an ID token. */
const LOOSE_TYPES: readonly string[] = [ACCESS_TOKEN_TYPE, 'jwt']

/** RFC 9068 2.1 and RFC 8725 3.11: a token made for something else (logout, DPoP, ID) must not pass for access. */
function requireHeader({ typ, kid }: JWTHeaderParameters, demanded: string | undefined): void {
  const type = typ?.toLowerCase().replace(/^application\//, '')
  const fits = demanded === undefined ? type === undefined || LOOSE_TYPES.includes(type) : type === demanded
  // Without a key id a verifier tries whatever key it has: a key that was taken back would go on working where another is left.
  if (!fits || typeof kid !== 'string' || kid === '') throw new Refusal('unauthenticated')
}

const requireTimes = (claims: TokenClaims, nowSeconds: number): void => {
  const { exp, iat } = claims
  const authTime = 'auth_time' in claims ? claims.auth_time : undefined
  const latest = nowSeconds + CLOCK_TOLERANCE_SECONDS
  if (exp - iat > LONGEST_LIFE_SECONDS || iat > latest || (authTime ?? 0) > latest) throw new Refusal('unauthenticated')
}

export function tokenVerifier(expected: TokenExpectations): TokenVerifier {
  const keys: JWTVerifyGetKey =
    expected.keys instanceof URL
      ? createRemoteJWKSet(expected.keys, { timeoutDuration: 1500, cooldownDuration: 30_000 })
      : createLocalJWKSet(expected.keys)
  return {
    verify: async (token) => {
      const now = new Date(expected.clock.now())
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keys, {
          issuer: expected.issuer,
          audience: expected.audience,
          // The gateway's authorizer takes RSA only; the code must not take more than the gateway does.
          algorithms: ['RS256'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: now,
          requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        })
        requireHeader(protectedHeader, expected.accessTokenType)
        const claims = (expected.subjects === 'machines' ? MachineClaimsSchema : PersonClaimsSchema).parse(payload)
        requireTimes(claims, now.getTime() / 1000)
        return claims
      } catch (cause) {
        throw cause instanceof Refusal ? cause : new Refusal('unauthenticated', {}, cause)
      }
    },
  }
}

/** As the token says, which nobody has checked yet: good for choosing whose keys to check it with. */
export const issuerOf = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

/** Two issuers, each with its own keys and kind of subject: neither can sign for the other's. */
export const eitherIssuer = (people: TokenVerifier, machines: TokenVerifier, machineIssuer: string): TokenVerifier => ({
  verify: (token) => (issuerOf(token) === machineIssuer ? machines : people).verify(token),
})

const scopesIn = (scope: string): string[] => scope.split(' ').filter((one) => one.length > 0)

/** A client that was taken out, or whose time is over, has no access, whatever its token says. */
function machinePrincipal(claims: MachineClaims, network: NetworkIndex, at: Instant): Principal {
  const client = network.machineClients.get(claims.client_id)
  if (client?.orgId !== claims.org_id || !isValidAt(client, Date.parse(at))) throw new Refusal('unauthenticated')
  const registered: readonly string[] = client.scopes
  return {
    kind: 'machine',
    subject: client.clientId,
    orgId: client.orgId,
    personId: client.clientId,
    roles: [...client.roles],
    scopes: scopesIn(claims.scope).filter((scope) => registered.includes(scope)),
    mfa: false,
  }
}

/** Who the network definition says this is now. A person it no longer names, or names elsewhere, has no access. */
export function principalOf(
  claims: TokenClaims,
  network: NetworkIndex,
  ipCountry: string | undefined,
  at: Instant,
): Principal {
  if ('client_id' in claims) return machinePrincipal(claims, network, at)
  const person = network.people.get(claims.person_id as PersonId)
  if (person?.orgId !== claims.org_id) throw new Refusal('unauthenticated')
  const granted = claims.roles.flatMap((role) => {
    const known = PersonRoleSchema.safeParse(role)
    return known.success && person.roles.includes(known.data) ? [known.data] : []
  })
  const reader = granted.includes('reader') ? network.readerByPerson.get(person.personId) : undefined
  return {
    kind: 'person',
    subject: claims.sub,
    orgId: person.orgId,
    personId: person.personId,
    roles: granted,
    scopes: scopesIn(claims.scope),
    mfa: claims.amr?.includes('mfa') ?? false,
    ...(reader === undefined ? {} : { readerId: reader.readerId }),
    ...(claims.country === undefined ? {} : { attestedCountry: claims.country }),
    ...(ipCountry === undefined ? {} : { ipCountry }),
    ...(claims.auth_time === undefined ? {} : { authTime: new Date(claims.auth_time * 1000).toISOString() }),
  }
}

interface TokenEnvironment {
  readonly TOKEN_ISSUER: string
  readonly TOKEN_AUDIENCE: string
  readonly TOKEN_JWKS_URL: string
  readonly MACHINE_BASE_URL: string
}

/** The verifier of a deployed function. */
export const tokensFrom = (environment: TokenEnvironment, clock: Clock): TokenVerifier => {
  const audience = environment.TOKEN_AUDIENCE
  const people = { issuer: environment.TOKEN_ISSUER, audience, keys: new URL(environment.TOKEN_JWKS_URL), clock }
  const machines = { baseUrl: environment.MACHINE_BASE_URL, audience }
  return eitherIssuer(
    tokenVerifier(people),
    tokenVerifier(machineExpectations(machines, new URL(machineKeysUrlOf(machines)), clock)),
    machineIssuerOf(machines),
  )
}
