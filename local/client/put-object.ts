import { createReadStream, type ReadStream } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { Agent as TlsAgent, request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'

export interface PutRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** The part of a file that one request sends. */
export interface FileRange {
  readonly path: string
  readonly from: number
  readonly toExclusive: number
}

const agents = {
  'http:': new Agent({ keepAlive: true, maxSockets: 64 }),
  'https:': new TlsAgent({ keepAlive: true, maxSockets: 64 }),
}

/** Frees the sockets kept open; a command-line run ends with this. */
export const closeConnections = (): void => Object.values(agents).forEach((agent) => agent.destroy())

function send(put: PutRequest, length: number, body: ReadStream): Promise<number> {
  const url = new URL(put.url)
  const isTls = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const options = { method: 'PUT', headers: { ...put.headers, 'content-length': String(length) } }
    const request = isTls
      ? httpsRequest(url, { ...options, agent: agents['https:'] })
      : httpRequest(url, { ...options, agent: agents['http:'] })
    request.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject)
    // Otherwise the server waits for bytes that never come.
    body.on('end', () => {
      if (body.bytesRead < length) request.destroy(new Error('the file is shorter than was announced'))
    })
    pipeline(body, request).catch(reject)
  })
}

/** Streams a range of a file into a presigned URL; answers the status. Node's fetch would send it chunked and break the signed length. */
export const putFileRange = (put: PutRequest, { path, from, toExclusive }: FileRange): Promise<number> =>
  send(put, toExclusive - from, createReadStream(path, { start: from, end: toExclusive - 1 }))
