import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, standardLog, type Log } from '../shared/runtime/log.ts'
import { cellFunctions } from './functions.ts'
import { startEmbeddedCell, type EmbeddedCell } from './embedded-cell.ts'
import { demoMachineClient, openDemoMachineKey } from './seed/demo-machine.ts'
import { demoNetworkAt, demoUsers } from './seed/demo-network.ts'
import { demoPolicy } from './seed/demo-policy.ts'

export interface DemoCellOptions {
  readonly dataDir: string
  readonly port: number
  readonly objectsPort?: number
  readonly host?: string
  readonly quiet?: boolean
  readonly sweepIntervalMs?: number
}

/** The private key of the demo's one system. */
export const demoMachineKeyPath = (dataDir: string): string => join(dataDir, 'demo-machine-key.json')

const silentLog: Log = createLog(() => undefined)

/** An embedded cell with the demo network, its policy and the development issuer: made-up people and patients only. */
export const startDemoCell = (options: DemoCellOptions): Promise<EmbeddedCell> => {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const client = demoMachineClient(openDemoMachineKey(demoMachineKeyPath(options.dataDir)))
  return startEmbeddedCell({
    dataDir: options.dataDir,
    port: options.port,
    ...(options.objectsPort === undefined ? {} : { objectsPort: options.objectsPort }),
    ...(options.host === undefined ? {} : { host: options.host }),
    cell: { cellId: 'eu-central-1', region: 'eu-central-1', residencyFindings: 0 },
    functions: cellFunctions,
    identity: { kind: 'development', users: demoUsers },
    seed: (origin) => ({ network: demoNetworkAt(origin, [client]), policy: demoPolicy }),
    log: options.quiet === true ? silentLog : standardLog,
    ...(options.sweepIntervalMs === undefined ? {} : { sweepIntervalMs: options.sweepIntervalMs }),
  })
}

/** Runs `work` on a fresh cell in a folder of its own, which goes with it. */
export async function withFreshDemoCell<T>(work: (cell: EmbeddedCell) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-demo-'))
  try {
    const cell = await startDemoCell({ dataDir, port: 0, quiet: true })
    try {
      return await work(cell)
    } finally {
      await cell.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
