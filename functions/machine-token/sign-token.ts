import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, importSPKI } from 'jose'
import type * as z from 'zod'
import type { IssuerKeysSchema } from '../../shared/contracts/http/tokens.ts'
import { machineIssuerOf, type MachineIssuer } from '../../shared/contracts/machine-issuer.ts'
import type { MachineClient } from '../../shared/domain/network/machine-client.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'

export type IssuingKeys = Pick<KeyVault, 'signToken' | 'tokenPublicKey'>

/** SMART Backend Services: five minutes, and no refresh token. */
export const LIFETIME_SECONDS = 300

/** Named by its thumbprint (RFC 7638): an ARN would tell the account. */
export async function issuerKey(keys: IssuingKeys): Promise<z.infer<typeof IssuerKeysSchema>['keys'][number]> {
  const jwk = await exportJWK(await importSPKI(await keys.tokenPublicKey(), 'RS256', { extractable: true }))
  const { n = '', e = '' } = jwk
  return { kty: 'RSA', alg: 'RS256', use: 'sig', kid: await calculateJwkThumbprint(jwk), n, e }
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An access token by RFC 9068. It names no role: those are asked of the network at each request. */
export async function signToken(
  keys: IssuingKeys,
  issuer: MachineIssuer,
  client: MachineClient,
  scope: string,
  nowSeconds: number,
): Promise<string> {
  const { kid } = await issuerKey(keys)
  const claims = {
    iss: machineIssuerOf(issuer),
    aud: issuer.audience,
    sub: client.clientId,
    client_id: client.clientId,
    org_id: client.orgId,
    scope,
    token_use: 'access',
    jti: randomUUID(),
    iat: nowSeconds,
    exp: nowSeconds + LIFETIME_SECONDS,
  }
  const input = `${part({ alg: 'RS256', typ: 'at+jwt', kid })}.${part(claims)}`
  const signature = await keys.signToken(Buffer.from(input, 'ascii'))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}
