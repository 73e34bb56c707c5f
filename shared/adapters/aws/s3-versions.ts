import {
  ListObjectVersionsCommand,
  type DeleteMarkerEntry,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
} from '@aws-sdk/client-s3'
import type { BucketClass } from '../../contracts/bucket-classes.ts'
import { locate, type CellBuckets } from './cell-buckets.ts'

export interface Version {
  readonly Key: string
  readonly VersionId: string
  readonly bytes: number
  readonly writtenAt: number
  /** Stands for a deletion: it has no bytes and no lock. */
  readonly marker: boolean
}

/** As many as a page of a listing holds and one request may delete. */
const PAGE = 1000

const versionOf = (one: ObjectVersion | DeleteMarkerEntry, marker: boolean): Version => ({
  Key: one.Key ?? '',
  VersionId: one.VersionId ?? 'null',
  bytes: 'Size' in one ? (one.Size ?? 0) : 0,
  writtenAt: one.LastModified?.getTime() ?? 0,
  marker,
})

/** The bucket as requests about no one object name it. */
export const placeOf = (buckets: CellBuckets, bucket: BucketClass) => {
  const { Bucket, ExpectedBucketOwner } = locate(buckets, { bucket, key: '' })
  return { Bucket, ExpectedBucketOwner }
}

/** Everything under a prefix that S3 still holds, a page at a time. */
export async function* versionsUnder(
  buckets: CellBuckets,
  bucket: BucketClass,
  Prefix: string,
): AsyncGenerator<Version[]> {
  let [KeyMarker, VersionIdMarker]: (string | undefined)[] = []
  for (;;) {
    const page: ListObjectVersionsCommandOutput = await buckets.client.send(
      new ListObjectVersionsCommand({
        ...placeOf(buckets, bucket),
        Prefix,
        MaxKeys: PAGE,
        ...(KeyMarker === undefined ? {} : { KeyMarker }),
        ...(VersionIdMarker === undefined ? {} : { VersionIdMarker }),
      }),
    )
    yield [
      ...(page.Versions ?? []).map((one) => versionOf(one, false)),
      ...(page.DeleteMarkers ?? []).map((one) => versionOf(one, true)),
    ]
    if (page.IsTruncated !== true) return
    KeyMarker = page.NextKeyMarker
    VersionIdMarker = page.NextVersionIdMarker
  }
}
