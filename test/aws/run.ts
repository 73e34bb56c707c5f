import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { seedAwsCell } from '../acceptance/seed-aws-cell.ts'
import { confirmedPolicy } from '../fixtures/confirmed-policy.ts'
import { networkWithReaderAbroad } from '../fixtures/reader-abroad.ts'
import { deployApp, type DeployedApp } from './deploy.ts'
import { startEmulator, type Emulator } from './emulator/start.ts'
import { startTokenIssuer, type RunIssuer } from './token-issuer.ts'
import { runProject, type Counts } from './vitest-run.ts'

const projectRoot = path.resolve(import.meta.dirname, '../..')
const started = Date.now()
const log = (line: string): void => {
  process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${line}\n`)
}

/** A deployed cell as the acceptance suite finds it in the file named by OVERREAD_AWS_RUN. */
interface Cell {
  readonly region: string
  readonly baseUrl: string
  readonly outputs: Readonly<Record<string, string>>
}

function cellsOf({ stacks, outputs }: DeployedApp, endpoint: string): Cell[] {
  const regions = [...new Set(stacks.map(({ region }) => region))]
  return regions.map((region) => {
    const own = stacks.filter((stack) => stack.region === region).map(({ name }) => outputs[name] ?? {})
    const merged = Object.assign({}, ...own) as Record<string, string>
    const apiId = merged['ApiId']
    if (apiId === undefined) throw new Error(`No stack of ${region} has the output ApiId.`)
    // The emulator's path form of an API's address: it needs neither a Host header nor name resolution.
    return { region, baseUrl: `${endpoint}/_aws/execute-api/${apiId}`, outputs: merged }
  })
}

/** The deployment file of the run: the committed one, with the addresses that only exist now. */
async function deploymentFile(folder: string, emulator: Emulator, { issuer }: RunIssuer): Promise<string> {
  const committed = await readFile(path.join(projectRoot, 'infra/deployments/emulator.json'), 'utf8')
  const file = path.join(folder, 'deployment.json')
  await writeFile(file, committed.replaceAll('{{issuer}}', issuer).replaceAll('{{endpoint}}', emulator.endpoint))
  return file
}

function build(): void {
  const result = spawnSync(process.execPath, ['infra/bundles/build.ts'], { cwd: projectRoot, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`Bundling failed.\n${result.stdout}${result.stderr}`)
}

/** As long as a function may go by what it knows (`s3FollowedObject`), and a little. */
const NETWORK_FRESH_MS = 62_000

/** The origin cell's network and policy once a reader abroad is to read there: applied as an operator applies a change. */
async function applyNetworkAbroad({ endpoint, credentials }: Emulator, [origin]: readonly Cell[]): Promise<void> {
  if (origin === undefined) throw new Error('the run has no cell')
  const seed = { network: networkWithReaderAbroad(origin.baseUrl), policy: confirmedPolicy.policy }
  await seedAwsCell(endpoint, origin, seed, credentials)
}

/** The suites that need the emulator, with and without cells. */
async function suites(emulator: Emulator, folder: string, env: Record<string, string>): Promise<Counts[]> {
  const tokens = await startTokenIssuer(folder)
  try {
    build()
    log('functions bundled')
    const appEnv = { OVERREAD_DEPLOYMENT: await deploymentFile(folder, emulator, tokens) }
    const deployed = await deployApp({ emulator, app: 'node infra/bin/overread.ts', appEnv, log })
    const { endpoint } = emulator
    const runFile = path.join(folder, 'run.json')
    const cells = cellsOf(deployed, endpoint)
    await writeFile(runFile, JSON.stringify({ endpoint, issuer: tokens.issuer, cells }))
    const onCells = { ...env, OVERREAD_AWS_RUN: runFile }
    const counts = [await runProject('acceptance', onCells)]
    log('acceptance suite done')
    log('not seen here: that S3 locks what is copied into a locked bucket; the suite of erasures locked it by hand')
    await applyNetworkAbroad(emulator, cells)
    // Meanwhile every function forgets the network of the suite before.
    const forgotten = delay(NETWORK_FRESH_MS)
    counts.push(await runProject('contract-aws', env))
    log('contract suites done')
    await forgotten
    counts.push(await runProject('reader-abroad', onCells))
    log('reader abroad done')
    return counts
  } finally {
    await tokens.stop()
  }
}

/** Every suite that has an AWS side, against one emulator; the last line is what continuous integration counts. */
async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'overread-aws-run-'))
  const logFile = path.join(projectRoot, 'node_modules/.cache/overread-emulator.log')
  const emulator = await startEmulator({ log, logFile, enforceIam: true })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  const counts: Counts[] = []
  try {
    const env = { ...emulator.env, OVERREAD_TARGET: 'aws', AWS_REGION: 'eu-central-1' }
    counts.push(...(await suites(emulator, folder, env)))
  } catch (error) {
    counts.push({ passed: 0, failed: 1, skipped: 0 })
    process.stdout.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    log(`emulator's log: ${logFile}`)
  } finally {
    await emulator.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const total = (name: keyof Counts): number => counts.reduce((sum, one) => sum + one[name], 0)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`)
  process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0
}

await main()
