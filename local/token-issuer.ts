import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { JSONWebKeySet, JWK } from 'jose'
import * as z from 'zod'
import { readSecretFile, writeSecretFile } from '../shared/adapters/embedded/key-file.ts'
import { routes } from '../shared/contracts/routes.ts'
import { isGrantedToRoles, permissions, type PermittedOperation } from '../shared/domain/access/permissions.ts'
import type { PersonRole } from '../shared/domain/network/parties.ts'
import type { Clock } from '../shared/ports/surroundings.ts'
import type { SideDoor } from './server.ts'

/** Somebody the issuer may sign for. */
export interface TokenUser {
  readonly sub: string
  readonly orgId: string
  readonly roles: readonly PersonRole[]
  readonly readerId?: string | undefined
  readonly attestedCountry: string
}

export interface TokenIssuer {
  readonly keys: JSONWebKeySet
  /** A token for one of the users; `undefined` for anybody else. */
  sign(sub: string): Promise<string | undefined>
  readonly door: SideDoor
}

export interface TokenIssuerOptions {
  readonly dataDir: string
  readonly issuer: () => string
  readonly audience: string
  readonly users: readonly TokenUser[]
  readonly clock: Clock
}

const LIFETIME_SECONDS = 3600
/** Verifiers allow no leeway: a token must not be from the future of a clock a little behind. */
const BACKDATED_SECONDS = 5

const AskSchema = z.strictObject({ sub: z.string().min(1).max(100) })

/** The scopes of every operation that one of the roles may call. */
export const scopesOf = (roles: readonly PersonRole[]): string[] => {
  const allowed = routes.filter(
    ({ operationId }) => operationId in permissions && isGrantedToRoles(operationId as PermittedOperation, roles),
  )
  return [...new Set(allowed.flatMap(({ scopes }) => [...scopes]))].sort()
}

/** RS256: the authorizers of HTTP APIs take nothing else. Kept, so that tokens outlive a restart. */
const openKey = async (path: string): Promise<JWK> => {
  if (!existsSync(path)) {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    writeSecretFile(path, JSON.stringify({ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256' }))
  }
  return JSON.parse(readSecretFile(path)) as JWK
}

const publicPart = ({ kty, n, e, kid, alg }: JWK): JWK => ({ kty, n, e, kid, alg, use: 'sig' }) as JWK

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

/**
 * The identity provider of a developer's machine: it signs for whoever asks, so it exists only where the cell was started for
 * development, and it knows only the users it was given.
 */
export const openTokenIssuer = async (options: TokenIssuerOptions): Promise<TokenIssuer> => {
  const { audience, users, clock } = options
  const jwk = await openKey(join(options.dataDir, 'token-key.json'))
  const key = await importJWK(jwk, 'RS256')
  const keys: JSONWebKeySet = { keys: [publicPart(jwk)] }

  const sign = async (sub: string): Promise<string | undefined> => {
    const user = users.find((known) => known.sub === sub)
    if (user === undefined) return undefined
    const issuedAt = Math.floor(Date.parse(clock.now()) / 1000) - BACKDATED_SECONDS
    const claims = {
      org_id: user.orgId,
      person_id: user.sub,
      roles: [...user.roles],
      ...(user.readerId === undefined ? {} : { reader_id: user.readerId }),
      scope: scopesOf(user.roles).join(' '),
      country: user.attestedCountry,
      amr: ['pwd', 'mfa'],
      auth_time: issuedAt,
      token_use: 'access',
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setIssuer(options.issuer())
      .setAudience(audience)
      .setSubject(user.sub)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(key)
  }

  const issueTo = async (chunks: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const chunk of chunks) {
      text += chunk.toString('utf8')
      if (text.length > 1000) {
        answer(response, 413, { error: 'invalid_request' })
        return
      }
    }
    const asked = AskSchema.safeParse(parseJson(text))
    const token = asked.success ? await sign(asked.data.sub) : undefined
    if (token === undefined) {
      answer(response, 400, { error: 'invalid_grant' })
      return
    }
    answer(response, 200, {
      access_token: token,
      token_type: 'Bearer',
      expires_in: LIFETIME_SECONDS - BACKDATED_SECONDS,
    })
  }

  return {
    keys,
    sign,
    door: {
      serves: (path) => path.startsWith('/.well-known/') || path === '/dev/token',
      handle: async (request, response) => {
        const issuer = options.issuer()
        switch (`${request.method ?? ''} ${request.url ?? ''}`) {
          case 'GET /.well-known/jwks.json': {
            answer(response, 200, keys)
            return
          }
          case 'GET /.well-known/openid-configuration': {
            answer(response, 200, { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
            return
          }
          case 'POST /dev/token':
            return issueTo(request, response)
          default: {
            answer(response, 404, { error: 'not_found' })
            return
          }
        }
      },
    },
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
