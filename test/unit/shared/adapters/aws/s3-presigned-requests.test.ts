import { PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { s3Client } from '../../../../../shared/adapters/aws/clients.ts'
import { roleCredentials } from '../../../../../shared/adapters/aws/role-credentials.ts'
import { s3DownloadSigner } from '../../../../../shared/adapters/aws/s3-download-signer.ts'
import type { PresigningCell } from '../../../../../shared/adapters/aws/s3-presigning.ts'
import { s3UploadSigner } from '../../../../../shared/adapters/aws/s3-upload-signer.ts'
import { inside } from '../../../../builders/inside.ts'

const now = '2026-11-24T03:00:00.000Z'
const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/incoming'
const cell = (over: Partial<PresigningCell> = {}) => ({
  client: s3Client('eu-central-1'),
  credentials: roleCredentials,
  accountId: '111122223333',
  region: 'eu-central-1',
  origin: 'DE',
  bucketNames: { incoming: 'incoming-bucket', images: 'images-bucket' },
  keyArns: { incoming: keyArn },
  clock: { now: () => now },
  ...over,
})
const sha256 = createHash('sha256').update('pixels').digest('hex')
const ref = { bucket: 'incoming', key: 'incoming/0f/1' } as const
const binding = { bytes: 6, sha256, contentType: 'application/dicom' }

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_SESSION_TOKEN', '')
})
afterEach(() => vi.unstubAllEnvs())

test('an upload URL signs exactly the headers of controls UP-01', async () => {
  const [signed] = await s3UploadSigner(cell()).signPuts([{ ref, binding }], 900)
  expect(new URL(signed!.url).searchParams.get('X-Amz-SignedHeaders')).toBe(
    'content-length;content-type;host;if-none-match;x-amz-checksum-sha256;x-amz-expected-bucket-owner;' +
      'x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id;x-amz-tagging',
  )
  expect(signed).toMatchObject({
    method: 'PUT',
    expiresAt: '2026-11-24T03:15:00.000Z',
    headers: {
      'content-length': '6',
      'if-none-match': '*',
      'x-amz-tagging': 'residency=DE',
      'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
    },
  })
})

test('signs what the SDK signs for the same upload', async () => {
  const [signed] = await s3UploadSigner(cell()).signPuts([{ ref, binding }], 900)
  const command = new PutObjectCommand({
    Bucket: 'incoming-bucket',
    Key: ref.key,
    ContentLength: 6,
    ContentType: 'application/dicom',
    IfNoneMatch: '*',
    ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    ExpectedBucketOwner: '111122223333',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: keyArn,
    Tagging: 'residency=DE',
  })
  const names = new Set(Object.keys(signed!.headers))
  const bySdk = await getSignedUrl(s3Client('eu-central-1'), command, {
    expiresIn: 900,
    signingDate: new Date(now),
    signableHeaders: names,
    unhoistableHeaders: names,
  })
  const both = [signed!.url, bySdk].map((url) => new URL(url))
  expect(both[0]!.origin + both[0]!.pathname).toBe(both[1]!.origin + both[1]!.pathname)
  // The signatures themselves differ by `x-id`, which the SDK adds and no server reads.
  expect(both[0]!.searchParams.get('X-Amz-SignedHeaders')).toBe(both[1]!.searchParams.get('X-Amz-SignedHeaders'))
})

test('a part binds its number, its upload and its length', async () => {
  const [one, two] = await s3UploadSigner(cell()).signParts(
    ref,
    'upload/id+1',
    [
      { partNumber: 1, bytes: 5 },
      { partNumber: 2, bytes: 3 },
    ],
    60,
  )
  expect(new URL(one!.url).searchParams.get('uploadId')).toBe('upload/id+1')
  expect(new URL(two!.url).searchParams.get('partNumber')).toBe('2')
  expect(two!.headers).toMatchObject({ 'content-length': '3' })
})

test('a download is an attachment that nothing may keep', async () => {
  const [signed] = await s3DownloadSigner(cell()).signGets(
    { by: inside, bucket: 'images' },
    [{ key: 'k', fileName: 'a"\r\nX: ü.dcm', contentType: 'application/dicom' }],
    300,
  )
  const query = new URL(signed!.url).searchParams
  expect(query.get('response-cache-control')).toBe('no-store')
  expect(query.get('response-content-disposition')).toBe(
    `attachment; filename="a___X_ _.dcm"; filename*=UTF-8''a%22%0D%0AX%3A%20%C3%BC.dcm`,
  )
  expect(signed!.headers).toEqual({})
})

test('no URL outlives the limit of its kind or the credentials that signed it', async () => {
  await expect(s3UploadSigner(cell()).signPuts([{ ref, binding }], 901)).rejects.toThrow(RangeError)
  await expect(s3DownloadSigner(cell()).signGets({ by: inside, bucket: 'images' }, [], 301)).rejects.toThrow(RangeError)
  vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', '2026-11-24T03:01:00.000Z')
  const [signed] = await s3UploadSigner(cell()).signPuts([{ ref, binding }], 900)
  expect(signed!.expiresAt).toBe('2026-11-24T03:01:00.000Z')
})

test('a role signs with its session token, and an endpoint that the deployer set is addressed by path', async () => {
  vi.stubEnv('AWS_SESSION_TOKEN', 'session')
  const [signed] = await s3UploadSigner(cell({ endpointUrl: 'http://127.0.0.1:4566' })).signPuts([{ ref, binding }], 60)
  const url = new URL(signed!.url)
  expect(url.origin + url.pathname).toBe('http://127.0.0.1:4566/incoming-bucket/incoming/0f/1')
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('session')
})

test('an endpoint or a key of another region is refused', async () => {
  expect(() => s3UploadSigner(cell({ endpointUrl: 'https://s3.us-east-1.amazonaws.com' }))).toThrow()
  const foreign = cell({ keyArns: { incoming: 'arn:aws:kms:us-east-1:1:key/1' } })
  await expect(s3UploadSigner(foreign).signPuts([{ ref, binding }], 60)).rejects.toThrow()
  await expect(s3UploadSigner(cell()).signPuts([{ ref: { bucket: 'images', key: 'k' }, binding }], 60)).rejects.toThrow(
    'may not sign uploads to images',
  )
})
