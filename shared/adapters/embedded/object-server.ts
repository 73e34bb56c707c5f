import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { bucketClasses } from '../../contracts/bucket-classes.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { ObjectRef } from '../../ports/object-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import { verifyQuery } from '../sigv4/verify-query.ts'
import { streamObject } from './disk-object-store.ts'
import { allowOrigin, answerPreflight } from './object-cors.ts'
import type { CountingPlace, ReceivingPlace, VerifiedRequest } from './object-upload.ts'
import { receiveObject, receivePart } from './object-upload.ts'
import type { ObjectAccess } from './presigned-requests.ts'
import { LONGEST_GET_SECONDS, LONGEST_PUT_SECONDS } from './presigned-requests.ts'
import { answerFault, S3Fault } from './s3-answers.ts'

export interface ObjectServerOptions extends ReceivingPlace, Pick<ObjectAccess, 'credentials' | 'region'> {
  readonly clock: Clock
  readonly corsOrigins: readonly string[]
  readonly onFault: (fault: unknown) => void
}

const BucketSchema = z.enum(bucketClasses)

const refOf = (path: string): ObjectRef => {
  const [, bucket, key] = /^\/([^/]*)\/(.+)$/s.exec(path) ?? []
  const known = BucketSchema.safeParse(bucket)
  if (!known.success || key === undefined) throw new S3Fault('NoSuchBucket', 'The bucket does not exist')
  return { bucket: known.data, key }
}

const verified = (request: IncomingMessage, options: ObjectServerOptions): VerifiedRequest => {
  const { credentials, region, clock } = options
  const { method = '', url = '', headersDistinct } = request
  const verdict = verifyQuery(
    { method, target: url, headers: headersDistinct },
    (given) => (given === credentials.accessKeyId ? credentials : undefined),
    { now: Date.parse(clock.now()), region },
  )
  if (verdict.outcome === 'refused') throw new S3Fault(verdict.code, verdict.why)
  const longest = method === 'PUT' ? LONGEST_PUT_SECONDS : LONGEST_GET_SECONDS
  if (Number(verdict.query.get('X-Amz-Expires')) > longest) throw new S3Fault('AccessDenied', 'The expiry is too long')
  return { ref: refOf(verdict.path), query: verdict.query, signed: verdict.signedHeaders }
}

/** One range, as S3 serves it; a header it cannot read is ignored, and the whole object sent. */
const rangeOf = (header: string | undefined, bytes: number): { from: number; toExclusive: number } | undefined => {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const from = first === '' ? Math.max(bytes - Number(last), 0) : Number(first)
  const toExclusive = first === '' || last === '' ? bytes : Math.min(Number(last) + 1, bytes)
  if (from >= toExclusive) throw new S3Fault('InvalidRange', 'The range is outside the object')
  return { from, toExclusive }
}

const sendObject = async (
  request: IncomingMessage,
  response: ServerResponse,
  { desk, files }: ReceivingPlace,
  { ref, query }: VerifiedRequest,
): Promise<void> => {
  const object = await desk.find(ref)
  if (object === undefined) throw new S3Fault('NoSuchKey', 'The object does not exist')
  const range = rangeOf(request.headers.range, object.bytes)
  const { from, toExclusive } = range ?? { from: 0, toExclusive: object.bytes }
  const optional = {
    'cache-control': query.get('response-cache-control'),
    'content-disposition': query.get('response-content-disposition'),
    'content-range': range && `bytes ${from}-${toExclusive - 1}/${object.bytes}`,
  }
  response.writeHead(range === undefined ? 200 : 206, {
    'content-type': query.get('response-content-type') ?? object.contentType,
    'content-length': toExclusive - from,
    'accept-ranges': 'bytes',
    // What an object holds is never for the browser to guess: it comes from outside.
    'x-content-type-options': 'nosniff',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(streamObject({ files }, object, from, toExclusive), response)
}

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: ObjectServerOptions & CountingPlace,
): Promise<void> => {
  const verifiedRequest = verified(request, options)
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      await sendObject(request, response, options, verifiedRequest)
      return
    case 'PUT': {
      const receive = verifiedRequest.query.has('uploadId') ? receivePart : receiveObject
      const headers = await receive(request, options, verifiedRequest)
      response.writeHead(200, { 'content-length': 0, ...headers })
      response.end()
      return
    }
    default:
      throw new S3Fault('MethodNotAllowed', 'The method is not allowed against an object')
  }
}

const faultOf = (error: unknown): S3Fault => {
  if (error instanceof S3Fault) return error
  if (error instanceof Refusal && error.code === 'not-found')
    return new S3Fault('NoSuchKey', 'The object does not exist')
  return new S3Fault('InternalError', 'Unexpected error')
}

/** The client has gone, in the middle of its upload or of its download: nobody is to be answered, and nothing has failed. */
const hasHungUp = (request: IncomingMessage, error: unknown): boolean =>
  (request.destroyed && !request.complete) ||
  (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')

/** Serves presigned requests as S3 does: signature, expiry, signed headers, length, SHA-256 and create-only are enforced. */
export const objectServer = (options: ObjectServerOptions) => {
  const place = { ...options, comingIn: new Map<string, number>() }
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    allowOrigin(request, response, options.corsOrigins)
    if (request.method === 'OPTIONS') {
      answerPreflight(response)
      return
    }
    try {
      await serve(request, response, place)
    } catch (error) {
      if (hasHungUp(request, error)) return
      const fault = faultOf(error)
      if (fault.code === 'InternalError') options.onFault(error)
      if (response.headersSent) response.destroy()
      else answerFault(response, fault, request.method === 'HEAD')
    }
  }
}
