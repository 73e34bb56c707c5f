import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { join } from 'node:path'
import type { AddressRange } from '../shared/adapters/address-country-table.ts'
import { objectServer } from '../shared/adapters/embedded/object-server.ts'
import { systemClock } from '../shared/adapters/system-clock.ts'
import { routes } from '../shared/contracts/routes.ts'
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
import type { RunningServer } from './server.ts'
import { startServer } from './server.ts'

export interface EmbeddedCellOptions {
  readonly dataDir: string
  /** 0: any free one. */
  readonly port: number
  /** Loopback unless told otherwise. */
  readonly host?: string
  /** Behind a proxy: the origin that clients see. The proxy must pass the Host header on, since it is signed. */
  readonly publicOrigin?: string
  readonly cell: CellFacts
  readonly functions: CellFunctions
  readonly identity: Identity
  readonly log: Log
  readonly clock?: Clock
  /** `network.json` and `policy.json` in the data directory unless told otherwise. */
  readonly networkPath?: string
  readonly policyPath?: string
  /** Written to those files at each start: a demo's network names the origin it is served at. */
  readonly seed?: (origin: string) => { readonly network: object; readonly policy?: object }
  readonly addressRanges?: readonly AddressRange[]
  readonly corsOrigins?: readonly string[]
  readonly sweepIntervalMs?: number
  readonly queueConcurrency?: number
}

export interface EmbeddedCell extends Pick<CellWorkers, 'settle' | 'sweepNow'> {
  readonly baseUrl: string
  readonly ports: CellPorts
  /** Development only: a token for one of the users it was started with. */
  readonly tokenFor: (sub: string) => Promise<string>
  /** Takes nothing new, ends what runs, closes the data directory. */
  readonly stop: () => Promise<void>
}

interface Files {
  readonly networkPath: string
  readonly policyPath: string
}

const filesOf = ({ dataDir, networkPath, policyPath }: EmbeddedCellOptions): Files => ({
  networkPath: networkPath ?? join(dataDir, 'network.json'),
  policyPath: policyPath ?? join(dataDir, 'policy.json'),
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
 * A sync to the disk holds a thread of the pool for milliseconds; with the usual four the other uploads' writes wait for it.
 */
const tuneProcess = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1')
  process.env['UV_THREADPOOL_SIZE'] ??= '12'
}

const reportTo = (log: Log) => (fault: unknown) => log.error('request-failed', faultFields(fault))

const MINUTE_MS = 60_000
const QUEUE_CONCURRENCY = 4

/** Its origin is known once the server listens. */
interface Origin {
  url: string
}

const closeCell = async ({ shelf, database }: OpenCell): Promise<void> => {
  shelf.files.close()
  await database.close()
}

const listen = async (
  options: EmbeddedCellOptions,
  { shelf, access }: OpenCell,
  ports: CellPorts,
  { authorize, issuer }: CellIdentity,
): Promise<RunningServer> => {
  const { clock } = ports
  const onFault = reportTo(ports.log)
  const handlers = httpHandlers(options.functions, ports)
  const objects = objectServer({ shelf, access, clock, corsOrigins: options.corsOrigins ?? ['*'], onFault })
  return startServer({
    routes,
    handlerOf: ({ capability }) => handlers.get(capability),
    authorize,
    sideDoors: [objects, ...(issuer === undefined ? [] : [issuer.door])],
    clock,
    region: ports.cell.region,
    host: options.host ?? '127.0.0.1',
    port: options.port,
    onFault,
  })
}

const run = async (
  options: EmbeddedCellOptions,
  opened: OpenCell,
  files: Files,
  origin: Origin,
): Promise<EmbeddedCell> => {
  const { dataDir, functions } = options
  const { clock, queues, log } = opened.ports
  await queues.takeOver()
  const { keys } = opened.ports
  const identity = await openIdentity(options.identity, { dataDir, clock, keys, origin: () => origin.url })
  const { tokens, machineIssuer } = identity
  const ports: CellPorts = { ...opened.ports, tokens, machineIssuer }
  const server = await listen(options, opened, ports, identity)
  origin.url = options.publicOrigin ?? server.origin
  writeSeed(options, origin.url, files)
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
    baseUrl: origin.url,
    ports,
    settle: workers.settle,
    sweepNow: workers.sweepNow,
    tokenFor: async (sub) => {
      const token = await identity.issuer?.sign(sub)
      if (token === undefined) throw new Error('the cell does not sign for this user')
      return token
    },
    stop: async () => {
      await server.stop()
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
  const origin: Origin = { url: options.publicOrigin ?? '' }
  const opened = openCell({
    ...files,
    dataDir,
    cell,
    addressRanges: options.addressRanges ?? [],
    loopbackAgrees: options.identity.kind === 'development',
    clock,
    log,
    origin: () => origin.url,
  })
  try {
    return await run(options, opened, files, origin)
  } catch (error) {
    await closeCell(opened)
    throw error
  }
}
