import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, it } from 'vitest'
import { dayKey } from '../../../../../shared/adapters/sigv4/day-key.ts'
import { signQuery } from '../../../../../shared/adapters/sigv4/sign-query.ts'

const at = '2026-11-24T03:00:00.000Z'
const region = 'eu-central-1'
const host = 'incoming-cell.s3.eu-central-1.amazonaws.com'
const plain = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const session = { ...plain, sessionToken: 'IQoJb3JpZ2luX2VjEB0a+/==token' }
const sha256 = 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='
const keys = ['0jz9q', "a/b c/ä+(1)*!'~", '日本語=&?#%']

const putHeaders = {
  'content-length': '525450',
  'content-type': 'application/dicom',
  'if-none-match': '*',
  'x-amz-checksum-sha256': sha256,
  'x-amz-expected-bucket-owner': '111122223333',
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-central-1:111122223333:key/images',
}

const client = (credentials: typeof plain) =>
  new S3Client({
    region,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })

const signedNames = new Set(Object.keys(putHeaders))
const options = {
  expiresIn: 900,
  signingDate: new Date(at),
  signableHeaders: new Set(['host', ...signedNames]),
  unhoistableHeaders: signedNames,
}

describe.each([
  ['with a long-lived key', plain],
  ['with the credentials of a role', session],
])('our presigned requests equal those of the AWS SDK byte for byte, %s', (_name, credentials) => {
  const day = dayKey(credentials, { at, region })
  const time = { at, expiresInSeconds: 900 }
  const ours = (request: Parameters<typeof signQuery>[1]) => `https://${host}${signQuery(day, request, time)}`

  it.each(keys)('an upload that binds length, digest, type, encryption and create-only: %s', async (key) => {
    const command = new PutObjectCommand({
      Bucket: 'incoming-cell',
      Key: key,
      ContentLength: 525_450,
      ContentType: 'application/dicom',
      IfNoneMatch: '*',
      ChecksumSHA256: sha256,
      ExpectedBucketOwner: '111122223333',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: putHeaders['x-amz-server-side-encryption-aws-kms-key-id'],
    })
    const theirs = await getSignedUrl(client(credentials), command, options)
    expect(ours({ method: 'PUT', host, path: `/${key}`, headers: putHeaders, query: { 'x-id': 'PutObject' } })).toBe(
      theirs,
    )
  })

  it.each(keys)('a part of a large object: %s', async (key) => {
    const command = new UploadPartCommand({
      Bucket: 'incoming-cell',
      Key: key,
      ContentLength: 5_242_880,
      PartNumber: 12,
      UploadId: 'abc.def_x-y',
      ExpectedBucketOwner: '111122223333',
    })
    // The SDK adds a content type of its own to a part; nothing reads it, so it is not signed.
    const signableHeaders = new Set(['host', 'content-length', 'x-amz-expected-bucket-owner'])
    const theirs = await getSignedUrl(client(credentials), command, { ...options, signableHeaders })
    const headers = { 'content-length': '5242880', 'x-amz-expected-bucket-owner': '111122223333' }
    const query = { partNumber: '12', uploadId: 'abc.def_x-y', 'x-id': 'UploadPart' }
    expect(ours({ method: 'PUT', host, path: `/${key}`, headers, query })).toBe(theirs)
  })

  it.each(keys)('a download with its disposition, type and cache control signed: %s', async (key) => {
    const command = new GetObjectCommand({
      Bucket: 'incoming-cell',
      Key: key,
      ResponseContentDisposition: `attachment; filename="report (1).pdf"`,
      ResponseContentType: 'application/pdf',
      ResponseCacheControl: 'no-store',
    })
    const theirs = await getSignedUrl(client(credentials), command, options)
    const query = {
      'response-cache-control': 'no-store',
      'response-content-disposition': 'attachment; filename="report (1).pdf"',
      'response-content-type': 'application/pdf',
      'x-id': 'GetObject',
    }
    expect(ours({ method: 'GET', host, path: `/${key}`, query })).toBe(theirs)
  })

  it('a HEAD request', async () => {
    const theirs = await getSignedUrl(
      client(credentials),
      new HeadObjectCommand({ Bucket: 'incoming-cell', Key: 'a' }),
      options,
    )
    expect(ours({ method: 'HEAD', host, path: '/a' })).toBe(theirs)
  })
})

describe('a day key', () => {
  it('is not used on another day: every URL of the batch would be refused', () => {
    const day = dayKey(plain, { at, region })
    const tomorrow = { at: '2026-11-25T00:00:00.000Z', expiresInSeconds: 900 }
    expect(() => signQuery(day, { method: 'GET', host, path: '/a' }, tomorrow)).toThrow(RangeError)
  })
})
