import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type {
  DownloadSigner,
  ObjectRef,
  ObjectStore,
  SignedRequest,
  UploadSigner,
} from '../../shared/ports/object-store.ts'
import { sendRaw } from './raw-request.ts'
import { inside } from '../builders/inside.ts'

export interface PresignedSubject {
  readonly uploads: UploadSigner
  readonly downloads: DownloadSigner
  readonly objects: ObjectStore
}

const MIB = 1024 * 1024
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Object URLs over real HTTP, as a site's uploader and a reader's browser meet them. */
export const presignedRequestsContract = (name: string, make: () => Promise<PresignedSubject>): void => {
  describe(`${name}: presigned requests`, () => {
    let subject: PresignedSubject
    beforeAll(async () => {
      subject = await make()
    })

    const fresh = (): ObjectRef => ({ bucket: 'incoming', key: `test/${randomUUID()}` })
    const only = (signed: readonly SignedRequest[]): SignedRequest => {
      if (signed.length !== 1 || signed[0] === undefined) throw new Error('one signed request was asked for')
      return signed[0]
    }
    const signPut = async (ref: ObjectRef, bytes: Uint8Array, expires = 300) =>
      only(
        await subject.uploads.signPuts(
          [{ ref, binding: { bytes: bytes.byteLength, sha256: sha256(bytes), contentType: 'application/dicom' } }],
          expires,
        ),
      )
    const signGet = async (ref: ObjectRef, expires = 300) =>
      only(
        await subject.downloads.signGets(
          // What was just sent is fetched from where it lies; of the cell's own code none can ask for that.
          { by: inside, bucket: ref.bucket as 'reports' },
          [{ key: ref.key, fileName: 'report 1.pdf', contentType: 'application/pdf' }],
          expires,
        ),
      )
    const send = (signed: SignedRequest, body: Uint8Array, change: Partial<SignedRequest> = {}) =>
      sendRaw({ ...signed, ...change, body })
    const without = (headers: SignedRequest['headers'], dropped: string) =>
      Object.fromEntries(Object.entries(headers).filter(([header]) => header !== dropped))

    describe('an upload', () => {
      it('stores the object with its digest', async () => {
        const [ref, bytes] = [fresh(), randomBytes(70_000)]
        expect(await send(await signPut(ref, bytes), bytes)).toMatchObject({ status: 200 })
        expect(await subject.objects.head(ref)).toEqual({
          bytes: 70_000,
          sha256: sha256(bytes),
          contentType: 'application/dicom',
        })
      })

      it('names in its headers all that must be sent, and signs it', async () => {
        const { method, url, headers, expiresAt } = await signPut(fresh(), randomBytes(10))
        expect(method).toBe('PUT')
        const signed = new URL(url).searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? []
        expect(signed).toEqual(
          expect.arrayContaining(['content-length', 'content-type', 'host', 'if-none-match', 'x-amz-checksum-sha256']),
        )
        expect([...Object.keys(headers), 'host'].toSorted()).toEqual(signed)
        expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 200_000)
        expect(Date.parse(expiresAt)).toBeLessThan(Date.now() + 400_000)
      })

      it('is refused a second time: what was uploaded is never overwritten', async () => {
        const [ref, bytes] = [fresh(), randomBytes(100)]
        const signed = await signPut(ref, bytes)
        await send(signed, bytes)
        expect(await send(signed, bytes)).toMatchObject({ status: 412 })
      })

      it('is refused with another body than was promised, and leaves nothing', async () => {
        const [ref, bytes, other] = [fresh(), randomBytes(100), randomBytes(100)]
        const signed = await signPut(ref, bytes)
        const answer = await send(signed, other)
        expect(answer.status).toBe(400)
        expect(answer.body.toString()).toContain('BadDigest')
        expect(await subject.objects.head(ref)).toBeUndefined()
        expect(await send(signed, bytes)).toMatchObject({ status: 200 })
      })

      it('is refused with another length', async () => {
        const [ref, bytes] = [fresh(), randomBytes(100)]
        const signed = await signPut(ref, bytes)
        for (const length of [99, 101]) {
          const change = { headers: { ...signed.headers, 'content-length': String(length) } }
          expect(await send(signed, randomBytes(length), change)).toMatchObject({ status: 403 })
        }
        expect(await subject.objects.head(ref)).toBeUndefined()
      })

      it.each([
        ['content-type', 'text/html'],
        ['if-none-match', '"etag"'],
        ['x-amz-checksum-sha256', createHash('sha256').update('other').digest('base64')],
      ])('is refused when the signed header %s is altered or left out', async (header, value) => {
        const [ref, bytes] = [fresh(), randomBytes(100)]
        const signed = await signPut(ref, bytes)
        expect(await send(signed, bytes, { headers: { ...signed.headers, [header]: value } })).toMatchObject({
          status: 403,
        })
        expect(await send(signed, bytes, { headers: without(signed.headers, header) })).toMatchObject({ status: 403 })
        expect(await subject.objects.head(ref)).toBeUndefined()
      })

      it('is refused under another key, another method and with an altered query', async () => {
        const [ref, bytes] = [fresh(), randomBytes(100)]
        const signed = await signPut(ref, bytes)
        const url = (from: string | RegExp, to: string) => ({ url: signed.url.replace(from, to) })
        const changes: Partial<SignedRequest>[] = [
          url(/test\/[0-9a-f]/, 'test/x'),
          url('X-Amz-Expires=300', 'X-Amz-Expires=600'),
          url(/(X-Amz-Signature=)[0-9a-f]{4}/, '$10000'),
          url(/%3Bif-none-match/, ''),
          { method: 'GET' },
        ]
        for (const change of changes) expect(await send(signed, bytes, change)).toMatchObject({ status: 403 })
        expect(await subject.objects.head(ref)).toBeUndefined()
      })

      it('is refused after its expiry', async () => {
        const [ref, bytes] = [fresh(), randomBytes(100)]
        const signed = await signPut(ref, bytes, 1)
        await pause(2_200)
        expect(await send(signed, bytes)).toMatchObject({ status: 403 })
        expect(await subject.objects.head(ref)).toBeUndefined()
      })

      it('that breaks off leaves nothing, and can be made again', async () => {
        const [ref, bytes] = [fresh(), randomBytes(200_000)]
        const signed = await signPut(ref, bytes)
        await expect(sendRaw({ ...signed, body: bytes, dropAfterBytes: 120_000 })).rejects.toThrow('dropped on purpose')
        await pause(200)
        expect(await subject.objects.head(ref)).toBeUndefined()
        expect(await send(signed, bytes)).toMatchObject({ status: 200 })
      })

      it('is signed by the hundred in order', async () => {
        const refs = Array.from({ length: 120 }, fresh)
        const bytes = randomBytes(10)
        const binding = { bytes: 10, sha256: sha256(bytes), contentType: 'application/dicom' }
        const signed = await subject.uploads.signPuts(
          refs.map((ref) => ({ ref, binding })),
          300,
        )
        expect(signed.map(({ url }) => decodeURIComponent(new URL(url).pathname).slice(-36))).toEqual(
          refs.map(({ key }) => key.slice(-36)),
        )
        expect(await send(signed[77]!, bytes)).toMatchObject({ status: 200 })
        expect(await subject.objects.head(refs[77]!)).toMatchObject({ bytes: 10 })
      })
    })

    describe('a download', () => {
      const stored = async (bytes: Uint8Array) => {
        const ref: ObjectRef = { bucket: 'reports', key: `test/${randomUUID()}` }
        await subject.objects.put(ref, bytes, { contentType: 'application/pdf' })
        return ref
      }

      it('hands out the object as an attachment that no cache keeps', async () => {
        const bytes = randomBytes(90_000)
        const answer = await send(await signGet(await stored(bytes)), new Uint8Array())
        expect(answer.status).toBe(200)
        expect(answer.body.equals(bytes)).toBe(true)
        expect(answer.headers).toMatchObject({
          'content-type': 'application/pdf',
          'cache-control': 'no-store',
          'content-disposition': expect.stringMatching(/^attachment; filename="report 1\.pdf"/) as unknown,
        })
      })

      it('gives a range', async () => {
        const bytes = randomBytes(1000)
        const signed = await signGet(await stored(bytes))
        const answer = await sendRaw({ ...signed, headers: { ...signed.headers, range: 'bytes=100-199' } })
        expect(answer).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 100-199/1000' } })
        expect(answer.body.equals(bytes.subarray(100, 200))).toBe(true)
      })

      it("whose reader hangs up is nobody's fault, and can be made again", async () => {
        const bytes = randomBytes(16 * MIB)
        const signed = await signGet(await stored(bytes))
        await expect(sendRaw({ ...signed, leaveAtFirstChunk: true })).rejects.toThrow('left on purpose')
        await pause(200)
        expect((await send(signed, new Uint8Array())).body.equals(bytes)).toBe(true)
      })

      it('is refused for another key, without its disposition, by PUT and after its expiry', async () => {
        const ref = await stored(randomBytes(10))
        const signed = await signGet(ref, 1)
        const changes: Partial<SignedRequest>[] = [
          { url: signed.url.replace(/test\/[0-9a-f]/, 'test/x') },
          { url: signed.url.replace(/response-content-disposition=[^&]*&?/, '') },
          { url: signed.url.replace('no-store', 'public') },
          { method: 'PUT' },
        ]
        for (const change of changes)
          expect(await send(signed, new Uint8Array(), change)).toMatchObject({ status: 403 })
        await pause(2_200)
        expect(await send(signed, new Uint8Array())).toMatchObject({ status: 403 })
      })

      it('of what is not there is answered 404', async () => {
        const signed = await signGet({ bucket: 'reports', key: `test/${randomUUID()}` })
        expect(await send(signed, new Uint8Array())).toMatchObject({ status: 404 })
      })

      it('is never signed for longer than 300 seconds', async () => {
        await expect(signGet({ bucket: 'reports', key: 'test/x' }, 301)).rejects.toThrow()
      })
    })

    describe('an upload in parts', () => {
      const parts = [
        { partNumber: 1, bytes: 5 * MIB },
        { partNumber: 2, bytes: 1000 },
      ] as const

      const start = async () => {
        const ref = fresh()
        const { multipartId } = await subject.uploads.startMultipart(ref, 'application/dicom')
        const [first, second] = await subject.uploads.signParts(ref, multipartId, parts, 300)
        if (first === undefined || second === undefined) throw new Error('two parts were asked for')
        return { ref, multipartId, first, second }
      }

      it('becomes one object, in the order of its parts', async () => {
        const { ref, multipartId, first, second } = await start()
        const [one, two] = [randomBytes(5 * MIB), randomBytes(1000)]
        expect(await send(second, two)).toMatchObject({ status: 200 })
        expect(await send(first, one)).toMatchObject({ status: 200 })
        expect(await subject.uploads.listParts(ref, multipartId)).toEqual(parts)
        expect(await subject.objects.head(ref)).toBeUndefined()
        expect(await subject.uploads.completeMultipart(ref, multipartId, parts)).toBe('stored')
        expect(await subject.objects.head(ref)).toEqual({ bytes: 5 * MIB + 1000, contentType: 'application/dicom' })
        const across = await subject.objects.readRange(inside, ref, 5 * MIB - 10, 5 * MIB + 10)
        expect(Buffer.from(across).equals(Buffer.concat([one.subarray(-10), two.subarray(0, 10)]))).toBe(true)
        const digest = createHash('sha256')
        for await (const chunk of await subject.objects.stream(inside, ref)) digest.update(chunk)
        expect(digest.digest('hex')).toBe(sha256(Buffer.concat([one, two])))
      })

      it('is complete once, however often it is told so', async () => {
        const { ref, multipartId, first, second } = await start()
        await send(first, randomBytes(5 * MIB))
        await send(second, randomBytes(1000))
        expect(await subject.uploads.completeMultipart(ref, multipartId, parts)).toBe('stored')
        expect(await subject.uploads.completeMultipart(ref, multipartId, parts)).toBe('stored')
      })

      it('is not complete while a part is missing, and can go on', async () => {
        const { ref, multipartId, first, second } = await start()
        await send(first, randomBytes(5 * MIB))
        expect(await subject.uploads.completeMultipart(ref, multipartId, parts)).toBe('parts-missing')
        expect(await subject.objects.head(ref)).toBeUndefined()
        await send(second, randomBytes(1000))
        expect(await subject.uploads.completeMultipart(ref, multipartId, parts)).toBe('stored')
      })

      it('is not complete with a part of another size than expected', async () => {
        const { ref, multipartId, first, second } = await start()
        await send(first, randomBytes(5 * MIB))
        await send(second, randomBytes(1000))
        const expected = [parts[0], { partNumber: 2, bytes: 1001 }]
        expect(await subject.uploads.completeMultipart(ref, multipartId, expected)).toBe('parts-missing')
      })

      it('refuses a part of another length, number or upload', async () => {
        const { ref, multipartId, second } = await start()
        const long = { headers: { ...second.headers, 'content-length': '1001' } }
        expect(await send(second, randomBytes(1001), long)).toMatchObject({ status: 403 })
        const renumbered = { url: second.url.replace('partNumber=2', 'partNumber=3') }
        expect(await send(second, randomBytes(1000), renumbered)).toMatchObject({ status: 403 })
        const other = await start()
        const moved = {
          url: second.url.replace(encodeURIComponent(multipartId), encodeURIComponent(other.multipartId)),
        }
        expect(await send(second, randomBytes(1000), moved)).toMatchObject({ status: 403 })
        expect(await subject.uploads.listParts(ref, multipartId)).toEqual([])
      })

      it('takes a part again: a resumed upload may repeat one', async () => {
        const { ref, multipartId, second } = await start()
        await send(second, randomBytes(1000))
        expect(await send(second, randomBytes(1000))).toMatchObject({ status: 200 })
        expect(await subject.uploads.listParts(ref, multipartId)).toEqual([parts[1]])
      })

      it('takes no part once it is given up', async () => {
        const { ref, multipartId, second } = await start()
        await subject.uploads.abortMultipart(ref, multipartId)
        await subject.uploads.abortMultipart(ref, multipartId)
        expect(await send(second, randomBytes(1000))).toMatchObject({ status: 404 })
      })
    })
  })
}
