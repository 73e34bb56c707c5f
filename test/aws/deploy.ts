import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import type { Emulator } from './emulator/start.ts'
import { readAssembly, type SynthesizedStack } from './reapply/assembly.ts'
import { reapplyDropped, type Reapplication } from './reapply/reapply.ts'

const projectRoot = path.resolve(import.meta.dirname, '../..')

const OutputsSchema = z.record(z.string(), z.record(z.string(), z.string()))

/** What was deployed, and the outputs of every stack by stack name. */
export interface DeployedApp {
  readonly stacks: readonly SynthesizedStack[]
  readonly outputs: z.infer<typeof OutputsSchema>
  readonly reapplication: Reapplication
}

export interface DeployOptions {
  readonly emulator: Emulator
  /** The command the CDK runs to synthesize, e.g. `node infra/bin/overread.ts`. */
  readonly app: string
  /** What the app reads from its environment. */
  readonly appEnv: Readonly<Record<string, string>>
  readonly log: (line: string) => void
}

interface CdkCall {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Run the real CDK command line; what it printed is shown only when it fails. */
async function cdk({ args, cwd, env }: CdkCall): Promise<void> {
  const command = path.join(projectRoot, 'node_modules/aws-cdk/bin/cdk')
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: { ...process.env, ...env, CI: 'true', CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${code ?? 'a signal'}\n${printed.slice(-6000)}`)
}

async function timed<T>(what: string, log: (line: string) => void, act: () => Promise<T>): Promise<T> {
  const started = Date.now()
  const result = await act()
  log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return result
}

/**
 * Synthesize the app, bootstrap the environments of its stacks, deploy them all, and re-apply from the templates what
 * the emulator dropped. Throws when a property of a template does not read back even then.
 */
export async function deployApp({ emulator, app, appEnv, log }: DeployOptions): Promise<DeployedApp> {
  const work = await mkdtemp(path.join(tmpdir(), 'overread-cdk-'))
  const assembly = path.join(work, 'cdk.out')
  const outputsFile = path.join(work, 'outputs.json')
  const env = { ...emulator.env, ...appEnv }
  try {
    await timed('cdk synth', log, () =>
      cdk({ args: ['synth', '--quiet', '--app', app, '--output', assembly], cwd: projectRoot, env }),
    )
    const stacks = await readAssembly(assembly)
    const environments = [...new Set(stacks.map(({ account, region }) => `aws://${account}/${region}`))]
    // From a folder without an app: in the app's own folder, bootstrapping synthesizes again and leaves assets unbuilt.
    await timed(`cdk bootstrap ${environments.join(' ')}`, log, () =>
      cdk({ args: ['bootstrap', ...environments, '--concurrency', '1'], cwd: work, env }),
    )
    const deploy = ['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile]
    await timed(`cdk deploy of ${stacks.length} stacks`, log, () =>
      cdk({ args: [...deploy, '--concurrency', '1', '--progress', 'events'], cwd: projectRoot, env }),
    )
    const outputs = OutputsSchema.parse(JSON.parse(await readFile(outputsFile, 'utf8')))
    const settings = { endpoint: emulator.endpoint, credentials: emulator.credentials }
    const reapplication = await timed('re-apply from the templates', log, () => reapplyDropped(stacks, settings, log))
    if (reapplication.lost.length > 0) {
      throw new Error(`Template properties that the emulator does not keep:\n  ${reapplication.lost.join('\n  ')}`)
    }
    log(`template properties: ${reapplication.kept} kept, ${reapplication.reapplied} re-applied, 0 lost`)
    return { stacks, outputs, reapplication }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
