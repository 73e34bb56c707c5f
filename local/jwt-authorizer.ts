import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose'
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose'
import type { Clock } from '../shared/ports/surroundings.ts'

export interface AuthorizerOptions {
  readonly issuer: string
  readonly audience: string
  readonly keys: JSONWebKeySet | URL
  readonly clock: Clock
}

export type Authorization =
  | { readonly outcome: 'authorized'; readonly claims: Readonly<Record<string, string>> }
  | { readonly outcome: 'unauthorized' | 'forbidden' }

/** Claims reach a function as strings, lists as `[a b]`: the functions read the token itself and must not rely on these. */
const asGatewayClaim = (claim: unknown): string => {
  if (Array.isArray(claim)) return `[${claim.map(asGatewayClaim).join(' ')}]`
  return typeof claim === 'string' ? claim : JSON.stringify(claim)
}

const scopesOf = ({ scope, scp }: JWTPayload): string[] =>
  [scope, scp].flatMap((given) =>
    Array.isArray(given) ? given.map(String) : typeof given === 'string' ? given.split(' ') : [],
  )

/** The step that an HTTP API's JWT authorizer takes before any function runs: RS256, issuer, audience, times, one scope. */
export const jwtAuthorizer = ({ issuer, audience, keys, clock }: AuthorizerOptions) => {
  const keySet: JWTVerifyGetKey = keys instanceof URL ? createRemoteJWKSet(keys) : createLocalJWKSet(keys)

  const payloadOf = async (authorization: string | undefined): Promise<JWTPayload | undefined> => {
    const [, token] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) return undefined
    try {
      const currentDate = new Date(clock.now())
      const { payload, protectedHeader } = await jwtVerify(token, keySet, {
        issuer,
        audience,
        algorithms: ['RS256'],
        currentDate,
      })
      // AWS: the header must carry a `kid`.
      if (protectedHeader.kid === undefined) return undefined
      return payload.iat !== undefined && payload.iat * 1000 > currentDate.getTime() ? undefined : payload
    } catch {
      return undefined
    }
  }

  return async (authorization: string | undefined, scopes: readonly string[]): Promise<Authorization> => {
    const payload = await payloadOf(authorization)
    if (payload === undefined) return { outcome: 'unauthorized' }
    const granted = scopesOf(payload)
    if (!scopes.some((scope) => granted.includes(scope))) return { outcome: 'forbidden' }
    const claims = Object.entries(payload).map(([name, claim]) => [name, asGatewayClaim(claim)] as const)
    return { outcome: 'authorized', claims: Object.fromEntries(claims) }
  }
}
