import { requireRight } from '../../domain/access/right.ts'
import { addMinutes } from '../../domain/instant.ts'
import type {
  DownloadSigner,
  ObjectRef,
  PartBinding,
  SignedRequest,
  UploadBinding,
  UploadSigner,
} from '../../ports/object-store.ts'
import type { Clock } from '../../ports/surroundings.ts'
import type { SigningCredentials } from '../sigv4/day-key.ts'
import { dayKey } from '../sigv4/day-key.ts'
import type { QueryToSign } from '../sigv4/sign-query.ts'
import { signQuery } from '../sigv4/sign-query.ts'
import type { ObjectShelf } from './disk-object-store.ts'

/** The bounds of the cloud edition's bucket policies (controls UP-02): a leaked URL is soon worth nothing. */
export const LONGEST_PUT_SECONDS = 900
export const LONGEST_GET_SECONDS = 300

/** There is one account and one key here; they are signed all the same, so that a client meets the headers of S3. */
export const BUCKET_OWNER = '000000000000'
export const ENCRYPTION_KEY_ID = 'local'

export interface ObjectAccess {
  readonly credentials: SigningCredentials
  readonly region: string
  /** `http://127.0.0.1:8080`: known once the server listens. */
  readonly origin: () => string
}

const base64OfHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

const putHeaders = ({ bytes, sha256, contentType }: UploadBinding): Record<string, string> => ({
  'content-length': String(bytes),
  'content-type': contentType,
  'if-none-match': '*',
  'x-amz-checksum-sha256': base64OfHex(sha256),
  'x-amz-expected-bucket-owner': BUCKET_OWNER,
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': ENCRYPTION_KEY_ID,
})

/** RFC 6266: a plain name for old clients, the true one in UTF-8 beside it. */
const disposition = (fileName: string): string => {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const extended = encodeURIComponent(fileName).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
  return plain === fileName
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${extended}`
}

const pathOf = ({ bucket, key }: ObjectRef): string => `/${bucket}/${key}`

/** Signs a batch with one key of the day. */
const signer = (access: ObjectAccess, clock: Clock) => {
  return (
    method: 'PUT' | 'GET',
    requests: readonly Omit<QueryToSign, 'method' | 'host'>[],
    expiresInSeconds: number,
  ): readonly SignedRequest[] => {
    const longest = method === 'PUT' ? LONGEST_PUT_SECONDS : LONGEST_GET_SECONDS
    if (!(expiresInSeconds >= 1 && expiresInSeconds <= longest))
      throw new RangeError(`a ${method} is signed for 1 to ${longest} seconds`)
    const at = clock.now()
    const day = dayKey(access.credentials, { at, region: access.region })
    const origin = access.origin()
    const { host } = new URL(origin)
    // The signature is to the second.
    const expiresAt = addMinutes(`${at.slice(0, 19)}.000Z`, expiresInSeconds / 60)
    return requests.map((request) => ({
      method,
      url: `${origin}${signQuery(day, { method, host, ...request }, { at, expiresInSeconds })}`,
      headers: request.headers ?? {},
      expiresAt,
    }))
  }
}

export const presignedUploads = (shelf: ObjectShelf, access: ObjectAccess, clock: Clock): UploadSigner => {
  const sign = signer(access, clock)
  const { database, files, multiparts } = shelf

  const removeFiles = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await files.remove(name)
  }
  const partRequest = (ref: ObjectRef, multipartId: string, { partNumber, bytes }: PartBinding) => ({
    path: pathOf(ref),
    headers: { 'content-length': String(bytes), 'x-amz-expected-bucket-owner': BUCKET_OWNER },
    query: { partNumber: String(partNumber), uploadId: multipartId, 'x-id': 'UploadPart' },
  })

  return {
    signPuts: async (requests, expiresInSeconds) => {
      const toSign = requests.map(({ ref, binding }) => ({
        path: pathOf(ref),
        headers: putHeaders(binding),
        query: { 'x-id': 'PutObject' },
      }))
      return Promise.resolve(sign('PUT', toSign, expiresInSeconds))
    },
    startMultipart: async (ref, contentType) => ({
      multipartId: await database.commit(() => multiparts.start(ref, contentType, Date.parse(clock.now()))),
    }),
    signParts: async (ref, multipartId, parts, expiresInSeconds) => {
      const toSign = parts.map((part) => partRequest(ref, multipartId, part))
      return Promise.resolve(sign('PUT', toSign, expiresInSeconds))
    },
    listParts: async (ref, multipartId) =>
      Promise.resolve(multiparts.isOpen(ref, multipartId) ? multiparts.parts(multipartId) : []),
    completeMultipart: async (ref, multipartId, expected) => {
      const { outcome, freed } = await database.commit(() => multiparts.complete(ref, multipartId, expected))
      await removeFiles(freed)
      return outcome
    },
    abortMultipart: async (ref, multipartId) =>
      removeFiles(await database.commit(() => multiparts.abort(ref, multipartId))),
  }
}

export const presignedDownloads = (access: ObjectAccess, clock: Clock): DownloadSigner => {
  const sign = signer(access, clock)
  return {
    signGets: async ({ by, bucket }, objects, expiresInSeconds) => {
      for (const { key } of objects) requireRight(by, key)
      const toSign = objects.map(({ key, fileName, contentType }) => ({
        path: pathOf({ bucket, key }),
        query: {
          'response-cache-control': 'no-store',
          'response-content-disposition': disposition(fileName),
          'response-content-type': contentType,
          'x-id': 'GetObject',
        },
      }))
      return Promise.resolve(sign('GET', toSign, expiresInSeconds))
    },
  }
}
