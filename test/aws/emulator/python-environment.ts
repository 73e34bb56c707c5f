import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

const projectRoot = path.resolve(import.meta.dirname, '../../..')
const requirements = path.join(import.meta.dirname, 'requirements.txt')
/** Under node_modules: already ignored by git, kept between runs, gone with `npm ci`. */
const cache = path.join(realpathSync(path.join(projectRoot, 'node_modules')), '.cache/overread-emulator')

/** Run a command to its end; a failure carries what the command printed. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}\n${printed.slice(-4000)}`)
  return printed
}

async function findPython(): Promise<string> {
  const seen: string[] = []
  for (const name of [
    process.env['OVERREAD_PYTHON'],
    'python3',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
  ]) {
    if (name === undefined) continue
    const version = await run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).catch(() => undefined)
    if (version === undefined) continue
    const [major, minor] = version.trim().split('.').map(Number)
    if (major === 3 && (minor ?? 0) >= 10) return name
    seen.push(`${name} is ${version.trim()}`)
  }
  throw new Error(
    `The AWS emulator needs Python 3.10 or later (${seen.join(', ') || 'none found'}); set OVERREAD_PYTHON.`,
  )
}

/**
 * The Python of a virtual environment that holds exactly requirements.txt.
 *
 * A virtual environment contains its own absolute path, so each is made under a name of its own and only a complete
 * one is pointed at: neither a kill in the middle nor two runs at once leave a broken one in use.
 */
export async function pythonEnvironment(log: (line: string) => void): Promise<string> {
  const python = await findPython()
  const version = await run(python, ['-VV'])
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .update(version)
    .update(cache)
    .digest('hex')
  const pointer = path.join(cache, `${key.slice(0, 16)}.current`)
  const made = await readFile(pointer, 'utf8').catch(() => undefined)
  if (made !== undefined && existsSync(made)) return made

  log(`emulator: making the Python environment of ${path.relative(projectRoot, requirements)}`)
  const started = Date.now()
  await mkdir(cache, { recursive: true })
  const home = await mkdtemp(path.join(cache, `${key.slice(0, 16)}-`))
  const interpreter = path.join(home, 'bin/python')
  await run(python, ['-m', 'venv', home])
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-input']
  await run(interpreter, ['-m', 'pip', 'install', ...quietly, '--requirement', requirements])
  await writeFile(`${home}.pointer`, interpreter)
  await rename(`${home}.pointer`, pointer)
  log(`emulator: Python environment ready in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return interpreter
}
