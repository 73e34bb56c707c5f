import { createPrivateKey, randomUUID, sign as signBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { scopes } from '../../shared/contracts/routes/route.ts'
import type { ScratchCell } from './scratch-cell.ts'

export interface Mint {
  readonly jwk: JWK
  /** The claims of a good token for a person, to be spoilt. */
  readonly claims: (person: MintedPerson) => Record<string, unknown>
  readonly sign: (claims: Record<string, unknown>, header?: Record<string, unknown>) => string
}

export interface MintedPerson {
  readonly personId: string
  readonly orgId: string
  readonly roles: readonly string[]
  readonly country?: string
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs with the cell's own key whatever it is told to, every scope included, so that what refuses is not the issuer's restraint. */
export async function openMint(cell: ScratchCell, now: () => number = Date.now): Promise<Mint> {
  const jwk = JSON.parse(await readFile(join(cell.dataDir, 'token-key.json'), 'utf8')) as JWK
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  return {
    jwk,
    claims: ({ personId, orgId, roles, country = 'AT' }) => {
      const issued = Math.floor(now() / 1000) - 5
      return {
        iss: cell.baseUrl,
        aud: 'overread',
        sub: personId,
        jti: randomUUID(),
        iat: issued,
        exp: issued + 1800,
        token_use: 'access',
        org_id: orgId,
        person_id: personId,
        roles: [...roles],
        scope: Object.keys(scopes).join(' '),
        country,
        amr: ['pwd', 'mfa'],
        auth_time: issued,
      }
    },
    // By hand: a library refuses to sign what a verifier must refuse to take.
    sign: (claims, header = {}) => {
      const input = `${part({ alg: 'RS256', typ: 'at+jwt', kid: jwk.kid, ...header })}.${part(claims)}`
      return `${input}.${signBytes('sha256', Buffer.from(input), key).toString('base64url')}`
    },
  }
}
