import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type Part,
} from '@aws-sdk/client-s3'
import type { ObjectRef, PartBinding, UploadSigner } from '../../ports/object-store.ts'
import { locate, type CellBuckets } from './cell-buckets.ts'
import { hasStatus, isMissing } from './s3-object-store.ts'

type Multipart = Omit<UploadSigner, 'signPuts' | 'signParts'>

const sameParts = (expected: readonly PartBinding[], held: readonly Part[]): boolean => {
  const bytesOf = new Map(held.map(({ PartNumber, Size }) => [PartNumber, Size]))
  return expected.every(({ partNumber, bytes }) => bytesOf.get(partNumber) === bytes)
}

/** One that has been completed or aborted meanwhile is no error. */
export async function abortUpload(buckets: CellBuckets, ref: ObjectRef, multipartId: string): Promise<void> {
  try {
    await buckets.client.send(new AbortMultipartUploadCommand({ ...locate(buckets, ref), UploadId: multipartId }))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** The half of an upload in parts that the cell does itself; the parts are sent with signed requests. */
export const s3Multipart = (buckets: CellBuckets, tagging: string): Multipart => {
  const { client } = buckets

  /** `undefined` when there is no such upload: never begun, aborted, or completed. */
  const partsHeld = async (ref: ObjectRef, multipartId: string): Promise<Part[] | undefined> => {
    const parts: Part[] = []
    let marker: string | undefined
    try {
      do {
        const page = await client.send(
          new ListPartsCommand({
            ...locate(buckets, ref),
            UploadId: multipartId,
            ...(marker === undefined ? {} : { PartNumberMarker: marker }),
          }),
        )
        parts.push(...(page.Parts ?? []))
        marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined
      } while (marker !== undefined)
      return parts
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  const isStored = async (ref: ObjectRef): Promise<boolean> => {
    try {
      await client.send(new HeadObjectCommand(locate(buckets, ref)))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  const complete = async (ref: ObjectRef, multipartId: string, parts: readonly Part[]): Promise<boolean> => {
    try {
      await client.send(
        new CompleteMultipartUploadCommand({
          ...locate(buckets, ref),
          UploadId: multipartId,
          IfNoneMatch: '*',
          MultipartUpload: { Parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) },
        }),
      )
      return true
    } catch (error) {
      // 412: the object is there. Gone upload: a repeat of a request whose answer was lost.
      if (hasStatus(error, 412) || isMissing(error)) return isStored(ref)
      throw error
    }
  }

  return {
    startMultipart: async (ref, contentType) => {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ ...locate(buckets, ref), ContentType: contentType, Tagging: tagging }),
      )
      if (UploadId === undefined) throw new Error('S3 began an upload without an id')
      return { multipartId: UploadId }
    },
    listParts: async (ref, multipartId) =>
      ((await partsHeld(ref, multipartId)) ?? []).map(({ PartNumber = 0, Size = 0 }) => ({
        partNumber: PartNumber,
        bytes: Size,
      })),
    completeMultipart: async (ref, multipartId, expected) => {
      const held = await partsHeld(ref, multipartId)
      if (held === undefined) return (await isStored(ref)) ? 'stored' : 'parts-missing'
      if (!sameParts(expected, held)) return 'parts-missing'
      const wanted = new Set(expected.map(({ partNumber }) => partNumber))
      const parts = held.filter(({ PartNumber = 0 }) => wanted.has(PartNumber))
      return (await complete(ref, multipartId, parts)) ? 'stored' : 'parts-missing'
    },
    abortMultipart: (ref, multipartId) => abortUpload(buckets, ref, multipartId),
  }
}
