import type { BucketClass } from '../../contracts/bucket-classes.ts'
import { instantFromEpochMs } from '../../domain/instant.ts'
import type { DownloadSigner, ObjectRef, SignedRequest, UploadBinding, UploadSigner } from '../../ports/object-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import { encodeSegment } from '../sigv4/canonical.ts'
import { dayKey, type DayKey } from '../sigv4/day-key.ts'
import { signQuery, type QueryToSign } from '../sigv4/sign-query.ts'
import { arnOfRegion } from './own-region.ts'
import { s3Addressing } from './s3-addressing.ts'
import { s3Multipart } from './s3-multipart.ts'
import { locate, type CellBuckets } from './s3-object-store.ts'

export interface PresigningCell extends CellBuckets {
  readonly region: string
  /** Row of the residency policy; each uploaded object is tagged with it (controls RES-08). */
  readonly origin: string
  readonly clock: Clock
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
const startBatch = async (cell: PresigningCell, method: 'PUT' | 'GET', expiresInSeconds: number): Promise<Batch> => {
  if (expiresInSeconds > longest[method]) throw new RangeError(`a ${method} URL lives at most ${longest[method]} s`)
  const credentials = await cell.client.config.credentials()
  const at = cell.clock.now()
  const planned = Date.parse(at) + expiresInSeconds * 1000
  // S3 refuses the URL once the credentials that signed it have lapsed, whatever the URL says.
  const expiresAt = instantFromEpochMs(Math.min(planned, credentials.expiration?.getTime() ?? planned))
  return { day: dayKey(credentials, { at, region: cell.region }), at, expiresInSeconds, expiresAt }
}

const signer = (cell: PresigningCell) => {
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

/** Names the object as an attachment: ASCII for old clients, RFC 8187 for the rest; nothing in it can end the header. */
const attachment = (fileName: string): string =>
  `attachment; filename="${fileName.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encodeSegment(fileName)}`

/** Signed uploads: every header of controls UP-01, create-only. */
export const s3UploadSigner = (cell: PresigningCell): UploadSigner => {
  const sign = signer(cell)
  const tagging = `residency=${encodeURIComponent(cell.origin)}`

  const putHeaders = ({ bucket }: ObjectRef, binding: UploadBinding): Record<string, string> => {
    const keyArn = cell.keyArns[bucket]
    if (keyArn === undefined) throw new Error(`this function may not sign uploads to ${bucket}`)
    return {
      'content-length': String(binding.bytes),
      'content-type': binding.contentType,
      'if-none-match': '*',
      'x-amz-checksum-sha256': Buffer.from(binding.sha256, 'hex').toString('base64'),
      'x-amz-expected-bucket-owner': cell.accountId,
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': arnOfRegion(cell.region, keyArn),
      'x-amz-tagging': tagging,
    }
  }

  return {
    signPuts: async (requests, expiresInSeconds) => {
      const batch = await startBatch(cell, 'PUT', expiresInSeconds)
      return requests.map(({ ref, binding }) => sign(batch, ref, { method: 'PUT', headers: putHeaders(ref, binding) }))
    },
    signParts: async (ref, multipartId, parts, expiresInSeconds) => {
      const batch = await startBatch(cell, 'PUT', expiresInSeconds)
      return parts.map(({ partNumber, bytes }) =>
        sign(batch, ref, {
          method: 'PUT',
          headers: { 'content-length': String(bytes), 'x-amz-expected-bucket-owner': cell.accountId },
          query: { partNumber: String(partNumber), uploadId: multipartId },
        }),
      )
    },
    ...s3Multipart(cell, tagging),
  }
}

export const s3DownloadSigner = (cell: PresigningCell): DownloadSigner => {
  const sign = signer(cell)
  return {
    signGets: async (requests, expiresInSeconds) => {
      const batch = await startBatch(cell, 'GET', expiresInSeconds)
      return requests.map(({ ref, fileName, contentType }) =>
        sign(batch, ref, {
          method: 'GET',
          query: {
            'response-cache-control': 'no-store',
            'response-content-disposition': attachment(fileName),
            'response-content-type': contentType,
          },
        }),
      )
    },
  }
}
