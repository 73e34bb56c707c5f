import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { requireRight } from '../../domain/access/right.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { ObjectHead, ObjectRef, ObjectStore } from '../../ports/object-store.ts'
import { encodePath } from '../sigv4/canonical.ts'
import { locate, type CellBuckets } from './cell-buckets.ts'
import { whileKeyIsThere } from './key-state.ts'

export const isMissing = (error: unknown): boolean => hasStatus(error, 404)

export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status

const refuseMissing = (error: unknown): never => {
  if (isMissing(error)) throw new Refusal('not-found', {}, error)
  throw error
}

const toHex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

/** Objects of the cell's buckets. Encryption under the class's own key is the default of each bucket. */
export const s3ObjectStore = (buckets: CellBuckets): ObjectStore => {
  const { client, accountId } = buckets

  const head = async (ref: ObjectRef): Promise<ObjectHead | undefined> => {
    try {
      const found = await client.send(new HeadObjectCommand({ ...locate(buckets, ref), ChecksumMode: 'ENABLED' }))
      // The checksum of a multipart object is one over its parts' checksums, not the SHA-256 of its bytes.
      const whole = found.ChecksumType !== 'COMPOSITE' && found.ChecksumSHA256?.includes('-') === false
      return {
        bytes: found.ContentLength ?? 0,
        ...(whole && found.ChecksumSHA256 !== undefined ? { sha256: toHex(found.ChecksumSHA256) } : {}),
        ...(found.ContentType === undefined ? {} : { contentType: found.ContentType }),
      }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  const readRange = async (ref: ObjectRef, from: number, toExclusive: number): Promise<Uint8Array> => {
    if (toExclusive <= from) return new Uint8Array()
    try {
      const Range = `bytes=${from}-${toExclusive - 1}`
      const { Body } = await client.send(new GetObjectCommand({ ...locate(buckets, ref), Range }))
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray()
    } catch (error) {
      if (hasStatus(error, 416)) return new Uint8Array()
      return refuseMissing(error)
    }
  }

  const stream = async (ref: ObjectRef): Promise<AsyncIterable<Uint8Array>> => {
    try {
      const { Body } = await client.send(new GetObjectCommand(locate(buckets, ref)))
      return (Body ?? []) as AsyncIterable<Uint8Array>
    } catch (error) {
      return refuseMissing(error)
    }
  }

  const tryPut = async (ref: ObjectRef, bytes: Uint8Array, contentType: string, replace: boolean) => {
    try {
      await client.send(
        new PutObjectCommand({
          ...locate(buckets, ref),
          Body: bytes,
          ContentLength: bytes.byteLength,
          ContentType: contentType,
          // A locked bucket takes no object without a checksum, and `head` answers with this one.
          ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
          ...(replace ? {} : { IfNoneMatch: '*' }),
        }),
      )
      return 'stored'
    } catch (error) {
      if (!replace && hasStatus(error, 412)) return 'exists'
      // Two creators of one key at the same instant: S3 asks the loser to try again, and then tells it.
      if (hasStatus(error, 409)) return 'conflict'
      throw error
    }
  }

  const put: ObjectStore['put'] = async (ref, bytes, { contentType, replace = false }) => {
    for (let tried = 0; tried < 4; tried += 1) {
      const outcome = await tryPut(ref, bytes, contentType, replace)
      if (outcome !== 'conflict') return outcome
    }
    throw new Refusal('busy')
  }

  const copy = async (from: ObjectRef, to: ObjectRef): Promise<void> => {
    const source = locate(buckets, from)
    try {
      await client.send(
        new CopyObjectCommand({
          ...locate(buckets, to),
          CopySource: `${source.Bucket}/${encodePath(source.Key)}`,
          ExpectedSourceBucketOwner: accountId,
          // Gives the copy a SHA-256 over all its bytes, even where the source came in parts.
          ChecksumAlgorithm: 'SHA256',
        }),
      )
    } catch (error) {
      if (!isMissing(error)) throw error
      // The copy was made and its source removed before an earlier run was cut short: that is success.
      if ((await head(to)) === undefined) refuseMissing(error)
    }
  }

  const remove = async (ref: ObjectRef): Promise<void> => {
    await client.send(new DeleteObjectCommand(locate(buckets, ref)))
  }

  return {
    head,
    readRange: async (by, ref, from, toExclusive) => {
      requireRight(by, ref.key)
      return whileKeyIsThere(() => readRange(ref, from, toExclusive))
    },
    stream: async (by, ref) => {
      requireRight(by, ref.key)
      return whileKeyIsThere(() => stream(ref))
    },
    put: (ref, bytes, options) => whileKeyIsThere(() => put(ref, bytes, options)),
    copy: (from, to) => whileKeyIsThere(() => copy(from, to)),
    remove,
  }
}
