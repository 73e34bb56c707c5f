import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { apiClient, type ApiClient } from '../../../local/client/api-client.ts'
import { developmentTokens } from '../../../local/client/development-tokens.ts'
import type { CellErrand, CellOrder } from './cell-process.ts'

export interface StartedCell {
  readonly baseUrl: string
  readonly dataDir: string
  readonly tokenFor: (sub: string) => () => Promise<string>
  readonly as: (sub: string) => ApiClient
  /** Everything the process has written to its standard output and error. */
  readonly printed: () => Buffer
  readonly run: (errand: CellErrand) => Promise<void>
  /** Without a word of warning: what lies on the disk then is what a stolen disk would hold, the write-ahead log included. */
  readonly kill: () => Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A whole cell as a process of its own: what it prints is what an operator's log would hold. */
export async function startCell(order: CellOrder): Promise<StartedCell> {
  const child = fork(join(import.meta.dirname, 'cell-process.ts'), [JSON.stringify(order)], { silent: true })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => void chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => void chunks.push(chunk))
  const printed = () => Buffer.concat(chunks)
  const gone = once(child, 'exit')
  const ended = gone.then(() => [{ fault: `the cell ended: ${printed().toString().slice(-2000)}` }])
  const answer = async (): Promise<void> => {
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [{ fault?: string }]
    if (said.fault !== undefined) throw new Error(said.fault)
  }
  await answer()
  const baseUrl = `http://127.0.0.1:${order.port}`
  const tokenFor = developmentTokens(baseUrl)
  return {
    baseUrl,
    dataDir: order.dataDir,
    tokenFor,
    as: (sub) => apiClient(baseUrl, tokenFor(sub)),
    printed,
    run: async (errand) => {
      child.send(errand)
      await answer()
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
