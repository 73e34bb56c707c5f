import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchUpload,
  NotFound,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { s3Client } from '../../../../../shared/adapters/aws/clients.ts'
import { s3Multipart } from '../../../../../shared/adapters/aws/s3-multipart.ts'

const s3 = mockClient(S3Client)
const multipart = s3Multipart(
  { client: s3Client('eu-central-1'), accountId: '111122223333', bucketNames: { incoming: 'incoming-bucket' } },
  'residency=DE',
)
const ref = { bucket: 'incoming', key: 'k' } as const
const expected = [
  { partNumber: 1, bytes: 5 },
  { partNumber: 2, bytes: 3 },
]
const gone = new NoSuchUpload({ message: '', $metadata: { httpStatusCode: 404 } })
const missing = new NotFound({ message: '', $metadata: { httpStatusCode: 404 } })

beforeEach(() => {
  s3.reset()
  s3.on(ListPartsCommand)
    .resolvesOnce({ Parts: [{ PartNumber: 1, Size: 5, ETag: 'e1' }], IsTruncated: true, NextPartNumberMarker: '1' })
    .resolves({ Parts: [{ PartNumber: 2, Size: 3, ETag: 'e2' }] })
})

test('an upload in parts carries its origin tag', async () => {
  s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'u' })
  expect(await multipart.startMultipart(ref, 'application/dicom')).toEqual({ multipartId: 'u' })
  expect(s3.commandCalls(CreateMultipartUploadCommand)[0]?.args[0].input.Tagging).toBe('residency=DE')
})

test('completes create-only from the parts the store holds', async () => {
  s3.on(CompleteMultipartUploadCommand).resolves({})
  expect(await multipart.completeMultipart(ref, 'u', expected)).toBe('stored')
  expect(s3.commandCalls(CompleteMultipartUploadCommand)[0]?.args[0].input).toMatchObject({
    IfNoneMatch: '*',
    MultipartUpload: {
      Parts: [
        { PartNumber: 1, ETag: 'e1' },
        { PartNumber: 2, ETag: 'e2' },
      ],
    },
  })
})

test('does not complete while a part is missing or has another length', async () => {
  expect(await multipart.completeMultipart(ref, 'u', [...expected, { partNumber: 3, bytes: 1 }])).toBe('parts-missing')
  expect(await multipart.completeMultipart(ref, 'u', [{ partNumber: 2, bytes: 4 }])).toBe('parts-missing')
  expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(0)
})

test('a repeat after the answer was lost finds the object stored', async () => {
  s3.on(ListPartsCommand).rejects(gone)
  s3.on(HeadObjectCommand).resolves({})
  expect(await multipart.completeMultipart(ref, 'u', expected)).toBe('stored')
  s3.on(HeadObjectCommand).rejects(missing)
  expect(await multipart.completeMultipart(ref, 'u', expected)).toBe('parts-missing')
})

test('a completion that loses to another one finds the object stored', async () => {
  const exists = new S3ServiceException({
    name: 'PreconditionFailed',
    $fault: 'client',
    $metadata: { httpStatusCode: 412 },
  })
  s3.on(CompleteMultipartUploadCommand).rejects(exists)
  s3.on(HeadObjectCommand).resolves({})
  expect(await multipart.completeMultipart(ref, 'u', expected)).toBe('stored')
})

test('an upload that is gone has no parts, and aborting it is no error', async () => {
  s3.on(ListPartsCommand).rejects(gone)
  s3.on(AbortMultipartUploadCommand).rejects(gone)
  expect(await multipart.listParts(ref, 'u')).toEqual([])
  await multipart.abortMultipart(ref, 'u')
})
