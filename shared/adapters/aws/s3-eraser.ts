import {
  DeleteObjectsCommand,
  GetObjectRetentionCommand,
  ListMultipartUploadsCommand,
  type _Error as DeleteError,
} from '@aws-sdk/client-s3'
import type { BucketClass } from '../../contracts/bucket-classes.ts'
import type { Instant } from '../../domain/instant.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Eraser } from '../../ports/eraser.ts'
import { locate, type CellBuckets } from './cell-buckets.ts'
import { abortUpload } from './s3-multipart.ts'
import { hasStatus, isMissing } from './s3-object-store.ts'
import { placeOf, versionsUnder, type Version } from './s3-versions.ts'

type Named = Pick<Version, 'Key' | 'VersionId'>
const named = ({
  Key = '',
  VersionId = 'null',
}: {
  Key?: string | undefined
  VersionId?: string | undefined
}): Named => ({
  Key,
  VersionId,
})

const ATTEMPTS = 4
const AT_ONCE = 50
/** S3's own words for a key of a batch that it asks to be sent again. */
const again = new Set(['InternalError', 'SlowDown', 'ServiceUnavailable', 'RequestTimeout', 'OperationAborted'])

async function lockOf(
  buckets: CellBuckets,
  bucket: BucketClass,
  { Key, VersionId }: Named,
): Promise<Instant | undefined> {
  try {
    const asked = { ...locate(buckets, { bucket, key: Key }), VersionId }
    const { Retention } = await buckets.client.send(new GetObjectRetentionCommand(asked))
    const until = Retention?.RetainUntilDate
    return until !== undefined && until.getTime() > Date.now() ? until.toISOString() : undefined
  } catch (error) {
    // 404: an object that was never put under a lock; 400: a bucket that has none.
    if (isMissing(error) || hasStatus(error, 400)) return undefined
    throw error
  }
}

async function refuseKept(buckets: CellBuckets, bucket: BucketClass, kept: readonly DeleteError[]): Promise<never> {
  const locks: Instant[] = []
  for (let at = 0; at < kept.length; at += AT_ONCE) {
    const some = kept.slice(at, at + AT_ONCE).map((one) => lockOf(buckets, bucket, named(one)))
    locks.push(...(await Promise.all(some)).filter((until) => until !== undefined))
  }
  const until = locks.sort().at(-1)
  if (until !== undefined) throw new Refusal('erasure-locked', { until, objects: kept.length })
  // Neither a lock nor an overload: a missing right is a fault, and its message names no key.
  throw new Error(`${kept.length} objects of ${bucket} were not deleted: ${kept[0]?.Code ?? 'no reason given'}`)
}

/** Answers what S3 would not delete; what it asks to be sent again is. */
async function deleteBatch(
  buckets: CellBuckets,
  bucket: BucketClass,
  versions: readonly Version[],
): Promise<DeleteError[]> {
  let left = versions.map(named)
  const kept: DeleteError[] = []
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    const Delete = { Objects: left, Quiet: true }
    const { Errors = [] } = await buckets.client.send(new DeleteObjectsCommand({ ...placeOf(buckets, bucket), Delete }))
    kept.push(...Errors.filter(({ Code = '' }) => !again.has(Code)))
    left = Errors.filter(({ Code = '' }) => again.has(Code)).map(named)
  }
  if (left.length > 0) throw new Refusal('busy', { what: 'objects' })
  return kept
}

/** Parts of uploads that nobody completed are in no listing of objects. */
async function abortUploads(buckets: CellBuckets, bucket: BucketClass, Prefix: string): Promise<void> {
  for (;;) {
    const listed = await buckets.client.send(new ListMultipartUploadsCommand({ ...placeOf(buckets, bucket), Prefix }))
    for (const { Key = '', UploadId = '' } of listed.Uploads ?? [])
      await abortUpload(buckets, { bucket, key: Key }, UploadId)
    if (listed.IsTruncated !== true) return
  }
}

/** Each version and marker goes by its id: without one, S3 would only put a marker over what it keeps. */
export const s3Eraser = (buckets: CellBuckets): Omit<Eraser, 'eraseDeadLetters'> => ({
  lockedUntil: async (bucket, prefix) => {
    let newest: Version | undefined
    for await (const versions of versionsUnder(buckets, bucket, prefix))
      for (const one of versions) if (!one.marker && one.writtenAt >= (newest?.writtenAt ?? 0)) newest = one
    return newest === undefined ? undefined : lockOf(buckets, bucket, newest)
  },
  eraseUnder: async (bucket, prefix) => {
    await abortUploads(buckets, bucket, prefix)
    let [objects, bytes] = [0, 0]
    const kept: DeleteError[] = []
    for await (const versions of versionsUnder(buckets, bucket, prefix)) {
      if (versions.length === 0) continue
      const still = await deleteBatch(buckets, bucket, versions)
      kept.push(...still)
      const keptHere = new Set(still.map((one) => JSON.stringify(named(one))))
      const gone = versions.filter((one) => !one.marker && !keptHere.has(JSON.stringify(named(one))))
      objects += gone.length
      bytes += gone.reduce((sum, one) => sum + one.bytes, 0)
    }
    // Only now: what could go is gone, and a repeat has only what the lock held.
    return kept.length === 0 ? { objects, bytes } : refuseKept(buckets, bucket, kept)
  },
  // Neither S3 nor DynamoDB lets a tenant overwrite what it has deleted.
  scrub: () => Promise.resolve(),
})
