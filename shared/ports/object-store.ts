import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { ReadingRight, UrlRelease } from './rights.ts'

export interface ObjectRef<B extends BucketClass = BucketClass> {
  readonly bucket: B
  readonly key: string
}

export interface ObjectHead {
  readonly bytes: number
  /** Lower-case hex SHA-256 that the store verified when it took the object; absent for a multipart object. */
  readonly sha256?: string
  readonly contentType?: string
}

export interface ObjectStore {
  head(ref: ObjectRef): Promise<ObjectHead | undefined>
  /** Bytes [from, toExclusive), cut at the end of the object; empty past the end. Refuses `not-found` where there is none. */
  readRange<B extends BucketClass>(
    by: ReadingRight<B>,
    ref: ObjectRef<B>,
    from: number,
    toExclusive: number,
  ): Promise<Uint8Array>
  /** Streams the object in chunks; never holds it whole. */
  stream<B extends BucketClass>(by: ReadingRight<B>, ref: ObjectRef<B>): Promise<AsyncIterable<Uint8Array>>
  /** Small objects that Overread writes itself (metadata, sealed reports, checkpoints). Create-only unless `replace`. */
  put(
    ref: ObjectRef,
    bytes: Uint8Array,
    options: { contentType: string; replace?: boolean },
  ): Promise<'stored' | 'exists'>
  /**
   * Server-side; repeating a copy that has been made is not an error. Never to the de-identified copies: an original among them
   * would leave by their URLs.
   */
  copy(from: ObjectRef, to: ObjectRef<Exclude<BucketClass, 'copies'>>): Promise<void>
  /** Removing what is not there is not an error. */
  remove(ref: ObjectRef): Promise<void>
}

/** What an upload URL binds, beside key, method and expiry. `sha256` is lower-case hex. */
export interface UploadBinding {
  readonly bytes: number
  readonly sha256: string
  readonly contentType: string
}

export interface SignedRequest {
  readonly method: 'PUT' | 'GET'
  readonly url: string
  /** Headers that must be sent exactly so: they are signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly expiresAt: string
}

export interface PartBinding {
  readonly partNumber: number
  readonly bytes: number
}

/**
 * Presigned requests in S3's SigV4 query form. PUTs are create-only; length, SHA-256, content type and encryption headers are
 * signed. Parts bind their length; the whole object's SHA-256 is checked at ingest, since a composite checksum is not it.
 */
export interface UploadSigner {
  signPuts(
    requests: readonly { readonly ref: ObjectRef; readonly binding: UploadBinding }[],
    expiresInSeconds: number,
  ): Promise<readonly SignedRequest[]>
  startMultipart(ref: ObjectRef, contentType: string): Promise<{ multipartId: string }>
  signParts(
    ref: ObjectRef,
    multipartId: string,
    parts: readonly PartBinding[],
    expiresInSeconds: number,
  ): Promise<readonly SignedRequest[]>
  listParts(ref: ObjectRef, multipartId: string): Promise<readonly PartBinding[]>
  /** Completes from the parts the store holds. A repeat after success answers `stored` again. */
  completeMultipart(
    ref: ObjectRef,
    multipartId: string,
    expected: readonly PartBinding[],
  ): Promise<'stored' | 'parts-missing'>
  abortMultipart(ref: ObjectRef, multipartId: string): Promise<void>
}

/** Signed GET, at most 300 s: attachment disposition, content type and `no-store` are signed. */
export interface DownloadSigner {
  signGets(
    release: UrlRelease,
    objects: readonly { readonly key: string; readonly fileName: string; readonly contentType: string }[],
    expiresInSeconds: number,
  ): Promise<readonly SignedRequest[]>
}
