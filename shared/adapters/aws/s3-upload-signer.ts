import type { ObjectRef, UploadBinding, UploadSigner } from '../../ports/object-store.ts'
import type { CellBuckets } from './cell-buckets.ts'
import { arnOfRegion } from './own-region.ts'
import { s3Multipart } from './s3-multipart.ts'
import { s3RequestSigner, startBatch, type PresigningCell } from './s3-presigning.ts'

/** Signed uploads: every header of controls UP-01, create-only. */
export const s3UploadSigner = (cell: PresigningCell & CellBuckets): UploadSigner => {
  const sign = s3RequestSigner(cell)
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
