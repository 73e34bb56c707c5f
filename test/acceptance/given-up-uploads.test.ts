import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiProblem, atCurrentVersion } from '../../local/client/api-client.ts'
import { completeUpload } from '../../local/client/upload-study.ts'
import {
  eventually,
  freshUid,
  referralBody,
  sendStudy,
  studyInHand,
  submit,
  type StudyInHand,
} from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

type ImageObject = StudyInHand['objects'][number]
type Place = Readonly<Record<'referralId' | 'uploadId', string>>

const WHO = 'p-clerk-vienna'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 120_000)
afterAll(() => target.stop())

const withoutUid = ({ sopInstanceUid: _, ...object }: ImageObject) => object
const clerk = () => target.as(WHO)

async function opened(
  referralId: string,
  { studyInstanceUid }: StudyInHand,
  objects: readonly (Omit<ImageObject, 'sopInstanceUid'> & { sopInstanceUid?: string })[],
): Promise<Place> {
  const body = { studyInstanceUid, objects: objects.map(({ content: _, ...object }) => object) }
  const { uploadId } = await atCurrentVersion(clerk(), referralId, (version) =>
    clerk().call('openUpload', { params: { referralId }, version, body }),
  )
  return { referralId, uploadId }
}

/** Sends only these of the upload; the answers of the store. */
async function send(place: Place, { objects }: StudyInHand, indexes: readonly number[]): Promise<number[]> {
  const { urls } = await clerk().call('pageUploadUrls', { params: place })
  const sent: number[] = []
  for (const { index, put } of urls.filter((url) => indexes.includes(url.index))) {
    const { content = new Uint8Array() } = objects[index] ?? {}
    const { method = 'PUT', url = '', headers } = put ?? {}
    sent.push((await fetch(url, { method, headers: headers ?? {}, body: new Uint8Array(content) })).status)
  }
  return sent
}

const lookedAt = (place: Place, objects: number) =>
  expect
    .poll(async () => {
      const { stored, failed } = await clerk().call('readUpload', { params: place })
      return stored + failed
    })
    .toBe(objects)

const completing = (place: Place): Promise<string> =>
  completeUpload(clerk(), place).then(
    ({ state }) => state,
    (thrown: unknown) => {
      if (thrown instanceof ApiProblem) return thrown.problem.code
      throw thrown
    },
  )

const referralFor = async (study: StudyInHand): Promise<string> =>
  (await submit(target, referralBody(study))).referralId

const brought = (referralId: string) =>
  eventually(target, WHO, referralId, ({ state }) => !['accepted', 'awaiting-images', 'exception'].includes(state), 20)

describe('an upload that is given up', () => {
  it('does not hold up the study that another one brings, whole', async () => {
    const study = studyInHand(2)
    const referralId = await referralFor(study)
    const first = await opened(referralId, study, study.objects)
    expect(await send(first, study, [0])).toEqual([200])
    await lookedAt(first, 1)
    await sendStudy(clerk(), referralId, study)
    const { images } = await brought(referralId)
    expect(images).toEqual({ expected: 3, stored: 3, failed: 0, complete: true })
    expect(await completing(first)).toBe('complete')
  })

  it.each([
    ['by its SOP Instance UID', (one: ImageObject) => ({ ...one, sha256: 'f'.repeat(64) })],
    ['by its digest, where no UID was announced', withoutUid],
  ])('is answered by another that stores the same image, found %s', async (_, announcedAs) => {
    const study = studyInHand(2)
    const referralId = await referralFor(study)
    const [kept, mistaken] = study.objects
    const first = await opened(referralId, study, [kept!, announcedAs(mistaken!)])
    expect(await send(first, study, [0])).toEqual([200])
    await lookedAt(first, 1)
    expect(await completing(first)).toBe('upload-incomplete')
    await sendStudy(clerk(), referralId, { ...study, objects: [mistaken!] })
    const { images } = await brought(referralId)
    expect(images).toEqual({ expected: 2, stored: 2, failed: 0, complete: true })
  })

  it('is answered where two of them hold one half each, once the sender says that this is all', async () => {
    const study = studyInHand(2)
    const referralId = await referralFor(study)
    const halves = [await opened(referralId, study, study.objects), await opened(referralId, study, study.objects)]
    for (const [at, half] of halves.entries()) {
      expect(await completing(half)).toBe('upload-incomplete')
      await send(half, study, [at])
      await lookedAt(half, 1)
    }
    expect(await completing(halves[1]!)).toBe('complete')
    expect((await brought(referralId)).images).toEqual({ expected: 2, stored: 2, failed: 0, complete: true })
  })

  it('still holds up a study of which an image is nowhere, though as many objects came', async () => {
    const study = studyInHand(3)
    const [one, two, nowhere] = study.objects
    const referralId = await referralFor(study)
    const first = await opened(referralId, study, [one!, { ...nowhere!, sha256: two!.sha256, bytes: two!.bytes }])
    await send(first, study, [0])
    await lookedAt(first, 1)
    await sendStudy(clerk(), referralId, { ...study, objects: [one!, two!] })
    expect(await completing(first)).toBe('upload-incomplete')
    await expect
      .poll(async () => (await clerk().call('readTimeline', { params: { referralId } })).entries.at(-1)?.event)
      .toBe('images-counted')
    const { state, images } = await clerk().call('readStatus', { params: { referralId } })
    expect([state, images.complete]).toEqual(['awaiting-images', false])
  })
})

const ofAnother = { id: 'X-1', name: 'Anders^Otto', birthDate: '19400101' }

describe('what is not with its study', () => {
  it('is in the status while the upload is under way', async () => {
    const study = studyInHand(2)
    const { objects } = studyInHand(2, ofAnother)
    const mixed = { ...study, objects: [study.objects[0]!, objects[0]!, study.objects[1]!] }
    const referralId = await referralFor(study)
    const place = await opened(referralId, mixed, mixed.objects)
    await send(place, mixed, [0, 1])
    await lookedAt(place, 2)
    const { images } = await clerk().call('readStatus', { params: { referralId } })
    expect(images).toEqual({ expected: 3, stored: 1, failed: 1, complete: false })
  })

  const text = new TextEncoder().encode('not a DICOM file at all')
  const noImage = { content: text, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }

  it.each([
    ['images of another patient', 'identity-mismatch', () => studyInHand(2, ofAnother).objects],
    ['files that are no images', 'unreadable-modality', () => [{ ...noImage, sopInstanceUid: freshUid() }]],
    [
      'both',
      'identity-mismatch',
      () => [...studyInHand(1, ofAnother).objects, { ...noImage, sopInstanceUid: freshUid() }],
    ],
  ])('is told at once where an upload holds nothing but %s, and the right images end it', async (_, code, wrong) => {
    const study = studyInHand(1)
    const referralId = await referralFor(study)
    const mistaken = { ...study, objects: wrong() }
    const all = mistaken.objects.map((_, index) => index)
    await send(await opened(referralId, mistaken, mistaken.objects), mistaken, all)
    const told = await eventually(target, WHO, referralId, ({ state }) => state === 'exception', 20)
    expect(told).toMatchObject({ exceptionCode: code, owner: { role: 'coordinator' } })
    expect(Date.parse(told.dueAt ?? '') - Date.parse(told.exceptions[0]?.raisedAt ?? '')).toBe(15 * 60_000)
    await sendStudy(clerk(), referralId, study)
    const { images, exceptions } = await brought(referralId)
    expect(images).toEqual({ expected: all.length + 1, stored: 1, failed: all.length, complete: true })
    expect(exceptions).toEqual([expect.objectContaining({ code, resolvedAt: expect.any(String) as string })])
  })
})
