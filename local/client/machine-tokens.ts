import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT, type JWK } from 'jose'
import { ASSERTION_TYPE, TokenAnswerSchema, TokenErrorSchema } from '../../shared/contracts/http/tokens.ts'
import { tokenUrlOf } from '../../shared/contracts/machine-issuer.ts'
import { TokenRefused } from './api-client.ts'

/** A system and its private key; the public half is what the network definition registers. */
export interface MachineIdentity {
  readonly clientId: string
  readonly key: JWK
}

const ASSERTION_SECONDS = 120

/** RFC 7523: good for one token, soon. */
export async function signAssertion({ clientId, key }: MachineIdentity, tokenUrl: string): Promise<string> {
  const { alg = 'ES384', kid = '' } = key
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({})
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .setJti(randomUUID())
    .sign(await importJWK(key, alg))
}

async function askForToken(baseUrl: string, identity: MachineIdentity, scope: string | undefined) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await signAssertion(identity, tokenUrlOf({ baseUrl })),
    ...(scope === undefined ? {} : { scope }),
  })
  const response = await fetch(tokenUrlOf({ baseUrl }), { method: 'POST', body })
  const answer: unknown = await response.json()
  if (response.ok) return TokenAnswerSchema.parse(answer)
  const refused = TokenErrorSchema.safeParse(answer)
  const message = `no token for ${identity.clientId}: ${refused.success ? refused.data.error : response.status}`
  throw response.status < 500 ? new TokenRefused(message) : new Error(message)
}

/** Tokens of a system, renewed half a minute before they end. */
export function machineTokens(baseUrl: string, identity: MachineIdentity, scope?: string): () => Promise<string> {
  let held = { token: '', until: 0 }
  return async () => {
    if (held.until <= Date.now()) {
      const { access_token: token, expires_in: seconds } = await askForToken(baseUrl, identity, scope)
      held = { token, until: Date.now() + (seconds - 30) * 1000 }
    }
    return held.token
  }
}
