import { request } from 'node:http'

export interface RawRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Send this many bytes, then drop the connection. */
  readonly dropAfterBytes?: number
  /** Hangs up while the answer is still coming. */
  readonly leaveAtFirstChunk?: boolean
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

/** Exactly these headers on the wire: fetch sets its own Content-Length and Host, which are what is under test. */
export const sendRaw = ({
  method,
  url,
  headers,
  body = new Uint8Array(),
  dropAfterBytes,
  leaveAtFirstChunk = false,
}: RawRequest): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method, headers: { ...headers }, agent: false })
    sending.on('error', reject)
    sending.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (leaveAtFirstChunk) sending.destroy(new Error('left on purpose'))
      })
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) })
      })
    })
    if (dropAfterBytes === undefined) {
      sending.end(body)
      return
    }
    sending.write(body.subarray(0, dropAfterBytes), () => {
      setTimeout(() => sending.destroy(new Error('dropped on purpose')), 100)
    })
  })
