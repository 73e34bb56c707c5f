import { randomUUID } from 'node:crypto'
import type { CellFunctions } from '../../local/cell-functions.ts'
import { cellFunctions } from '../../local/functions.ts'
import type { Route } from '../../shared/contracts/routes/route.ts'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { UploadState } from '../../shared/contracts/http/uploads.ts'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import { standardRates } from '../../shared/domain/network/rates.ts'
import { PersonRoleSchema } from '../../shared/domain/network/parties.ts'
import { NetworkDefinitionSchema } from '../../shared/domain/network/network-definition.ts'
import { MULTIPART_BYTES } from '../../shared/domain/upload/upload-session.ts'
import { commandCase } from '../../shared/ledger/command-case.ts'
import { storeFrame } from '../builders/stored-frames.ts'
import { openMint, type Mint, type MintedPerson } from './mint-token.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { stories, type Story } from './access-stories.ts'
import { ask, type WireAnswer } from './wire.ts'

/** A case of the world: what it is called in a path, and where it stands. */
export interface KnownCase extends Story {
  readonly referralId: string
  readonly version: number
  readonly uploadId: string
  readonly sopInstanceUid: string
  readonly escalations: CaseStatus['escalations']
}

export interface AccessWorld {
  readonly cell: ScratchCell
  readonly mint: Mint
  readonly cases: readonly KnownCase[]
}

/** Nothing moves by itself: whether a request is let in must not depend on what a worker did meanwhile. */
const still: CellFunctions = {
  http: cellFunctions.http,
  queue: {},
  outbox: () => () => Promise.resolve({ batchItemFailures: [] }),
  minute: () => () => Promise.resolve(),
}

const everyRole = PersonRoleSchema.options

/** What is asked about is access: each request is answered by it, and by no limit. */
const most = 1_000_000
const unlimited = { ...standardRates, readsPerMinute: most, imageReadsPerMinute: most, commandsPerMinute: most }

/** Two more organisations, so that triage and escalation each are somebody's only relation; everybody with every role. */
export const worldNetwork = (network: NetworkDefinition): NetworkDefinition => {
  const organisation = (orgId: string) => ({
    orgId,
    name: orgId,
    kind: 'referring',
    country: 'AT',
    controlCountries: ['AT'],
  })
  const person = (personId: string, orgId: string) => ({ personId, orgId, name: personId, roles: everyRole })
  const changed: unknown = {
    ...network,
    organisations: [...network.organisations, organisation('triage-hub'), organisation('night-cover')],
    people: [
      ...network.people.map((one) => (one.personId === 'p-clerk-vienna' ? one : { ...one, roles: everyRole })),
      person('p-triage-hub', 'triage-hub'),
      person('p-duty-night', 'night-cover'),
      person('p-colleague-night', 'night-cover'),
    ],
    rates: { standard: unlimited, organisations: [] },
    sites: network.sites.map((site) =>
      site.siteId === 'donau-vienna'
        ? { ...site, triageClinician: 'p-triage-hub', dutyClinician: 'p-duty-night' }
        : site,
    ),
  }
  return NetworkDefinitionSchema.parse(changed)
}

const signed = new WeakMap<Mint, Map<string, string>>()

/** Signed once for each person, role and spoilt claim: half the time of a run would be signatures. */
export function bearer(mint: Mint, person: MintedPerson, change: Record<string, unknown> = {}): string {
  const tokens = signed.get(mint) ?? new Map<string, string>()
  signed.set(mint, tokens)
  const name = JSON.stringify([person.personId, person.roles, change])
  const token = tokens.get(name) ?? mint.sign({ ...mint.claims(person), ...change })
  tokens.set(name, token)
  return `Bearer ${token}`
}

export const send = (
  cell: ScratchCell,
  authorization: string,
  request: { method: string; path: string; body?: object; version?: number | undefined },
): Promise<WireAnswer> =>
  ask({
    method: request.method,
    url: `${cell.baseUrl}${request.path}`,
    headers: {
      authorization,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      ...(request.version === undefined ? {} : { 'if-match': `"${request.version}"` }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  })

/** What the schema of the body gives as its example. */
export function exampleFor({ body, operationId }: Route): object | undefined {
  const examples = body?.meta()?.['examples'] as readonly object[] | undefined
  if (body !== null && examples?.[0] === undefined) throw new Error(`${operationId} has no example to send`)
  return examples?.[0]
}

async function told<T>(answer: Promise<WireAnswer>): Promise<T> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`the world could not be made: ${status} ${body}`)
  return JSON.parse(body) as T
}

const clerks = {
  'donau-vienna': { personId: 'p-clerk-vienna', orgId: 'donau-klinikum', roles: ['site-clerk'] },
  'liffey-dublin': { personId: 'p-clerk-dublin', orgId: 'liffey-hospital', roles: ['site-clerk'] },
} as const
const weber = { personId: 'p-weber', orgId: 'rheinblick-radiology', roles: ['reader'], country: 'DE' }

const referralOf = ({ siteId, pathwayId }: Story) => ({
  siteId,
  pathwayId,
  patient: { patientId: 'MRN-1', name: { family: 'Muster' }, birthDate: '1956-02-29' },
  clinical: { question: 'Occlusion?' },
  order: { modality: 'CT', bodyPart: 'HEAD' },
})

const manifestOf = (studyInstanceUid: string) => ({
  studyInstanceUid,
  objects: [10, 2 * MULTIPART_BYTES].map((bytes) => ({ bytes, sha256: 'a'.repeat(64) })),
})

async function command(cell: ScratchCell, referralId: string, one: CaseCommand): Promise<void> {
  const directory = caseDirectory(await cell.ports.network.current())
  const by = { kind: 'overread', id: 'test' } as const
  await commandCase(cell.ports, { referralId, by, operation: 'test', directory, prepare: () => ({ command: one }) })
}

async function report(world: Omit<AccessWorld, 'cases'>, referralId: string, kind: string, version: number) {
  const body = { text: { findings: 'None', impression: 'None', alert: 'none' }, attachmentIds: [] }
  const path = `/v1/referrals/${referralId}/reports/${kind}`
  await told(send(world.cell, bearer(world.mint, weber), { method: 'POST', path, body, version }))
}

async function live(world: Omit<AccessWorld, 'cases'>, story: Story, at: number): Promise<KnownCase> {
  const { cell, mint } = world
  const clerk = clerks[story.siteId]
  const by = () => bearer(mint, clerk)
  const submitted = send(cell, by(), { method: 'POST', path: '/v1/referrals', body: referralOf(story) })
  const { referralId, version } = await told<CaseStatus>(submitted)
  const path = `/v1/referrals/${referralId}`
  const uids = { study: `1.2.3.${at}`, sopInstanceUid: `1.2.3.${at}.1` }
  const manifest = manifestOf(uids.study)
  const opened = send(cell, by(), { method: 'POST', path: `${path}/uploads`, body: manifest, version })
  const { uploadId } = await told<UploadState>(opened)
  await storeFrame(cell.ports, referralId, 'native', uids.sopInstanceUid)
  const status = () => told<CaseStatus>(send(cell, by(), { method: 'GET', path: `${path}/status` }))
  for (const step of story.course) {
    if (typeof step === 'string') await report(world, referralId, step, (await status()).version)
    else await command(cell, referralId, step)
  }
  const now = await status()
  return { ...story, referralId, uploadId, ...uids, version: now.version, escalations: now.escalations }
}

/** Runs `work` on a cell with one case of each story. */
export const withAccessWorld = <T>(work: (world: AccessWorld) => Promise<T>): Promise<T> =>
  withScratchCell({ functions: still, network: worldNetwork }, async (cell) => {
    const world = { cell, mint: await openMint(cell) }
    const cases: KnownCase[] = []
    for (const [at, story] of stories.entries()) cases.push(await live(world, story, at + 1))
    return work({ ...world, cases })
  })
