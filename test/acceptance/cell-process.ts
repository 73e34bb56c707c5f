import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startDemoCell } from '../../local/demo-cell.ts'
import { StoredInstanceSchema } from '../../shared/domain/upload/instance.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import { inside } from '../builders/inside.ts'

export const root = join(import.meta.dirname, '../..')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** The same after each start: URLs that were signed before a kill lead to the cell that comes after it. */
export interface Ports {
  readonly api: number
  readonly objects: number
}

export const freePorts = async (): Promise<Ports> => ({ api: await freePort(), objects: await freePort() })

/** A whole cell in a process of its own, to be killed. */
export const startCellProcess = ({ api, objects }: Ports, dataDir: string): ChildProcess => {
  const places = ['--port', String(api), '--objects-port', String(objects), '--data', dataDir]
  return spawn(process.execPath, ['cli/overread.ts', 'serve', ...places, '--json', '--quiet'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

export async function answers({ api }: Ports): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(`http://127.0.0.1:${api}/v1/openapi.json`)).ok) return
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown
    }
    await delay(20)
  }
}

export async function kill(server: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGKILL')
  await gone
}

export interface StoredDigest {
  readonly announced: string
  readonly found: string
}

/** Every instance the cell says it holds, read from its store and hashed again. */
export async function storedDigests(dataDir: string, referralIds: readonly string[]): Promise<StoredDigest[]> {
  const cell = await startDemoCell({ dataDir, port: 0, quiet: true })
  try {
    const digests: StoredDigest[] = []
    for (const referralId of referralIds) {
      for await (const record of recordsUnder(cell.ports.store, referralId, 'instance#')) {
        const instance = StoredInstanceSchema.parse(record.body)
        const hash = createHash('sha256')
        for await (const chunk of await cell.ports.objects.stream(inside, { bucket: 'images', key: instance.key }))
          hash.update(chunk)
        digests.push({ announced: instance.sha256, found: hash.digest('hex') })
      }
    }
    return digests
  } finally {
    await cell.stop()
  }
}

export const digestsOf = (files: Readonly<Record<string, Uint8Array>>): string[] =>
  Object.values(files).map((bytes) => createHash('sha256').update(bytes).digest('hex'))
