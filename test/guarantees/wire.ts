import { Agent, request } from 'node:http'

export interface WireRequest {
  readonly method: string
  readonly url: string
  /** A list is sent as so many header lines. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Uint8Array | string
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

export const closeWire = (): void => agent.destroy()

/** Exactly these headers and this target on the wire; 0 where the server cut the connection or no answer could be read. */
export const ask = ({ method, url, headers, body }: WireRequest): Promise<WireAnswer> =>
  new Promise((resolve) => {
    const { hostname, port, host } = new URL(url)
    const path = url.slice(url.indexOf(host) + host.length)
    const nothing = (): void => resolve({ status: 0, headers: {}, body: '' })
    const lines = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    )
    try {
      const sending = request({ hostname, port, path, method, headers: { host, ...lines }, agent, timeout: 20_000 })
      sending.on('error', nothing)
      sending.on('timeout', () => void sending.destroy(new Error('timed out')))
      sending.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk))
        answer.on('error', nothing)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('latin1')
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text })
        })
      })
      sending.end(body)
    } catch {
      // Node itself refuses to put it on the wire.
      nothing()
    }
  })
