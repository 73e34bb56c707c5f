import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import type { ObjectRef } from '../../ports/object-store.ts'
import type { NewFile } from './new-file.ts'
import type { ObjectDesk } from './object-desk.ts'
import type { ObjectFiles } from './object-files.ts'
import { S3Fault } from './s3-answers.ts'

export interface VerifiedRequest {
  readonly ref: ObjectRef
  readonly query: ReadonlyMap<string, string>
  /** The headers that were signed, with the values that were sent. */
  readonly signed: ReadonlyMap<string, string>
}

export interface ReceivingPlace {
  readonly files: ObjectFiles
  readonly desk: ObjectDesk
}

/** A place that counts what comes in, by where it is to lie. */
export interface CountingPlace extends ReceivingPlace {
  readonly comingIn: Map<string, number>
}

/**
 * A sender whose line broke sends again while the old request still hangs; no honest one has more under way for one object. Without
 * a bound one URL, sent a thousand times and never to its end, would hold a thousand files of the object's length.
 */
const MOST_AT_ONCE = 3

const counted = async <Result>(
  { comingIn }: CountingPlace,
  { ref, query }: VerifiedRequest,
  work: () => Promise<Result>,
): Promise<Result> => {
  const where = JSON.stringify([ref.bucket, ref.key, query.get('partNumber')])
  const before = comingIn.get(where) ?? 0
  if (before >= MOST_AT_ONCE) throw new S3Fault('SlowDown', 'The object is being sent already')
  comingIn.set(where, before + 1)
  try {
    return await work()
  } finally {
    const left = (comingIn.get(where) ?? 1) - 1
    if (left === 0) comingIn.delete(where)
    else comingIn.set(where, left)
  }
}

type AnswerHeaders = Readonly<Record<string, string>>

const CHECKSUM = 'x-amz-checksum-sha256'
const SIGNED_BY_AN_UPLOAD = ['content-length', 'content-type', 'if-none-match', CHECKSUM]

/** Our own signer signs them all; a request without one would leave the body or the create-only rule unbound. */
const demandSigned = ({ signed }: VerifiedRequest, names: readonly string[]): void => {
  if (names.some((name) => !signed.has(name))) throw new S3Fault('AccessDenied', 'A header that must be signed is not')
}

/**
 * Streams the body to the file and gives its digest. Node's own parser never gives more than Content-Length. Taken as it comes in,
 * chunk by chunk: an async iterator stops and starts the socket again at each.
 */
const receiveBody = async (request: IncomingMessage, file: NewFile, bytes: number): Promise<Buffer> => {
  const digest = createHash('sha256')
  let received = 0
  let fault: Error | undefined
  request.on('data', (chunk: Buffer) => {
    if (fault !== undefined) return
    try {
      received += chunk.byteLength
      digest.update(chunk)
      file.write(chunk)
    } catch (error) {
      fault = error instanceof Error ? error : new Error('the file could not be written', { cause: error })
    }
  })
  await finished(request, { writable: false })
  if (fault !== undefined) throw fault
  if (received !== bytes) throw new S3Fault('IncompleteBody', 'The body is not as long as Content-Length says')
  return digest.digest()
}

interface Received {
  readonly file: NewFile
  readonly bytes: number
  readonly digest: Buffer
}

/** A file with the whole body, its digest checked; whatever goes wrong, nothing of it stays. */
const receive = async (
  request: IncomingMessage,
  { files }: ReceivingPlace,
  { signed }: VerifiedRequest,
): Promise<Received> => {
  const file = await files.create()
  try {
    const bytes = Number(signed.get('content-length'))
    const digest = await receiveBody(request, file, bytes)
    const promised = signed.get(CHECKSUM)
    if (promised !== undefined && promised !== digest.toString('base64'))
      throw new S3Fault('BadDigest', 'The SHA-256 of the body is not the one that was signed')
    return { file, bytes, digest }
  } catch (error) {
    await file.discard()
    throw error
  }
}

/** PUT of a whole object: it is answered only when bytes, row and what its arrival causes are on the disk. */
export const receiveObject = async (
  request: IncomingMessage,
  place: CountingPlace,
  verified: VerifiedRequest,
): Promise<AnswerHeaders> => {
  demandSigned(verified, SIGNED_BY_AN_UPLOAD)
  const { ref, signed } = verified
  // Only what lies there is looked at again after a power cut (`dropHalfReceived`), and so may be synced together with its row.
  if (ref.bucket !== 'incoming') throw new S3Fault('AccessDenied', 'The bucket takes no object from outside')
  if (signed.get('if-none-match') !== '*') throw new S3Fault('InvalidArgument', 'If-None-Match must be *')
  const { file, bytes, digest } = await counted(place, verified, () => receive(request, place, verified))
  const { name, descriptor } = file
  const sha256 = digest.toString('hex')
  const contentType = signed.get('content-type') ?? ''
  const object = { name, descriptor, bytes, sha256, contentType }
  const outcome = await place.desk.receive(ref.key, object).finally(() => file.close())
  if (outcome === 'exists') throw new S3Fault('PreconditionFailed', 'The object exists already')
  return { etag: `"${sha256.slice(0, 32)}"`, [CHECKSUM]: digest.toString('base64') }
}

/** PUT of one part. A part may come again and replaces the one before, as on S3: a resumed upload repeats what it must. */
export const receivePart = async (
  request: IncomingMessage,
  place: CountingPlace,
  verified: VerifiedRequest,
): Promise<AnswerHeaders> => {
  demandSigned(verified, ['content-length'])
  const { ref, query } = verified
  const multipartId = query.get('uploadId') ?? ''
  const partNumber = Number(query.get('partNumber'))
  if (!(partNumber >= 1 && partNumber <= 10_000)) throw new S3Fault('InvalidArgument', 'A part number is 1 to 10000')
  const noUpload = new S3Fault('NoSuchUpload', 'The upload does not exist, is complete or was given up')
  if (!(await place.desk.isOpen(ref, multipartId))) throw noUpload
  const { file, bytes, digest } = await counted(place, verified, () => receive(request, place, verified))
  await file.keep()
  if (!(await place.desk.savePart(ref, multipartId, { partNumber, bytes }, file.name))) throw noUpload
  return { etag: `"${digest.toString('hex').slice(0, 32)}"`, [CHECKSUM]: digest.toString('base64') }
}
