import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly origin: string
  /** Takes no new connection, lets what runs end, and cuts what has not ended after `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Whether other threads listen on it too. */
  readonly sharesPort?: boolean
}

/** A peer that sends nothing for so long is gone; an object over a slow line may take as long as it likes. */
const IDLE_MS = 120_000

const originOf = ({ address, family, port }: AddressInfo): string => {
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}

export const listen = async (
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { host, port, sharesPort = false }: ListenOptions,
): Promise<Listening> => {
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 10_000 },
    (request, response) => {
      void serve(request, response)
    },
  )
  server.timeout = IDLE_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, reusePort: sharesPort }, resolve)
  })
  return {
    origin: originOf(server.address() as AddressInfo),
    stop: async (graceMs = 10_000) => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}
