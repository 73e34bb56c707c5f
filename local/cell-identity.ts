import type { Clock } from '../shared/ports/surroundings.ts'
import type { TokenVerifier } from '../shared/runtime/token-verifier.ts'
import { tokenVerifier } from '../shared/runtime/token-verifier.ts'
import type { Authorization, AuthorizerOptions } from './jwt-authorizer.ts'
import { jwtAuthorizer } from './jwt-authorizer.ts'
import type { TokenIssuer, TokenUser } from './token-issuer.ts'
import { openTokenIssuer } from './token-issuer.ts'

/** Who signs the tokens: the cell itself for anybody who asks (development), or an identity provider. */
export type Identity =
  | { readonly kind: 'development'; readonly users: readonly TokenUser[] }
  | { readonly kind: 'provider'; readonly issuer: string; readonly audience: string; readonly keys: URL }

export interface CellIdentity {
  readonly tokens: TokenVerifier
  readonly authorize: (authorization: string | undefined, scopes: readonly string[]) => Promise<Authorization>
  /** Development only. */
  readonly issuer: TokenIssuer | undefined
}

const AUDIENCE = 'overread'

const once = <Made>(make: () => Made): (() => Made) => {
  let made: { readonly value: Made } | undefined
  return () => (made ??= { value: make() }).value
}

/** In development the issuer is the cell's own origin, which is known once it listens: so all is made at first use. */
export const openIdentity = async (
  identity: Identity,
  { dataDir, clock, origin }: { readonly dataDir: string; readonly clock: Clock; readonly origin: () => string },
): Promise<CellIdentity> => {
  const issuer =
    identity.kind === 'development'
      ? await openTokenIssuer({ dataDir, issuer: origin, audience: AUDIENCE, users: identity.users, clock })
      : undefined
  const expected = (): AuthorizerOptions =>
    identity.kind === 'provider'
      ? { ...identity, clock }
      : { issuer: origin(), audience: AUDIENCE, keys: issuer?.keys ?? { keys: [] }, clock }
  // The cell's own issuer follows RFC 9068; a provider may not.
  const verifier = once(() =>
    tokenVerifier({ ...expected(), ...(issuer === undefined ? {} : { accessTokenType: 'at+jwt' }) }),
  )
  const authorizer = once(() => jwtAuthorizer(expected()))
  return {
    tokens: { verify: (token) => verifier().verify(token) },
    authorize: (authorization, scopes) => authorizer()(authorization, scopes),
    issuer,
  }
}
