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
import type { Identity } from './cell-identity.ts'
import { openIdentity } from './cell-identity.ts'
import type { CellPorts } from './cell-ports.ts'
import { openCell } from './cell-ports.ts'
import type { CellWorkers } from './cell-workers.ts'
import { startWorkers } from './cell-workers.ts'
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
 * An upload passes through this process in chunks that live for a millisecond. With the young generation that V8 grows to 16 MB
 * they are found only by full collections, one for each 24 objects: a third of the CPU time of an upload (ADR 0015).
 */
const keepYoungGenerationSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1')

const MINUTE_MS = 60_000
const QUEUE_CONCURRENCY = 4

/** Starts one whole cell on this machine: the API, the objects, the queues, the sweep, on nothing but Node. */
export const startEmbeddedCell = async (options: EmbeddedCellOptions): Promise<EmbeddedCell> => {
  keepYoungGenerationSmall()
  const { dataDir, cell, functions, log, clock = systemClock() } = options
  const files = filesOf(options)
  let baseUrl = options.publicOrigin ?? ''
  const origin = () => baseUrl
  const onFault = (fault: unknown) => log.error('request-failed', faultFields(fault))

  // The database first: it refuses when another process has the directory, before anything in it is touched.
  const opening = { ...files, dataDir, cell, addressRanges: options.addressRanges ?? [], clock, log, origin }
  const opened = openCell({ ...opening, loopbackAgrees: options.identity.kind === 'development' })
  await opened.ports.queues.takeOver()
  const { tokens, authorize, issuer } = await openIdentity(options.identity, { dataDir, clock, origin })
  const ports: CellPorts = { ...opened.ports, tokens }
  const handlers = httpHandlers(functions, ports)
  const { shelf, access, database } = opened
  const objects = objectServer({ shelf, access, clock, corsOrigins: options.corsOrigins ?? ['*'], onFault })
  const server = await startServer({
    routes,
    handlerOf: ({ capability }) => handlers.get(capability),
    authorize,
    sideDoors: [objects, ...(issuer === undefined ? [] : [issuer.door])],
    clock,
    region: cell.region,
    host: options.host ?? '127.0.0.1',
    port: options.port,
    onFault,
  })
  baseUrl = options.publicOrigin ?? server.origin
  writeSeed(options, baseUrl, files)
  const workers = startWorkers(
    { ports, shelf },
    {
      functions,
      sweepIntervalMs: options.sweepIntervalMs ?? MINUTE_MS,
      queueConcurrency: options.queueConcurrency ?? QUEUE_CONCURRENCY,
      onFault,
    },
  )

  return {
    baseUrl,
    ports,
    settle: workers.settle,
    sweepNow: workers.sweepNow,
    tokenFor: async (sub) => {
      const token = await issuer?.sign(sub)
      if (token === undefined) throw new Error('the cell does not sign for this user')
      return token
    },
    stop: async () => {
      await server.stop()
      await workers.stop()
      shelf.files.close()
      await database.close()
    },
  }
}
