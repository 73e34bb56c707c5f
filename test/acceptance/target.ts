import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { apiClient, type ApiClient } from '../../local/client/api-client.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { machineTokens, type MachineIdentity } from '../../local/client/machine-tokens.ts'
import { demoMachineKeyPath, startDemoCell } from '../../local/demo-cell.ts'
import {
  DEMO_CLIENT_ID,
  demoMachineClient,
  openDemoMachineKey,
  type DemoMachineKey,
} from '../../local/seed/demo-machine.ts'
import { demoNetworkAt, demoUsers } from '../../local/seed/demo-network.ts'
import { demoPolicy } from '../../local/seed/demo-policy.ts'
import { keepNothing } from '../builders/reading-room.ts'
import { seedAwsCell } from './seed-aws-cell.ts'

/** One deployed or embedded cell with the demo network, as the acceptance suite sees it: an address and tokens. */
export interface Target {
  readonly edition: 'embedded' | 'aws'
  readonly baseUrl: string
  /** Where an embedded cell keeps everything: what must not be there is looked for in its files. */
  readonly dataDir?: string
  readonly tokenFor: (sub: string) => () => Promise<string>
  readonly as: (sub: string) => ApiClient
  /** The demo's one system, at the address that systems have. */
  readonly machine: MachineIdentity & { readonly baseUrl: string; readonly client: ApiClient }
  readonly stop: () => Promise<void>
}

/** What a run on the emulator says of the cells it has deployed. */
export interface AwsRun {
  readonly endpoint: string
  readonly issuer: string
  readonly cells: readonly { region: string; baseUrl: string; outputs: Readonly<Record<string, string>> }[]
}

const clients = (baseUrl: string, tokenFor: Target['tokenFor']) => (sub: string) =>
  apiClient(baseUrl, tokenFor(sub), { seconds: 30 })

const machineAt = (baseUrl: string, key: DemoMachineKey): Target['machine'] => {
  const identity = { clientId: DEMO_CLIENT_ID, key }
  return { ...identity, baseUrl, client: apiClient(baseUrl, machineTokens(baseUrl, identity), { seconds: 30 }) }
}

async function awsTarget(runFile: string): Promise<Target> {
  const run = JSON.parse(await readFile(runFile, 'utf8')) as AwsRun
  const [cell] = run.cells
  if (cell === undefined) throw new Error('the run has no cell')
  const key = openDemoMachineKey(join(dirname(runFile), 'demo-machine-key.json'))
  const network = demoNetworkAt(cell.baseUrl, [demoMachineClient(key)])
  await seedAwsCell(run.endpoint, cell, { network, policy: demoPolicy })
  const tokenFor = developmentTokens(run.issuer)
  const { baseUrl } = cell
  return {
    edition: 'aws',
    baseUrl,
    tokenFor,
    as: clients(baseUrl, tokenFor),
    machine: machineAt(`${run.endpoint}/_aws/execute-api/${cell.outputs['MachineApiId'] ?? ''}`, key),
    stop: async () => {
      closeConnections()
      await Promise.resolve()
    },
  }
}

async function embeddedTarget(): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-acceptance-'))
  // As the deployment of the emulator: what has to be kept until when is decided in unit tests, on a clock of their own.
  await writeFile(join(dataDir, 'retention.json'), JSON.stringify(keepNothing))
  const cell = await startDemoCell({ dataDir, port: 0, quiet: true, sweepIntervalMs: 1000 })
  const tokenFor = developmentTokens(cell.baseUrl)
  return {
    edition: 'embedded',
    baseUrl: cell.baseUrl,
    dataDir,
    tokenFor,
    as: clients(cell.baseUrl, tokenFor),
    machine: machineAt(cell.baseUrl, openDemoMachineKey(demoMachineKeyPath(dataDir))),
    stop: async () => {
      closeConnections()
      await cell.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The one suite drives both editions: the emulator run names its deployed cells in OVERREAD_AWS_RUN. */
export const openTarget = (): Promise<Target> => {
  const runFile = process.env['OVERREAD_AWS_RUN']
  return runFile === undefined ? embeddedTarget() : awsTarget(runFile)
}

/** A folder that is gone after the test, filled with files. */
export async function folderWith(
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'overread-files-'))
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export const personOfReader = (readerId: string): string => {
  const user = demoUsers.find((one) => one.readerId === readerId)
  if (user === undefined) throw new Error(`no person for ${readerId}`)
  return user.sub
}
