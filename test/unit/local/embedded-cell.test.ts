import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { CellFunctions } from '../../../local/cell-functions.ts'
import type { EmbeddedCell, EmbeddedCellOptions } from '../../../local/embedded-cell.ts'
import { startEmbeddedCell } from '../../../local/embedded-cell.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { scratchFolder } from '../../builders/scratch-folder.ts'
import { smallNetwork } from '../../fixtures/small-network.ts'
import { inside } from '../../builders/inside.ts'

const functions: CellFunctions = {
  http: {
    'case-desk': () => () => Promise.resolve({ statusCode: 200, body: '{"cases":[]}' }),
    'api-reference': () => () => Promise.resolve({ statusCode: 200, body: '{}' }),
  },
  queue: {},
  outbox: () => () => Promise.resolve({ batchItemFailures: [] }),
  minute: () => () => Promise.resolve(),
}
const users = [
  { sub: 'p-coordinator', orgId: 'donau-hospitals', roles: ['coordinator'] as const, attestedCountry: 'AT' },
]

const running: EmbeddedCell[] = []
afterEach(async () => {
  for (const cell of running.splice(0)) await cell.stop()
})

const start = async (options: Partial<EmbeddedCellOptions> = {}) => {
  const cell = await startEmbeddedCell({
    dataDir: scratchFolder('cell'),
    port: 0,
    cell: { cellId: 'eu-central', region: 'eu-central-1', residencyFindings: 0 },
    functions,
    identity: { kind: 'development', users },
    log: createLog(() => undefined),
    seed: (baseUrl) => {
      const network = smallNetwork()
      return { network: { ...network, cells: network.cells.map((one) => ({ ...one, baseUrl })) } }
    },
    ...options,
  })
  running.push(cell)
  return cell
}

const askToken = (cell: EmbeddedCell, body: string) =>
  fetch(`${cell.baseUrl}/dev/token`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })

describe('an embedded cell', () => {
  it('listens on loopback alone unless told otherwise', async () => {
    expect((await start()).baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('takes the tokens of its own issuer, which a client finds as it would any other', async () => {
    const cell = await start()
    const about = await (await fetch(`${cell.baseUrl}/.well-known/openid-configuration`)).json()
    expect(about).toEqual({ issuer: cell.baseUrl, jwks_uri: `${cell.baseUrl}/.well-known/jwks.json` })
    const { access_token: token } = (await (await askToken(cell, '{"sub":"p-coordinator"}')).json()) as Record<
      string,
      string
    >
    const get = (authorization: string) => fetch(`${cell.baseUrl}/v1/referrals`, { headers: { authorization } })
    expect((await get(`Bearer ${token ?? ''}`)).status).toBe(200)
    expect((await get(`Bearer ${await cell.tokenFor('p-coordinator')}`)).status).toBe(200)
    expect((await get('Bearer none')).status).toBe(401)
    expect(await cell.ports.tokens.verify(token ?? '')).toMatchObject({
      sub: 'p-coordinator',
      org_id: 'donau-hospitals',
    })
  })

  it.each(['{"sub":"p-nobody"}', '{}', 'no json', `{"sub":"${'x'.repeat(2000)}"}`])(
    'signs nothing for %.20s',
    async (body) => {
      expect((await askToken(await start(), body)).status).toBeGreaterThanOrEqual(400)
    },
  )

  it('has no issuer of its own where an identity provider signs', async () => {
    const dataDir = scratchFolder('provider')
    const keys = new URL('https://idp.example/jwks.json')
    const cell = await start({
      dataDir,
      identity: { kind: 'provider', issuer: 'https://idp.example', audience: 'overread', keys },
    })
    expect((await askToken(cell, '{"sub":"p-coordinator"}')).status).toBe(404)
    expect(existsSync(join(dataDir, 'token-key.json'))).toBe(false)
    await expect(cell.tokenFor('p-coordinator')).rejects.toThrow()
    expect(cell.ports.addresses.countryOf('127.0.0.1', 'AT')).toBeUndefined()
  })

  it('makes the key that tokens of systems are signed with before it answers anybody', async () => {
    const dataDir = scratchFolder('keys')
    await start({ dataDir })
    expect(existsSync(join(dataDir, 'machine-token-key.pem'))).toBe(true)
  })

  it('serves the network it was started with, at the origin it listens at', async () => {
    const cell = await start()
    expect((await cell.ports.network.current()).definition.cells[0]?.baseUrl).toBe(cell.baseUrl)
  })

  it('serves objects to many at once, on a port that no second cell can take a share of', async () => {
    const cell = await start()
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${cell.objectsUrl}/incoming/key`, { headers: { connection: 'close' } })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    await expect(start({ objectsPort: Number(new URL(cell.objectsUrl).port) })).rejects.toThrow('EADDRINUSE')
    await cell.stop()
    running.pop()
    await expect(fetch(`${cell.objectsUrl}/incoming/key`)).rejects.toThrow()
  })

  it('lets a browser upload and download, and nothing else across origins', async () => {
    const cell = await start({ corsOrigins: ['https://viewer.example'] })
    const preflight = (origin: string, url = `${cell.objectsUrl}/incoming/key`) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-none-match' },
      })
    const allowed = await preflight('https://viewer.example')
    expect(allowed.status).toBe(200)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://viewer.example')
    expect(allowed.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-amz-checksum-sha256')
    expect((await preflight('https://other.example')).status).toBe(403)
    expect((await preflight('https://viewer.example', `${cell.baseUrl}/v1/referrals`)).status).toBe(404)
    const refused = await fetch(`${cell.objectsUrl}/incoming/key`, { headers: { origin: 'https://viewer.example' } })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      400,
      'https://viewer.example',
    ])
    expect(await refused.text()).toContain('<Code>AuthorizationQueryParametersError</Code>')
  })

  it('refuses a data directory that another cell has open', async () => {
    const dataDir = scratchFolder('taken')
    await start({ dataDir })
    await expect(start({ dataDir })).rejects.toThrow('in use')
  })

  it('lets go of the data directory when its port is taken', async () => {
    const port = Number(new URL((await start()).baseUrl).port)
    const dataDir = scratchFolder('port-taken')
    await expect(start({ dataDir, port })).rejects.toThrow('EADDRINUSE')
    await expect(start({ dataDir, objectsPort: port })).rejects.toThrow('EADDRINUSE')
    expect((await start({ dataDir })).baseUrl).toContain('127.0.0.1')
  })

  it('goes on where it stopped', async () => {
    const dataDir = scratchFolder('again')
    const first = await start({ dataDir })
    const key = { partition: 'org#a', sort: 'case' }
    await first.ports.store.transact([{ ...key, write: 'put', when: 'absent', body: { n: 1 } }])
    const sealed = await first.ports.keys.seal('Huber', { org: 'a' })
    const token = await first.tokenFor('p-coordinator')
    await running.pop()?.stop()
    const second = await start({ dataDir, port: Number(new URL(first.baseUrl).port) })
    expect(await second.ports.store.read(key)).toMatchObject({ body: { n: 1 } })
    expect(await second.ports.keys.open(inside, sealed, { org: 'a' })).toBe('Huber')
    expect(await second.ports.tokens.verify(token)).toMatchObject({ sub: 'p-coordinator' })
  })
})
