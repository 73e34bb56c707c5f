import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { arrivalKey } from '../../shared/domain/upload/upload-session.ts'
import type { Eraser } from '../../shared/ports/eraser.ts'
import type { ObjectRef, ObjectStore, UploadSigner } from '../../shared/ports/object-store.ts'
import { inside } from '../builders/inside.ts'

export interface EraserUnderTest {
  readonly eraser: Eraser
  readonly objects: ObjectStore
  readonly uploads: Pick<UploadSigner, 'startMultipart'>
  /** Whatever the store still holds under the prefix, versions, markers and uploads in parts included. */
  readonly left: (bucket: ObjectRef['bucket'], prefix: string) => Promise<number>
  /** Lays messages among the dead letters of one queue. */
  readonly bury: (bodies: readonly string[]) => Promise<unknown>
  readonly buried: () => Promise<readonly string[]>
}

const dicom = { contentType: 'application/dicom' }

export function eraserContract(name: string, open: () => Promise<EraserUnderTest>): void {
  describe(`eraser: ${name}`, () => {
    let under: EraserUnderTest
    beforeAll(async () => {
      under = await open()
    })

    const put = (key: string, text: string, replace = false) =>
      under.objects.put({ bucket: 'images', key }, Buffer.from(text), { ...dicom, replace })

    it('erases every version, and what was only marked as deleted, under a prefix and nowhere else', async () => {
      const prefix = `studies/${randomUUID()}/`
      const sibling = { bucket: 'images' as const, key: `${prefix.slice(0, -1)}x/1` }
      await put(sibling.key, 'another case')
      await put(`${prefix}1`, 'first')
      await put(`${prefix}1`, 'second', true)
      await put(`${prefix}a/b+c é`, 'deep')
      await put(`${prefix}gone`, 'removed before')
      await under.objects.remove({ bucket: 'images', key: `${prefix}gone` })

      const { objects, bytes } = await under.eraser.eraseUnder('images', prefix)
      expect(objects).toBeGreaterThanOrEqual(2)
      expect(bytes).toBeGreaterThanOrEqual('second'.length + 'deep'.length)
      expect(await under.left('images', prefix)).toBe(0)
      expect(await under.objects.head(sibling)).toBeDefined()
    })

    it('aborts an upload in parts of which none was ever sent', async () => {
      const prefix = `studies/${randomUUID()}/`
      await under.uploads.startMultipart({ bucket: 'incoming', key: `${prefix}1` }, dicom.contentType)
      expect(await under.left('incoming', prefix)).toBe(1)
      expect(await under.eraser.eraseUnder('incoming', prefix)).toEqual({ objects: 0, bytes: 0 })
      expect(await under.left('incoming', prefix)).toBe(0)
    })

    it('takes the dead letters of one case, however it is named in them, and leaves those of others', async () => {
      const [own, other] = ['donau-klinikum.01k9zq9t4w6y8b1d3f5h7k9m2p', 'donau-klinikum.01k9zq9t4w6y8b1d3f5h7k9m2q']
      const upload = '01k9zq9t4w6y8b1d3f5h7k9m2r'
      const told = (referralId: string) => [
        { kind: 'route-case', referralId },
        { kind: 'object-arrived', key: arrivalKey({ urgency: 'stat' }, { referralId, uploadId: upload, index: 0 }) },
        { kind: 'copy-study', referralId },
      ]
      const kept = [...told(other).map((one) => JSON.stringify(one)), 'no message of ours']
      // More than a queue hands out at once.
      const gone = Array.from({ length: 4 }, () => told(own)).flat()
      await under.bury([...gone.map((one) => JSON.stringify(one)), ...kept])
      await under.eraser.eraseDeadLetters(own)
      expect([...(await under.buried())].sort()).toEqual(kept.sort())
      await under.eraser.eraseDeadLetters(own)
    })

    it('finds nothing the second time, and is no error', async () => {
      const prefix = `studies/${randomUUID()}/`
      await put(`${prefix}1`, 'x')
      await under.eraser.eraseUnder('images', prefix)
      expect(await under.eraser.eraseUnder('images', prefix)).toEqual({ objects: 0, bytes: 0 })
    })

    it('says of what nothing locks that nothing does', async () => {
      const prefix = `studies/${randomUUID()}/`
      expect(await under.eraser.lockedUntil('images', prefix)).toBeUndefined()
      await put(`${prefix}1`, 'x')
      expect(await under.eraser.lockedUntil('images', prefix)).toBeUndefined()
    })

    it('keeps a copy elsewhere readable', async () => {
      const prefix = `studies/${randomUUID()}/`
      const copy = { bucket: 'quarantine' as const, key: `kept/${randomUUID()}` }
      await put(`${prefix}1`, 'copied')
      await under.objects.copy({ bucket: 'images', key: `${prefix}1` }, copy)
      await under.eraser.eraseUnder('images', prefix)
      expect(Buffer.from(await under.objects.readRange(inside, copy, 0, 100)).toString()).toBe('copied')
    })
  })
}
