import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectRetentionCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { s3Client } from '../../../../../shared/adapters/aws/clients.ts'
import { s3Eraser } from '../../../../../shared/adapters/aws/s3-eraser.ts'

const s3 = mockClient(S3Client)
const eraser = s3Eraser({
  client: s3Client('eu-central-1'),
  accountId: '111122223333',
  bucketNames: { images: 'images-bucket' },
})
const until = new Date(Date.now() + 86_400_000)
const version = (Key: string, VersionId: string, age = 0) => ({
  Key,
  VersionId,
  Size: 10,
  LastModified: new Date(1_700_000_000_000 - age),
})
const deletes = () =>
  s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input.Delete?.Objects?.map((one) => one.VersionId))

beforeEach(() => {
  s3.reset()
  s3.on(ListMultipartUploadsCommand).resolves({})
  s3.on(AbortMultipartUploadCommand).resolves({})
  s3.on(DeleteObjectsCommand).resolves({})
})

test('every page of versions and markers is deleted by its ids, in the bucket of this account', async () => {
  s3.on(ListObjectVersionsCommand)
    .resolvesOnce({
      Versions: [version('a', '2'), version('a', '1')],
      IsTruncated: true,
      NextKeyMarker: 'a',
      NextVersionIdMarker: '1',
    })
    .resolvesOnce({ Versions: [version('b', '3')], DeleteMarkers: [version('b', '4')] })
  expect(await eraser.eraseUnder('images', 'studies/')).toEqual({ objects: 3, bytes: 30 })
  expect(deletes()).toEqual([
    ['2', '1'],
    ['3', '4'],
  ])
  const [first, second] = s3.commandCalls(ListObjectVersionsCommand).map(({ args }) => args[0].input)
  expect(first).toMatchObject({ Bucket: 'images-bucket', Prefix: 'studies/', ExpectedBucketOwner: '111122223333' })
  expect(second).toMatchObject({ KeyMarker: 'a', VersionIdMarker: '1' })
})

test('no request asks to pass a lock over', async () => {
  s3.on(ListObjectVersionsCommand).resolves({ Versions: [version('a', '1')] })
  await eraser.eraseUnder('images', 'studies/')
  expect(s3.commandCalls(DeleteObjectsCommand)[0]?.args[0].input.BypassGovernanceRetention).toBeUndefined()
})

test('uploads that nobody completed are aborted', async () => {
  s3.on(ListMultipartUploadsCommand)
    .resolvesOnce({ Uploads: [{ Key: 'a', UploadId: 'u-1' }], IsTruncated: true })
    .resolvesOnce({ Uploads: [{ Key: 'b', UploadId: 'u-2' }] })
  s3.on(ListObjectVersionsCommand).resolves({})
  await eraser.eraseUnder('images', 'studies/')
  expect(s3.commandCalls(AbortMultipartUploadCommand).map(({ args }) => args[0].input.UploadId)).toEqual(['u-1', 'u-2'])
})

test('a version that a lock holds is refused with the last day of all, after everything else is gone', async () => {
  s3.on(ListObjectVersionsCommand)
    .resolvesOnce({ Versions: [version('a', '1'), version('b', '2')], IsTruncated: true, NextKeyMarker: 'b' })
    .resolvesOnce({ Versions: [version('c', '3'), version('d', '4')] })
  s3.on(DeleteObjectsCommand)
    .resolvesOnce({ Errors: [{ Key: 'a', VersionId: '1', Code: 'AccessDenied' }] })
    .resolvesOnce({ Errors: [{ Key: 'c', VersionId: '3', Code: 'AccessDenied' }] })
  s3.on(GetObjectRetentionCommand, { VersionId: '1' }).resolves({ Retention: { RetainUntilDate: until } })
  s3.on(GetObjectRetentionCommand, { VersionId: '3' }).resolves({
    Retention: { RetainUntilDate: new Date(until.getTime() - 1000) },
  })
  await expect(eraser.eraseUnder('images', 'studies/')).rejects.toMatchObject({
    code: 'erasure-locked',
    facts: { until: until.toISOString(), objects: 2 },
  })
  expect(deletes()).toHaveLength(2)
})

test('a key that is refused without a lock is a fault, whose message names no key', async () => {
  s3.on(ListObjectVersionsCommand).resolves({ Versions: [version('studies/secret', '1')] })
  s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'studies/secret', VersionId: '1', Code: 'AccessDenied' }] })
  s3.on(GetObjectRetentionCommand).resolves({})
  const fault = (await eraser.eraseUnder('images', 'studies/').catch((thrown: unknown) => thrown)) as Error
  expect(fault.name).toBe('Error')
  expect(fault.message).toBe('1 objects of images were not deleted: AccessDenied')
})

test('a key that S3 was too busy for is sent again, and refused as busy when it stays so', async () => {
  s3.on(ListObjectVersionsCommand).resolves({ Versions: [version('a', '1'), version('b', '2')] })
  s3.on(DeleteObjectsCommand)
    .resolvesOnce({ Errors: [{ Key: 'b', VersionId: '2', Code: 'SlowDown' }] })
    .resolves({})
  expect(await eraser.eraseUnder('images', 'studies/')).toEqual({ objects: 2, bytes: 20 })
  expect(deletes()).toEqual([['1', '2'], ['2']])
  s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'b', VersionId: '2', Code: 'SlowDown' }] })
  await expect(eraser.eraseUnder('images', 'studies/')).rejects.toMatchObject({ code: 'busy' })
})

test('the lock of the newest object is asked for, and one that has ended is none', async () => {
  s3.on(ListObjectVersionsCommand).resolves({
    Versions: [version('a', '1', 5000), version('b', '2', 0), version('c', '3', 9000)],
    DeleteMarkers: [version('d', '4', -5000)],
  })
  s3.on(GetObjectRetentionCommand).resolves({ Retention: { RetainUntilDate: until } })
  expect(await eraser.lockedUntil('images', 'studies/')).toBe(until.toISOString())
  expect(s3.commandCalls(GetObjectRetentionCommand).map(({ args }) => args[0].input.VersionId)).toEqual(['2'])
  s3.on(GetObjectRetentionCommand).resolves({ Retention: { RetainUntilDate: new Date(0) } })
  expect(await eraser.lockedUntil('images', 'studies/')).toBeUndefined()
})

test('where there is no lock there is no day; a missing right is a fault', async () => {
  const failure = (status: number) =>
    new S3ServiceException({ name: 'Failed', $fault: 'client', $metadata: { httpStatusCode: status } })
  s3.on(ListObjectVersionsCommand).resolves({ Versions: [version('a', '1')] })
  for (const status of [400, 404]) {
    s3.on(GetObjectRetentionCommand).rejects(failure(status))
    expect(await eraser.lockedUntil('images', 'studies/')).toBeUndefined()
  }
  s3.on(GetObjectRetentionCommand).rejects(failure(403))
  await expect(eraser.lockedUntil('images', 'studies/')).rejects.toThrow(S3ServiceException)
})
