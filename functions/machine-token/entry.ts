import {
  IssuerKeysSchema,
  IssuerMetadataSchema,
  TokenAnswerSchema,
  tokenErrors,
  type TokenError,
} from '../../shared/contracts/http/tokens.ts'
import { machineIssuerOf, machineKeysUrlOf, tokenUrlOf } from '../../shared/contracts/machine-issuer.ts'
import { tokenRoutes } from '../../shared/contracts/routes/token-routes.ts'
import { MachineScopeSchema } from '../../shared/domain/network/machine-client.ts'
import type { HttpEvent, HttpResult } from '../../shared/runtime/http-event.ts'
import { publicFunction, type PublicPorts } from '../../shared/runtime/public-function.ts'
import { sharedMeter } from '../../shared/runtime/rate-meter.ts'
import { issueToken, type TokenPorts } from './issue-token.ts'
import { readForm } from './read-form.ts'
import { issuerKey } from './sign-token.ts'

const answer = (statusCode: number, body: object, cacheControl = 'no-store'): HttpResult => ({
  statusCode,
  headers: {
    'content-type': 'application/json',
    'cache-control': cacheControl,
    'x-content-type-options': 'nosniff',
  },
  body: JSON.stringify(body),
})

const metadataOf = (ports: TokenPorts) => {
  const issuer = ports.machineIssuer()
  return IssuerMetadataSchema.parse({
    issuer: machineIssuerOf(issuer),
    token_endpoint: tokenUrlOf(issuer),
    jwks_uri: machineKeysUrlOf(issuer),
    grant_types_supported: ['client_credentials'],
    response_types_supported: ['token'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    scopes_supported: MachineScopeSchema.options,
  })
}

/** The keys change when somebody replaces one by hand: an hour of cache costs nothing and spares a call to the key store. */
const CACHED = 'public, max-age=3600'

type EntryPorts = PublicPorts & Omit<TokenPorts, 'rates'> & Partial<Pick<TokenPorts, 'rates'>>

export const entry = (given: EntryPorts) => {
  const ports = { ...given, rates: given.rates ?? sharedMeter(given.store, given.clock) }
  const refuse = (error: TokenError, requestId: string, retryAfterSeconds?: number): HttpResult => {
    ports.log.info('token-refused', { requestId, status: tokenErrors[error] })
    const refusal = answer(tokenErrors[error], { error })
    if (retryAfterSeconds === undefined) return refusal
    return { ...refusal, headers: { ...refusal.headers, 'retry-after': String(retryAfterSeconds) } }
  }
  const token = async (event: HttpEvent): Promise<HttpResult> => {
    const { requestId } = event.requestContext
    const form = readForm(event)
    if (form.outcome === 'refused') return refuse(form.error, requestId)
    const outcome = await issueToken(ports, form.request, requestId)
    if (outcome.outcome === 'refused') return refuse(outcome.error, requestId, outcome.retryAfterSeconds)
    return answer(200, TokenAnswerSchema.parse(outcome.token))
  }
  return publicFunction(ports, tokenRoutes, {
    issueToken: token,
    readMachineIssuer: () => Promise.resolve(answer(200, metadataOf(ports), CACHED)),
    readMachineKeys: async () => answer(200, IssuerKeysSchema.parse({ keys: [await issuerKey(ports.keys)] }), CACHED),
  })
}
