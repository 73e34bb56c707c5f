import { issuerKey, type IssuingKeys } from '../functions/machine-token/sign-token.ts'
import type { MachineIssuer } from '../shared/contracts/machine-issuer.ts'
import { isForMachines } from '../shared/domain/access/permissions.ts'
import type { Clock } from '../shared/ports/surroundings.ts'
import type { TokenVerifier } from '../shared/runtime/token-verifier.ts'
import { eitherIssuer, issuerOf, machineExpectations, tokenVerifier } from '../shared/runtime/token-verifier.ts'
import type { GatewayRoute } from './gateway-routes.ts'
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
  readonly machineIssuer: () => MachineIssuer
  readonly authorize: (authorization: string | undefined, route: GatewayRoute) => Promise<Authorization>
  /** Development only. */
  readonly issuer: TokenIssuer | undefined
}

export interface IdentitySetting {
  readonly dataDir: string
  readonly clock: Clock
  readonly keys: IssuingKeys
  readonly origin: () => string
}

const AUDIENCE = 'overread'

/** In the cloud systems have a gateway of their own with the routes that are for them; here one server stands for both. */
const authorizers = (people: AuthorizerOptions, machines: AuthorizerOptions): CellIdentity['authorize'] => {
  const [ofPeople, ofMachines] = [jwtAuthorizer(people), jwtAuthorizer(machines)]
  return (authorization, { operationId, scopes }) => {
    const token = authorization?.split(' ').at(-1) ?? ''
    const isMachine = issuerOf(token) === machines.issuer && isForMachines(operationId)
    return (isMachine ? ofMachines : ofPeople)(authorization, scopes)
  }
}

/** Made at its first use. */
const known = <Made>(make: () => Made): (() => Made) => {
  let made: Made | undefined
  return () => (made ??= make())
}

export const openIdentity = async (identity: Identity, setting: IdentitySetting): Promise<CellIdentity> => {
  const { dataDir, clock, keys, origin } = setting
  const audience = identity.kind === 'provider' ? identity.audience : AUDIENCE
  const [issuer, systemsKey] = await Promise.all([
    identity.kind === 'development'
      ? openTokenIssuer({ dataDir, issuer: origin, audience, users: identity.users, clock })
      : undefined,
    // Made at the first start, and not while the first request waits for it.
    issuerKey(keys),
  ])
  const machineIssuer = () => ({ baseUrl: origin(), audience })
  // At first use: the origin is known only once the cell listens.
  const expected = () => ({
    people:
      identity.kind === 'provider'
        ? { ...identity, clock }
        : { issuer: origin(), audience, keys: issuer?.keys ?? { keys: [] }, clock },
    machines: machineExpectations(machineIssuer(), { keys: [systemsKey] }, clock),
  })
  const verifier = known(() => {
    const { people, machines } = expected()
    // The cell's own issuer follows RFC 9068; a provider may not.
    const ofPeople = { ...people, ...(issuer === undefined ? {} : { accessTokenType: 'at+jwt' as const }) }
    return eitherIssuer(tokenVerifier(ofPeople), tokenVerifier(machines), machines.issuer)
  })
  const authorizer = known(() => {
    const { people, machines } = expected()
    return authorizers(people, machines)
  })
  return {
    tokens: { verify: (token) => verifier().verify(token) },
    machineIssuer,
    authorize: (authorization, route) => authorizer()(authorization, route),
    issuer,
  }
}
