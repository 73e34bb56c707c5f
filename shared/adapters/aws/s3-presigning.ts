import type { BucketClass } from '../../contracts/bucket-classes.ts'
import { instantFromEpochMs } from '../../domain/instant.ts'
import type { ObjectRef, SignedRequest } from '../../ports/object-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import { dayKey, type DayKey } from '../sigv4/day-key.ts'
import { signQuery, type QueryToSign } from '../sigv4/sign-query.ts'
import { s3Addressing } from './s3-addressing.ts'
import { locate, type BucketNames } from './cell-buckets.ts'
import type { RoleCredentials } from './role-credentials.ts'

export interface PresigningCell extends BucketNames {
  readonly region: string
  /** Row of the residency policy; each uploaded object is tagged with it (controls RES-08). */
  readonly origin: string
  readonly clock: Clock
  readonly credentials: () => RoleCredentials | Promise<RoleCredentials>
  /** Key of each bucket that is uploaded to; the signed header binds it. */
  readonly keyArns: Readonly<Partial<Record<BucketClass, string>>>
  /** AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL where one is set. */
  readonly endpointUrl?: string | undefined
}

/** Longest life of a signed request in seconds (controls UP-02); the bucket policy refuses an older signature too. */
const longest = { PUT: 900, GET: 300 } as const

interface Batch {
  readonly day: DayKey
  readonly at: string
  readonly expiresInSeconds: number
  readonly expiresAt: string
}

/** One derivation of the day's key for a whole page of URLs. */
export const startBatch = async (
  cell: PresigningCell,
  method: 'PUT' | 'GET',
  expiresInSeconds: number,
): Promise<Batch> => {
  if (expiresInSeconds > longest[method]) throw new RangeError(`a ${method} URL lives at most ${longest[method]} s`)
  const credentials = await cell.credentials()
  const at = cell.clock.now()
  const planned = Date.parse(at) + expiresInSeconds * 1000
  // S3 refuses the URL once the credentials that signed it have lapsed, whatever the URL says.
  const expiresAt = instantFromEpochMs(Math.min(planned, Date.parse(credentials.expiresAt ?? '') || planned))
  return { day: dayKey(credentials, { at, region: cell.region }), at, expiresInSeconds, expiresAt }
}

export const s3RequestSigner = (cell: PresigningCell) => {
  const addressing = s3Addressing(cell.region, cell.endpointUrl)
  return (
    batch: Batch,
    ref: ObjectRef,
    request: Pick<QueryToSign, 'headers' | 'query'> & { method: 'PUT' | 'GET' },
  ) => {
    const { Bucket, Key } = locate(cell, ref)
    const { origin, host, path } = addressing(Bucket, Key)
    const signed: SignedRequest = {
      method: request.method,
      url: `${origin}${signQuery(batch.day, { ...request, host, path }, batch)}`,
      headers: request.headers ?? {},
      expiresAt: batch.expiresAt,
    }
    return signed
  }
}
