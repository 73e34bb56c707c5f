import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cellFunctions } from '../../local/functions.ts'
import { jwtAuthorizer } from '../../local/jwt-authorizer.ts'
import { lambdaContext } from '../../local/lambda-context.ts'
import type { HttpResult } from '../../shared/runtime/http-event.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { openMint, type Mint } from './mint-token.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { clerk, tokenAttacks, type TokenAttack } from './token-attack-list.ts'
import { ask, closeWire } from './wire.ts'

const throughGateway = async (cell: ScratchCell, { path, authorization }: TokenAttack): Promise<number> => {
  const headers = authorization.length === 0 ? {} : { authorization: [...authorization] }
  return (await ask({ method: 'GET', url: `${cell.baseUrl}${path}`, headers })).status
}

/** As a caller would who got round the gateway: the event says that an operations person was authorised. */
async function onTheFunction(cell: ScratchCell, { path, authorization }: TokenAttack): Promise<number> {
  const url = new URL(path, cell.baseUrl)
  const capability = url.pathname === '/v1/kpis' ? 'turnaround-kpi' : 'case-desk'
  const handler = cellFunctions.http[capability]?.(cell.ports)
  if (handler === undefined) throw new Error('no such function')
  const claims = {
    sub: 'p-operations',
    org_id: 'overread-operations',
    person_id: 'p-operations',
    roles: '[operations]',
  }
  const event = {
    version: '2.0',
    routeKey: `GET ${url.pathname}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: authorization.length === 0 ? {} : { authorization: authorization.join(',') },
    ...(url.search === '' ? {} : { queryStringParameters: Object.fromEntries(url.searchParams) }),
    requestContext: {
      http: { method: 'GET', path: url.pathname, sourceIp: '127.0.0.1', protocol: 'HTTP/1.1', userAgent: '' },
      requestId: 'guarantee',
      authorizer: { jwt: { claims, scopes: ['referrals:read', 'kpis:read'] } },
    },
    isBase64Encoded: false,
  }
  const result = (await handler(event as never, lambdaContext(capability, 'eu-central-1', 30_000))) as HttpResult
  return result.statusCode ?? 0
}

const isRefused = (status: number): boolean => status === 400 || status === 401 || status === 403

async function removePerson(cell: ScratchCell, personId: string): Promise<void> {
  const path = join(cell.dataDir, 'network.json')
  const network = JSON.parse(await readFile(path, 'utf8')) as { people: { personId: string; roles: string[] }[] }
  const people = network.people.filter((person) => person.personId !== personId)
  await writeFile(path, JSON.stringify({ ...network, people }))
  // The cell looks at the file once a second.
  await pause(1100)
}

/** A token stays good for its hour; the right it stands for ends when the network definition says so. */
async function replayAfterRemoval(
  cell: ScratchCell,
  mint: Mint,
): Promise<readonly [before: number[], after: number[]]> {
  const authorization = [`Bearer ${mint.sign(mint.claims(clerk))}`]
  const attack = { name: 'replay', authorization, path: '/v1/referrals', gatewayRefuses: false }
  const both = async () => [await throughGateway(cell, attack), await onTheFunction(cell, attack)]
  const before = await both()
  await removePerson(cell, clerk.personId)
  return [before, await both()]
}

const authorizerOf = (cell: ScratchCell, { jwk }: Mint) =>
  jwtAuthorizer({
    issuer: cell.baseUrl,
    audience: 'overread',
    keys: { keys: [{ kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '', kid: jwk.kid ?? '', alg: 'RS256', use: 'sig' }] },
    clock: cell.ports.clock,
  })

/** Each attack against the gateway's authorizer, through the whole stack, and on the function with the gateway gone. */
export const runTokenAttacks = (): Promise<readonly GuaranteeRow[]> =>
  withScratchCell({}, async (cell) => {
    const mint = await openMint(cell)
    const attacks = await tokenAttacks(mint, Math.floor(Date.now() / 1000))
    const authorize = authorizerOf(cell, mint)
    const escaped = { authorizer: [] as string[], gateway: [] as string[], code: [] as string[] }
    for (const attack of attacks) {
      const [line] = attack.authorization
      if (attack.gatewayRefuses && (await authorize(line, ['referrals:read'])).outcome === 'authorized')
        escaped.authorizer.push(attack.name)
      const [outer, inner] = [await throughGateway(cell, attack), await onTheFunction(cell, attack)]
      if (!isRefused(outer)) escaped.gateway.push(`${attack.name}: ${outer}`)
      if (!isRefused(inner)) escaped.code.push(`${attack.name}: ${inner}`)
    }
    const [before, after] = await replayAfterRemoval(cell, mint)
    closeWire()
    const replays = [...before.filter((status) => status !== 200), ...after.filter((status) => status !== 401)]
    return [
      rowOf(
        "token attacks on the gateway's authorizer alone",
        attacks.filter((a) => a.gatewayRefuses).length,
        escaped.authorizer,
      ),
      rowOf('token attacks over HTTP', attacks.length, escaped.gateway),
      rowOf('token attacks on the function with no gateway before it', attacks.length, escaped.code),
      rowOf('tokens good until their person left the network, and not after', 4, replays.map(String)),
    ]
  })
