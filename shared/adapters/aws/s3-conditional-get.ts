import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Clock } from '../../ports/surroundings.ts'
import { dayKey, type SigningCredentials } from '../sigv4/day-key.ts'
import { signQuery } from '../sigv4/sign-query.ts'
import { s3Addressing } from './s3-addressing.ts'

export type ConditionalAnswer =
  | { readonly outcome: 'changed'; readonly body: string; readonly etag: string | undefined }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'absent' }

/** Asks for an object unless it still has the ETag that is known. */
export type ConditionalGet = (key: string, knownEtag: string | undefined) => Promise<ConditionalAnswer>

export interface SmallObjectBucket {
  readonly region: string
  readonly bucketName: string
  readonly accountId: string
  readonly clock: Clock
  readonly credentials: () => SigningCredentials
  readonly endpointUrl?: string | undefined
}

const timeoutMs = 5_000
const largestBytes = 64 * 1024 * 1024

const send = (url: string, headers: Record<string, string>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? secureRequest : plainRequest
    const sent = request(url, { headers, timeout: timeoutMs }, resolve)
    sent.on('timeout', () => sent.destroy(new Error('S3 did not answer in time')))
    sent.on('error', reject)
    sent.end()
  })

const textOf = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > largestBytes) throw new Error('the object is larger than a configuration can be')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const judge = async (message: IncomingMessage): Promise<ConditionalAnswer> => {
  const body = await textOf(message)
  switch (message.statusCode) {
    case 200:
      return { outcome: 'changed', body, etag: message.headers.etag }
    case 304:
      return { outcome: 'unchanged' }
    case 404:
      return { outcome: 'absent' }
    default:
      throw new Error(`S3 answered ${message.statusCode ?? 'nothing'}`)
  }
}

/**
 * One GET by the project's own signer. Nine of the functions need S3 for nothing but the network definition, and its client
 * is a fifth of their code: time that a cold start would take from a stroke case.
 */
export const s3ConditionalGet = (bucket: SmallObjectBucket): ConditionalGet => {
  const address = s3Addressing(bucket.region, bucket.endpointUrl)
  return async (key, knownEtag) => {
    const at = bucket.clock.now()
    const { origin, host, path } = address(bucket.bucketName, key)
    const headers = { 'x-amz-expected-bucket-owner': bucket.accountId }
    const query = signQuery(
      dayKey(bucket.credentials(), { at, region: bucket.region }),
      { method: 'GET', host, path, headers },
      { at, expiresInSeconds: 60 },
    )
    return judge(
      await send(`${origin}${query}`, {
        ...headers,
        ...(knownEtag === undefined ? {} : { 'if-none-match': knownEtag }),
      }),
    )
  }
}
