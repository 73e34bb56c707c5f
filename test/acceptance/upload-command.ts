import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './cell-process.ts'

export interface UploadRun {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** Each PUT that was answered, by status and path. */
  readonly puts: readonly string[]
}

export interface UploadWords {
  readonly folder: string
  readonly referralId: string
  readonly baseUrl: string
  /** Where the command is started, and remembers. */
  readonly cwd: string
  readonly more?: readonly string[]
  readonly as?: string
}

/** `overread upload` in a process of its own; `killAt` and the delay after it as told-requests.ts understands them. */
export async function runUpload(
  { folder, referralId, baseUrl, cwd, more = [], as = 'p-clerk-vienna' }: UploadWords,
  killAt = '',
  killDelayMs = 0,
): Promise<UploadRun> {
  const told = join(cwd, 'told')
  await writeFile(told, '')
  const words = ['upload', folder, '--referral', referralId, '--url', baseUrl, '--as', as, ...more]
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'test/fixtures/told-requests.ts'), join(root, 'cli/overread.ts'), ...words],
    { cwd, env: { ...process.env, TOLD_FILE: told, KILL_AT: killAt, KILL_DELAY_MS: String(killDelayMs) } },
  )
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [exit, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (code, by) => resolve([code, by])),
  )
  return { exit, signal, out, err, puts: (await readFile(told, 'utf8')).split('\n').filter((line) => line !== '') }
}
