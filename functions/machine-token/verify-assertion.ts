import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import * as z from 'zod'
import { ASSERTION_TYPE, type TokenRequest } from '../../shared/contracts/http/tokens.ts'
import { tokenUrlOf, type MachineIssuer } from '../../shared/contracts/machine-issuer.ts'
import { ClientIdSchema } from '../../shared/domain/network/ids.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import type { MachineClient } from '../../shared/domain/network/machine-client.ts'
import { isValidAt } from '../../shared/domain/network/validity.ts'

/** SMART Backend Services: an assertion is good for five minutes at most. */
const LONGEST_LIFE_SECONDS = 300
export const CLOCK_TOLERANCE_SECONDS = 30

/** Strict: a header that brings a key or an extension of its own is refused before anything is made of it. */
const HeaderSchema = z.strictObject({
  alg: z.enum(['RS384', 'ES384']),
  kid: z.string().min(1).max(64),
  typ: z.enum(['JWT', 'client-authentication+jwt']).optional(),
})

const ClaimsSchema = z.object({
  iss: ClientIdSchema,
  sub: z.string(),
  aud: z.string(),
  exp: z.int().positive(),
  jti: z.string().min(8).max(255),
  iat: z.int().positive().optional(),
  nbf: z.int().positive().optional(),
})
type Claims = z.infer<typeof ClaimsSchema>

export interface ProvenClient {
  readonly client: MachineClient
  /** What may be used once, and until when somebody could try. */
  readonly jti: string
  readonly usableUntil: string
}

const agreed = (
  { iss, sub, aud, exp, iat, nbf }: Claims,
  given: TokenRequest,
  tokenUrl: string,
  now: number,
): boolean =>
  sub === iss &&
  aud === tokenUrl &&
  (given.client_id ?? iss) === iss &&
  exp > now - CLOCK_TOLERANCE_SECONDS &&
  exp <= now + LONGEST_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS &&
  // Else a client with a slow clock, or a thief of its key, could make assertions for later.
  (iat === undefined || (iat <= now + CLOCK_TOLERANCE_SECONDS && exp - iat <= LONGEST_LIFE_SECONDS)) &&
  (nbf === undefined || nbf <= now + CLOCK_TOLERANCE_SECONDS)

const unverified = (assertion: string): { header: z.infer<typeof HeaderSchema>; claims: Claims } | undefined => {
  try {
    const header = HeaderSchema.safeParse(decodeProtectedHeader(assertion))
    const claims = ClaimsSchema.safeParse(decodeJwt(assertion))
    return header.success && claims.success ? { header: header.data, claims: claims.data } : undefined
  } catch {
    return undefined
  }
}

/** The client that the assertion proves, or nothing: the caller is not told which of the many reasons it was. */
export async function verifyAssertion(
  given: TokenRequest,
  network: NetworkIndex,
  issuer: MachineIssuer,
  nowMs: number,
): Promise<ProvenClient | undefined> {
  const read = given.client_assertion_type === ASSERTION_TYPE ? unverified(given.client_assertion) : undefined
  if (read === undefined) return undefined
  const { header, claims } = read
  const client = network.machineClients.get(claims.iss)
  const key = client?.jwks.keys.find(({ kid, alg }) => kid === header.kid && alg === header.alg)
  if (client === undefined || key === undefined || !isValidAt(client, nowMs)) return undefined
  if (!agreed(claims, given, tokenUrlOf(issuer), nowMs / 1000)) return undefined
  try {
    await jwtVerify(given.client_assertion, await importJWK({ ...key, use: 'sig' }, key.alg), {
      algorithms: [key.alg],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    })
  } catch {
    return undefined
  }
  const usableUntil = new Date((claims.exp + CLOCK_TOLERANCE_SECONDS + 1) * 1000).toISOString()
  return { client, jti: claims.jti, usableUntil }
}
