import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pythonEnvironment } from './python-environment.ts'

/** A running emulator and what a process needs to talk to it. */
export interface Emulator {
  /** `http://127.0.0.1:PORT`: an address, so that the SDK chooses path-style buckets. */
  readonly endpoint: string
  /** Credentials, endpoint and PATH for processes that call AWS: the CDK, the test runner. */
  readonly env: Readonly<Record<string, string>>
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly accountId: string
  readonly processId: number
  /** Where the emulator and the Lambda functions it runs write their logs. */
  readonly logFile: string
  /** End the emulator and every Lambda process of it. */
  stop(): Promise<void>
}

export interface EmulatorOptions {
  readonly log: (line: string) => void
  readonly logFile: string
  /** Evaluate IAM and bucket policies as far as the emulator can (see docs/adr/0013-emulator.md). */
  readonly enforceIam: boolean
}

const accountId = '000000000000'
/** The emulator checks presigned URLs against the secret it was started with. They open nothing else. */
const rootCredentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'emulator-secret' }

/** Each function keeps a warm Node process; V8 sized for small heaps keeps thirty of them within a laptop's memory. */
const lambdaNodeOptions = '--max-old-space-size=256 --max-semi-space-size=2 --disable-warning=DEP0169'

/** The launcher writes one line, the port; the stream stays open so that later output never meets a closed pipe. */
function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
    stream.once('end', () => reject(new Error('The emulator ended before it said where it listens; see its log.')))
  })
}

async function healthy(endpoint: string, deadline: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined)
    if (answer?.ok) return
    if (Date.now() > deadline) throw new Error('The emulator did not become healthy within 30 s.')
    await wait(50)
  }
}

function emulatorEnvironment(scratch: string, searchPath: string, enforceIam: boolean): Record<string, string> {
  return {
    ...rootCredentials,
    HOME: scratch,
    PATH: searchPath,
    TMPDIR: scratch,
    MINISTACK_ACCOUNT_ID: accountId,
    // Part of the queue URLs it gives out: an address, as `localhost` may resolve to one nobody listens on.
    MINISTACK_HOST: '127.0.0.1',
    BIND_HOST: '127.0.0.1',
    AUTH: String(enforceIam),
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    // Seconds until a second process of the same function ends; the first stays until the emulator does.
    LAMBDA_WARM_TTL_SECONDS: '20',
    NODE_OPTIONS: lambdaNodeOptions,
  }
}

/** Start the pinned emulator on a free loopback port, in a process group of its own. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const python = await pythonEnvironment(options.log)
  const scratch = await mkdtemp(path.join(tmpdir(), 'overread-emulator-'))
  const started = Date.now()
  const searchPath = [path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter)
  const child = spawn(python, ['-B', path.join(import.meta.dirname, 'launch.py')], {
    // Leader of its own group, which holds the Lambda processes too: one signal ends all of them.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: emulatorEnvironment(scratch, searchPath, options.enforceIam),
  })
  const { pid } = child
  if (pid === undefined) throw new Error('The emulator could not be started.')
  const logStream = createWriteStream(options.logFile)
  child.stderr.pipe(logStream)

  const endNow = (): void => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // Already gone.
    }
  }
  const endAtExit = (): void => {
    endNow()
    rmSync(scratch, { recursive: true, force: true })
  }
  process.once('exit', endAtExit)
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    endNow()
    await ended
    process.removeListener('exit', endAtExit)
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  try {
    const { port } = JSON.parse(await firstLine(child.stdout)) as { port: number }
    const endpoint = `http://127.0.0.1:${port}`
    await healthy(endpoint, Date.now() + 30_000)
    options.log(`emulator: ${endpoint}, up in ${((Date.now() - started) / 1000).toFixed(1)} s, process ${pid}`)
    const env = {
      ...rootCredentials,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      PATH: searchPath,
    }
    const credentials = {
      accessKeyId: rootCredentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: rootCredentials.AWS_SECRET_ACCESS_KEY,
    }
    return { endpoint, env, credentials, accountId, processId: pid, logFile: options.logFile, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
