import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiClient, atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { startEmbeddedCell, type EmbeddedCell } from '../../local/embedded-cell.ts'
import { cellFunctions } from '../../local/functions.ts'
import { demoNetworkAt, demoUsers } from '../../local/seed/demo-network.ts'
import { demoPolicy } from '../../local/seed/demo-policy.ts'
import { PoolIdSchema } from '../../shared/domain/network/ids.ts'
import { AuditRecordSchema, type AuditRecord } from '../../shared/domain/audit/audit-record.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { referralBody, sendStudy, studyInHand } from './study-in-hand.ts'

/** The demo network with nobody on duty but the reader in Sydney, whom EU-3 allows a view in the region. */
const networkAt = (origin: string) => {
  const network = demoNetworkAt(origin)
  const homePools = [PoolIdSchema.parse('tejo-follow-the-sun')]
  return { ...network, overflow: network.overflow.map((one) => ({ ...one, homePools, partnerPools: [] })) }
}

let cell: EmbeddedCell
let dataDir: string
let reader: ApiClient
let token: () => Promise<string>
let referralId: string
const study = studyInHand(2)

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'overread-view-'))
  cell = await startEmbeddedCell({
    dataDir,
    port: 0,
    cell: { cellId: 'eu-central-1', region: 'eu-central-1', residencyFindings: 0 },
    functions: cellFunctions,
    identity: { kind: 'development', users: demoUsers },
    seed: (origin) => ({ network: networkAt(origin), policy: demoPolicy }),
    log: createLog(() => undefined),
    sweepIntervalMs: 1000,
  })
  const tokens = developmentTokens(cell.baseUrl)
  const clerk = apiClient(cell.baseUrl, tokens('p-clerk-vienna'))
  token = tokens('p-harris')
  reader = apiClient(cell.baseUrl, token)
  referralId = (await clerk.call('submitReferral', { body: referralBody(study) })).referralId
  await sendStudy(clerk, referralId, study)
  await cell.settle()
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('claimCase', { params: { referralId }, body: {}, version }),
  )
}, 60_000)

afterAll(async () => {
  closeConnections()
  await cell.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const framePath = (at: number, frame = 1): string =>
  `${cell.baseUrl}/v1/referrals/${referralId}/images/${study.objects[at]?.sopInstanceUid ?? ''}/frames/${frame}`

const get = async (url: string, authorization?: string) =>
  fetch(url, { headers: { authorization: authorization ?? `Bearer ${await token()}` } })

describe('a reader who may look but take nothing away', () => {
  it('lists the images with what is needed to show them and no URL of an object', async () => {
    const page = await reader.call('listImages', { params: { referralId } })
    expect(page.mode).toBe('view_in_region_identifiable')
    expect(page.images).toHaveLength(2)
    for (const image of page.images) {
      expect(image.get).toBeUndefined()
      expect(image.display).toMatchObject({ rows: 32, columns: 32, frames: 1, bitsAllocated: 16, bitsStored: 12 })
    }
  })

  it('is given the pixels of a frame through the cell, exactly as the site sent them, never to be stored', async () => {
    const response = await get(framePath(0))
    const bytes = new Uint8Array(await response.arrayBuffer())
    const content = study.objects[0]?.content ?? new Uint8Array()
    expect(response.status).toBe(200)
    expect(bytes).toEqual(content.subarray(content.length - 32 * 32 * 2))
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-disposition')).toBe('inline')
    expect(response.headers.get('content-type')).toContain('transfer-syntax=1.2.840.10008.1.2.1')
  })

  it('is refused a frame that is not there, and a stranger is not told of the case', async () => {
    expect((await get(framePath(0, 2))).status).toBe(404)
    const stranger = await developmentTokens(cell.baseUrl)('p-weber')()
    const refused = await get(framePath(0), `Bearer ${stranger}`)
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([404, 'not-found'])
  })

  it('stands in the audit trail with each frame and the decision that allowed it', async () => {
    const records: AuditRecord[] = []
    for await (const { body } of recordsUnder(cell.ports.store, referralId, 'audit#')) {
      records.push(AuditRecordSchema.parse(body))
    }
    const frames = records.filter(({ operation, action }) => operation === 'readFrame' && action === 'release')
    expect(frames).toHaveLength(1)
    expect(frames[0]?.by.id).toBe('p-harris')
    expect(frames[0]?.decision?.mode).toBe('view_in_region_identifiable')
  })
})
