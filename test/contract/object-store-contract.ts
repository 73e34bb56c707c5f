import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { ObjectRef, ObjectStore } from '../../shared/ports/object-store.ts'
import { inside } from '../builders/inside.ts'

export const objectStoreContract = (name: string, make: () => Promise<ObjectStore>): void => {
  describe(`${name} as ObjectStore`, () => {
    let store: ObjectStore
    beforeAll(async () => {
      store = await make()
    })

    const fresh = <B extends ObjectRef['bucket'] = 'images'>(bucket = 'images' as B): ObjectRef<B> => ({
      bucket,
      key: `test/${randomUUID()}`,
    })
    const dicom = { contentType: 'application/dicom' }
    const whole = async (ref: ObjectRef) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of await store.stream(inside, ref)) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    const notFound = expect.objectContaining({ code: 'not-found' }) as unknown

    it('knows size, digest and type of what it stored', async () => {
      const [ref, bytes] = [fresh(), randomBytes(1000)]
      expect(await store.put(ref, bytes, dicom)).toBe('stored')
      expect(await store.head(ref)).toEqual({
        bytes: 1000,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        contentType: 'application/dicom',
      })
      expect((await whole(ref)).equals(bytes)).toBe(true)
    })

    it('stores an object of no bytes', async () => {
      const ref = fresh()
      expect(await store.put(ref, new Uint8Array(), dicom)).toBe('stored')
      expect(await store.head(ref)).toMatchObject({ bytes: 0 })
      expect(await whole(ref)).toHaveLength(0)
      expect(await store.readRange(inside, ref, 0, 65_536)).toHaveLength(0)
    })

    it('never replaces an object unless told to', async () => {
      const ref = fresh()
      await store.put(ref, Buffer.from('first'), dicom)
      expect(await store.put(ref, Buffer.from('second'), dicom)).toBe('exists')
      expect((await whole(ref)).toString()).toBe('first')
      expect(await store.put(ref, Buffer.from('third!'), { contentType: 'text/plain', replace: true })).toBe('stored')
      expect((await whole(ref)).toString()).toBe('third!')
      expect(await store.head(ref)).toMatchObject({ bytes: 6, contentType: 'text/plain' })
    })

    it('lets one of two simultaneous creations win', async () => {
      const ref = fresh()
      const outcomes = await Promise.all([
        store.put(ref, Buffer.from('a'), dicom),
        store.put(ref, Buffer.from('b'), dicom),
      ])
      expect(outcomes.toSorted()).toEqual(['exists', 'stored'])
    })

    it('keeps buckets apart', async () => {
      const ref = fresh('images')
      await store.put(ref, Buffer.from('x'), dicom)
      expect(await store.head({ ...ref, bucket: 'reports' })).toBeUndefined()
    })

    it.each(['a b+c', 'ä/日本/\u{1F9B4}', '../../etc/passwd', '/leading//double/', 'a%2Fb', '.', "q?x=1&y=2#z'(!)*"])(
      'takes the key %j for a name, never for a path',
      async (odd) => {
        const ref: ObjectRef = { bucket: 'images', key: `${randomUUID()}/${odd}` }
        await store.put(ref, Buffer.from(odd), dicom)
        expect((await whole(ref)).toString()).toBe(odd)
        await store.remove(ref)
        expect(await store.head(ref)).toBeUndefined()
      },
    )

    it('reads ranges, cut at the end', async () => {
      const [ref, bytes] = [fresh(), randomBytes(300_000)]
      await store.put(ref, bytes, dicom)
      for (const [from, to] of [
        [0, 65_536],
        [65_536, 131_072],
        [1, 2],
        [299_999, 300_000],
        [250_000, 900_000],
        [300_000, 300_001],
        [500_000, 600_000],
        [5, 5],
      ] as const) {
        expect(Buffer.from(await store.readRange(inside, ref, from, to)).equals(bytes.subarray(from, to))).toBe(true)
      }
    })

    it('streams in chunks', async () => {
      const [ref, bytes] = [fresh(), randomBytes(3_000_000)]
      await store.put(ref, bytes, dicom)
      let [seen, largest] = [0, 0]
      const digest = createHash('sha256')
      for await (const chunk of await store.stream(inside, ref)) {
        seen += chunk.byteLength
        largest = Math.max(largest, chunk.byteLength)
        digest.update(chunk)
      }
      expect(seen).toBe(3_000_000)
      expect(largest).toBeLessThan(3_000_000)
      expect(digest.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    })

    it('refuses to read what is not there', async () => {
      const ref = fresh()
      expect(await store.head(ref)).toBeUndefined()
      await expect(store.readRange(inside, ref, 0, 10)).rejects.toEqual(notFound)
      await expect(store.stream(inside, ref)).rejects.toEqual(notFound)
      await expect(store.copy(ref, fresh())).rejects.toEqual(notFound)
      await expect(store.readRange(inside, ref, 0, 10)).rejects.toBeInstanceOf(Refusal)
    })

    it('copies with digest and type, and once more without harm', async () => {
      const [from, to, bytes] = [fresh('incoming'), fresh('images'), randomBytes(5000)]
      await store.put(from, bytes, dicom)
      await store.copy(from, to)
      await store.copy(from, to)
      expect(await store.head(to)).toEqual(await store.head(from))
      expect((await whole(to)).equals(bytes)).toBe(true)
    })

    it('keeps the copy when the original goes, and the original when the copy goes', async () => {
      const [from, to, third] = [fresh('incoming'), fresh('images'), fresh('quarantine')]
      await store.put(from, Buffer.from('slice'), dicom)
      await store.copy(from, to)
      await store.copy(from, third)
      await store.remove(from)
      expect((await whole(to)).toString()).toBe('slice')
      await store.remove(third)
      expect((await whole(to)).toString()).toBe('slice')
    })

    it('removes, and once more without harm', async () => {
      const ref = fresh()
      await store.put(ref, Buffer.from('x'), dicom)
      await store.remove(ref)
      await store.remove(ref)
      expect(await store.head(ref)).toBeUndefined()
      expect(await store.put(ref, Buffer.from('again'), dicom)).toBe('stored')
    })
  })
}
