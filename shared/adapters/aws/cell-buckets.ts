import type { S3Client } from '@aws-sdk/client-s3'
import type { BucketClass } from '../../contracts/bucket-classes.ts'
import type { ObjectRef } from '../../ports/object-store.ts'

export interface BucketNames {
  /** Account that must own each bucket: a name taken over by another account is then refused by S3. */
  readonly accountId: string
  readonly bucketNames: Readonly<Partial<Record<BucketClass, string>>>
}

export interface CellBuckets extends BucketNames {
  readonly client: S3Client
}

/** The bucket and key of an object, as every S3 request names them. */
export const locate = ({ accountId, bucketNames }: BucketNames, { bucket, key }: ObjectRef) => {
  const Bucket = bucketNames[bucket]
  if (Bucket === undefined) throw new Error(`this function was given no ${bucket} bucket`)
  return { Bucket, Key: key, ExpectedBucketOwner: accountId }
}
