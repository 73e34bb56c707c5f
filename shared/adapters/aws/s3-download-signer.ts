import { requireRight } from '../../domain/access/right.ts'
import type { DownloadSigner } from '../../ports/object-store.ts'
import { encodeSegment } from '../sigv4/canonical.ts'
import { s3RequestSigner, startBatch, type PresigningCell } from './s3-presigning.ts'

/** Names the object as an attachment: ASCII for old clients, RFC 8187 for the rest; nothing in it can end the header. */
const attachment = (fileName: string): string =>
  `attachment; filename="${fileName.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encodeSegment(fileName)}`

export const s3DownloadSigner = (cell: PresigningCell): DownloadSigner => {
  const sign = s3RequestSigner(cell)
  return {
    signGets: async ({ by, bucket }, objects, expiresInSeconds) => {
      for (const { key } of objects) requireRight(by, key)
      const batch = await startBatch(cell, 'GET', expiresInSeconds)
      return objects.map(({ key, fileName, contentType }) => {
        const query = {
          'response-cache-control': 'no-store',
          'response-content-disposition': attachment(fileName),
          'response-content-type': contentType,
        }
        return sign(batch, { bucket, key }, { method: 'GET', query })
      })
    },
  }
}
