import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { createHash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { s3Client } from '../../../../../shared/adapters/aws/clients.ts'
import { s3ObjectStore } from '../../../../../shared/adapters/aws/s3-object-store.ts'
import { inside } from '../../../../builders/inside.ts'

const s3 = mockClient(S3Client)
const store = s3ObjectStore({
  client: s3Client('eu-central-1'),
  accountId: '111122223333',
  bucketNames: { images: 'images-bucket', incoming: 'incoming-bucket' },
})
const ref = { bucket: 'images', key: 'a/b+c.json' } as const
const failure = (status: number) =>
  new S3ServiceException({ name: 'Failed', $fault: 'client', $metadata: { httpStatusCode: status } })

beforeEach(() => s3.reset())

test('an object that is not there has no head, and reading it is refused', async () => {
  s3.on(HeadObjectCommand).rejects(new NotFound({ message: '', $metadata: { httpStatusCode: 404 } }))
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: '', $metadata: { httpStatusCode: 404 } }))
  expect(await store.head(ref)).toBeUndefined()
  await expect(store.readRange(inside, ref, 0, 10)).rejects.toMatchObject({ code: 'not-found' })
  await expect(store.stream(inside, ref)).rejects.toMatchObject({ code: 'not-found' })
})

test('a right that is missing is a fault, never taken for an absent object', async () => {
  s3.on(HeadObjectCommand).rejects(failure(403))
  await expect(store.head(ref)).rejects.toThrow(S3ServiceException)
})

test('the digest of an object is told only where it covers the whole object', async () => {
  const ChecksumSHA256 = createHash('sha256').update('x').digest('base64')
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1, ChecksumSHA256, ContentType: 'application/dicom' })
  expect(await store.head(ref)).toEqual({
    bytes: 1,
    sha256: createHash('sha256').update('x').digest('hex'),
    contentType: 'application/dicom',
  })
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1, ChecksumSHA256: `${ChecksumSHA256}-2` })
  expect(await store.head(ref)).toEqual({ bytes: 1 })
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1, ChecksumSHA256, ChecksumType: 'COMPOSITE' })
  expect(await store.head(ref)).toEqual({ bytes: 1 })
  expect(s3.commandCalls(HeadObjectCommand)[0]?.args[0].input).toMatchObject({
    ExpectedBucketOwner: '111122223333',
    ChecksumMode: 'ENABLED',
  })
})

test('a range past the end of the object is empty', async () => {
  s3.on(GetObjectCommand).rejects(failure(416))
  expect(await store.readRange(inside, ref, 100, 200)).toEqual(new Uint8Array())
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input.Range).toBe('bytes=100-199')
})

test('a put is create-only unless it replaces, and always carries its SHA-256', async () => {
  s3.on(PutObjectCommand).rejects(failure(412))
  const bytes = Buffer.from('{}')
  expect(await store.put(ref, bytes, { contentType: 'application/json' })).toBe('exists')
  s3.on(PutObjectCommand).resolves({})
  expect(await store.put(ref, bytes, { contentType: 'application/json', replace: true })).toBe('stored')
  const [first, second] = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input)
  expect(first?.IfNoneMatch).toBe('*')
  expect(second?.IfNoneMatch).toBeUndefined()
  expect(second?.ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'))
})

test('two creators at the same instant: the loser asks again and finds the object', async () => {
  s3.on(PutObjectCommand).rejectsOnce(failure(409)).rejects(failure(412))
  expect(await store.put(ref, Buffer.from(''), { contentType: 'text/plain' })).toBe('exists')
  s3.on(PutObjectCommand).rejects(failure(409))
  await expect(store.put(ref, Buffer.from(''), { contentType: 'text/plain' })).rejects.toMatchObject({ code: 'busy' })
})

test('a copy names its source encoded and gets a digest of its own', async () => {
  s3.on(CopyObjectCommand).resolves({})
  await store.copy({ bucket: 'incoming', key: 'org/ä b' }, ref)
  expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input).toMatchObject({
    Bucket: 'images-bucket',
    CopySource: 'incoming-bucket/org/%C3%A4%20b',
    ChecksumAlgorithm: 'SHA256',
    ExpectedSourceBucketOwner: '111122223333',
  })
})

test('a copy repeated after its source was removed is no error while the copy stands', async () => {
  s3.on(CopyObjectCommand).rejects(new NoSuchKey({ message: '', $metadata: { httpStatusCode: 404 } }))
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1 })
  await store.copy({ bucket: 'incoming', key: 'k' }, ref)
  s3.on(HeadObjectCommand).rejects(new NotFound({ message: '', $metadata: { httpStatusCode: 404 } }))
  await expect(store.copy({ bucket: 'incoming', key: 'k' }, ref)).rejects.toMatchObject({ code: 'not-found' })
})

test('a bucket that the function was not given is a fault', async () => {
  await expect(store.remove({ bucket: 'audit', key: 'k' })).rejects.toThrow('no audit bucket')
  s3.on(DeleteObjectCommand).resolves({})
  await store.remove(ref)
})

test('an object under a key that is disabled is refused as what may come back', async () => {
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('arn is disabled'), { name: 'KMS.DisabledException' }))
  await expect(store.readRange(inside, { bucket: 'images', key: 'k' }, 0, 1)).rejects.toMatchObject({
    code: 'key-unavailable',
  })
})
