import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createHash } from 'node:crypto'
import { dayKey } from '../../shared/adapters/sigv4/day-key.ts'
import { signQuery } from '../../shared/adapters/sigv4/sign-query.ts'
import { isMain, median } from './figures.ts'

export interface PresignFigures {
  readonly urls: number
  readonly ownMs: number
  readonly sdkMs: number
  /** Own time over the SDK's, median of the rounds. */
  readonly ratio: number
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const region = 'eu-central-1'
const bucket = 'incoming-cell'
const host = `${bucket}.s3.${region}.amazonaws.com`
const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/images'

const manifestOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    key: `upload/${n.toString(36).padStart(26, '0')}`,
    bytes: 525_450,
    sha256: createHash('sha256').update(String(n)).digest('base64'),
  }))

const signOwn = (manifest: ReturnType<typeof manifestOf>): string[] => {
  const at = new Date()
  const day = dayKey(credentials, { at, region })
  return manifest.map(({ key, bytes, sha256 }) => {
    const headers = {
      'content-length': String(bytes),
      'content-type': 'application/dicom',
      'if-none-match': '*',
      'x-amz-checksum-sha256': sha256,
      'x-amz-expected-bucket-owner': '111122223333',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
    }
    const request = { method: 'PUT' as const, host, path: `/${key}`, headers, query: { 'x-id': 'PutObject' } }
    return `https://${host}${signQuery(day, request, { at, expiresInSeconds: 900 })}`
  })
}

const signWithSdk = async (client: S3Client, manifest: ReturnType<typeof manifestOf>): Promise<string[]> => {
  const names = new Set([
    'content-length',
    'content-type',
    'if-none-match',
    'x-amz-checksum-sha256',
    'x-amz-expected-bucket-owner',
    'x-amz-server-side-encryption',
    'x-amz-server-side-encryption-aws-kms-key-id',
  ])
  return Promise.all(
    manifest.map(({ key, bytes, sha256 }) =>
      getSignedUrl(
        client,
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          ContentLength: bytes,
          ContentType: 'application/dicom',
          IfNoneMatch: '*',
          ChecksumSHA256: sha256,
          ExpectedBucketOwner: '111122223333',
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: keyArn,
        }),
        { expiresIn: 900, signableHeaders: new Set(['host', ...names]), unhoistableHeaders: names },
      ),
    ),
  )
}

/** 1000 upload URLs with the same signed headers, our signer and the SDK's in turns. */
export const measurePresigning = async ({ urls = 1000, rounds = 7 } = {}): Promise<PresignFigures> => {
  const client = new S3Client({ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED' })
  const manifest = manifestOf(urls)
  const times: { readonly own: number; readonly sdk: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now()
    signOwn(manifest)
    const between = performance.now()
    await signWithSdk(client, manifest)
    // The first round warms both up.
    if (round > 0) times.push({ own: between - started, sdk: performance.now() - between })
  }
  return {
    urls,
    ownMs: median(times.map(({ own }) => own)),
    sdkMs: median(times.map(({ sdk }) => sdk)),
    ratio: median(times.map(({ own, sdk }) => own / sdk)),
  }
}

if (isMain(import.meta.url)) process.stdout.write(`${JSON.stringify(await measurePresigning())}\n`)
