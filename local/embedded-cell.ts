import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { join } from 'node:path'
import type { AddressRange } from '../shared/adapters/address-country-table.ts'
import { dropHalfReceived } from '../shared/adapters/embedded/open-shelf.ts'
import { systemClock } from '../shared/adapters/system-clock.ts'
import { routes } from '../shared/contracts/routes.ts'
import {
  defaultDeidentificationPolicy,
  type DeidentificationPolicy,
} from '../shared/domain/deidentification/deidentification-policy.ts'
import type { CellFacts } from '../shared/ports/network-directory.ts'
import type { Clock } from '../shared/ports/surroundings.ts'
import type { Log } from '../shared/runtime/log.ts'
import { faultFields } from '../shared/runtime/log.ts'
import type { CellFunctions } from './cell-functions.ts'
import { httpHandlers } from './cell-functions.ts'
import type { CellIdentity, Identity } from './cell-identity.ts'
import { openIdentity } from './cell-identity.ts'
import type { CellPorts, OpenCell } from './cell-ports.ts'
import { openCell } from './cell-ports.ts'
import type { CellWorkers } from './cell-workers.ts'
import { startWorkers } from './cell-workers.ts'
import type { Listening } from './listen.ts'
import type { ObjectService } from './object-service.ts'
import { startObjectService } from './object-service.ts'
import { startServer } from './server.ts'

export interface EmbeddedCellOptions {
  readonly dataDir: string
  /** 0: any free one. */
  readonly port: number
  /** Loopback unless told otherwise. */
  readonly host?: string
  /** Where objects are served: 0 or absent, any free one. */
  readonly objectsPort?: number
  /** Behind a proxy: the origins that clients see. The proxy must pass the Host header on, since it is signed. */
  readonly publicOrigin?: string
  readonly publicObjectsOrigin?: string
  readonly cell: CellFacts
  readonly functions: CellFunctions
  readonly identity: Identity
  readonly log: Log
  readonly clock?: Clock
  /** `network.json`, `policy.json` and `retention.json` in the data directory unless told otherwise. */
  readonly networkPath?: string
  readonly policyPath?: string
  readonly retentionPath?: string
  /** Written to those files at each start: a demo's network names the origin it is served at. */
  readonly seed?: (origin: string) => { readonly network: object; readonly policy?: object }
  /** What a copy for a reader abroad may keep; the project's default unless told otherwise. */
  readonly deidentification?: DeidentificationPolicy
  readonly addressRanges?: readonly AddressRange[]
  readonly corsOrigins?: readonly string[]
  readonly sweepIntervalMs?: number
  readonly queueConcurrency?: number
}

export interface EmbeddedCell extends Pick<CellWorkers, 'settle' | 'sweepNow'> {
  readonly baseUrl: string
  /** Where the signed URLs of objects lead. */
  readonly objectsUrl: string
  readonly ports: CellPorts
  /** Development only: a token for one of the users it was started with. */
  readonly tokenFor: (sub: string) => Promise<string>
  /** Takes nothing new, ends what runs, closes the data directory. */
  readonly stop: () => Promise<void>
}

interface Files {
  readonly networkPath: string
  readonly policyPath: string
  readonly retentionPath: string
}

const filesOf = ({ dataDir, networkPath, policyPath, retentionPath }: EmbeddedCellOptions): Files => ({
  networkPath: networkPath ?? join(dataDir, 'network.json'),
  policyPath: policyPath ?? join(dataDir, 'policy.json'),
  retentionPath: retentionPath ?? join(dataDir, 'retention.json'),
})

const writeSeed = ({ seed }: EmbeddedCellOptions, origin: string, files: Files): void => {
  const seeded = seed?.(origin)
  if (seeded === undefined) return
  writeFileSync(files.networkPath, JSON.stringify(seeded.network, null, 2))
  if (seeded.policy !== undefined) writeFileSync(files.policyPath, JSON.stringify(seeded.policy, null, 2))
}

/**
 * Both measured (ADR 0015), neither a limit on what the cell may use.
 * An upload passes through in chunks that live for a millisecond. With the young generation that V8 grows to 16 MB they are
 * found only by full collections, one for each 24 objects: a third of the CPU time of an upload.
 * A sync to the disk holds a thread of the pool for milliseconds; with the usual four the other uploads' syncs wait for it.
 */
const tuneProcess = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1')
  process.env['UV_THREADPOOL_SIZE'] ??= '12'
}

const reportTo = (log: Log) => (fault: unknown) => log.error('request-failed', faultFields(fault))

const MINUTE_MS = 60_000
const QUEUE_CONCURRENCY = 4

/** Known once they listen. */
interface Origins {
  api: string
  objects: string
}

const closeCell = async ({ shelf, database }: OpenCell): Promise<void> => {
  await shelf.files.close()
  await database.close()
}

const LOOPBACK = '127.0.0.1'

const serveApi = (
  { functions, host = LOOPBACK, port }: EmbeddedCellOptions,
  ports: CellPorts,
  { authorize, issuer }: CellIdentity,
): Promise<Listening> => {
  const handlers = httpHandlers(functions, ports)
  return startServer({
    routes,
    handlerOf: ({ capability }) => handlers.get(capability),
    authorize,
    sideDoors: issuer === undefined ? [] : [issuer.door],
    clock: ports.clock,
    region: ports.cell.region,
    host,
    port,
    onFault: reportTo(ports.log),
  })
}

const serveObjects = (
  { host = LOOPBACK, objectsPort = 0, corsOrigins = ['*'] }: EmbeddedCellOptions,
  opened: OpenCell,
): Promise<ObjectService> =>
  startObjectService(opened, { host, port: objectsPort, corsOrigins, onFault: reportTo(opened.ports.log) })

const run = async (
  options: EmbeddedCellOptions,
  opened: OpenCell,
  files: Files,
  origins: Origins,
): Promise<EmbeddedCell> => {
  const { dataDir, functions } = options
  const { clock, queues, log } = opened.ports
  await dropHalfReceived(opened.shelf)
  await queues.takeOver()
  const { keys } = opened.ports
  const identity = await openIdentity(options.identity, { dataDir, clock, keys, origin: () => origins.api })
  const { tokens, machineIssuer } = identity
  const ports: CellPorts = { ...opened.ports, tokens, machineIssuer }
  const objects = await serveObjects(options, opened)
  origins.objects = options.publicObjectsOrigin ?? objects.origin
  const server = await serveApi(options, ports, identity).catch(async (fault: unknown) => {
    await objects.stop()
    throw fault
  })
  origins.api = options.publicOrigin ?? server.origin
  writeSeed(options, origins.api, files)
  // Read before anybody asks: the first referral does not wait for it.
  if (options.seed !== undefined) await Promise.all([ports.network.current(), ports.network.policy()])
  const workers = startWorkers(
    { ports, shelf: opened.shelf },
    {
      functions,
      sweepIntervalMs: options.sweepIntervalMs ?? MINUTE_MS,
      queueConcurrency: options.queueConcurrency ?? QUEUE_CONCURRENCY,
      onFault: reportTo(log),
    },
  )
  return {
    baseUrl: origins.api,
    objectsUrl: origins.objects,
    ports,
    settle: workers.settle,
    sweepNow: workers.sweepNow,
    tokenFor: async (sub) => {
      const token = await identity.issuer?.sign(sub)
      if (token === undefined) throw new Error('the cell does not sign for this user')
      return token
    },
    stop: async () => {
      await Promise.all([server.stop(), objects.stop()])
      await workers.stop()
      await closeCell(opened)
    },
  }
}

/** Starts one whole cell on this machine: the API, the objects, the queues, the sweep, on nothing but Node. */
export const startEmbeddedCell = async (options: EmbeddedCellOptions): Promise<EmbeddedCell> => {
  tuneProcess()
  const { dataDir, cell, log, clock = systemClock() } = options
  const files = filesOf(options)
  const origins: Origins = { api: options.publicOrigin ?? '', objects: options.publicObjectsOrigin ?? '' }
  const opened = openCell({
    ...files,
    dataDir,
    cell,
    deidentification: options.deidentification ?? defaultDeidentificationPolicy,
    addressRanges: options.addressRanges ?? [],
    loopbackAgrees: options.identity.kind === 'development',
    clock,
    log,
    objectsOrigin: () => origins.objects,
  })
  try {
    return await run(options, opened, files, origins)
  } catch (error) {
    await closeCell(opened)
    throw error
  }
}
