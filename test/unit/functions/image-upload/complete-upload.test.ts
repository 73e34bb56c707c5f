import { afterEach, beforeEach, expect, test } from 'vitest'
import { completeUpload } from '../../../../functions/image-upload/complete-upload.ts'
import { listUploadObjects, pageUploadUrls, readUpload } from '../../../../functions/image-upload/follow-upload.ts'
import { openUpload } from '../../../../functions/image-upload/open-upload.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { entry } from '../../../../functions/study-arrival/entry.ts'
import { arrivalKey } from '../../../../shared/domain/upload/upload-session.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { referralBody, studyInHand, type StudyInHand } from '../../../acceptance/study-in-hand.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { toldQueues } from '../../../builders/told-queues.ts'

const clerk = principalOf('p-clerk-vienna')
type Sent = StudyInHand['objects'][number]

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

/** A referral of a study, and what a sender of its images does. */
async function referred(study: StudyInHand) {
  const ports = { ...room.ports, cell: { ...room.ports.cell, cellId: 'eu-central-1' }, queues: toldQueues() }
  const context = await room.asking('submitReferral', clerk)
  const { referralId } = await submitReferral(ports, { body: referralBody(study), context })
  const caseNow = async () => {
    const loaded = await loadCase(ports.store, referralId)
    if (loaded === undefined) throw new Error('the case is there')
    return loaded
  }
  const asked = async (operation: 'openUpload' | 'readUpload' | 'completeUpload', uploadId = '') => ({
    params: { referralId, uploadId },
    context: { ...(await room.asking(operation, clerk)), expectedVersion: (await caseNow()).version },
  })
  const told = async (message: object) => {
    const { batchItemFailures } = await entry({ ...ports, log: createLog(() => undefined) })(
      queueEvent([message]),
      noContext,
    )
    expect(batchItemFailures).toEqual([])
  }
  return {
    caseNow: async () => (await caseNow()).case,
    open: async (objects: readonly Sent[]) => {
      const announced = objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 }))
      const body = { studyInstanceUid: study.studyInstanceUid, objects: announced }
      return (await openUpload(ports, { ...(await asked('openUpload')), body })).uploadId
    },
    send: async (uploadId: string, index: number, { content }: Pick<Sent, 'content'>) => {
      const key = arrivalKey({ urgency: 'stat' }, { referralId, uploadId, index })
      await ports.objects.put({ bucket: 'incoming', key }, content, { contentType: 'application/dicom' })
      await told({ kind: 'object-arrived', key })
    },
    complete: async (uploadId: string) => {
      const state = await completeUpload(ports, await asked('completeUpload', uploadId))
      await told({ kind: 'upload-completed', referralId })
      return state
    },
    read: async (uploadId: string) => readUpload(ports, await asked('readUpload', uploadId)),
    urls: async (uploadId: string, query: { limit: number; cursor?: string }) =>
      pageUploadUrls(ports, { ...(await asked('readUpload', uploadId)), query }),
    objects: async (uploadId: string, query: { limit: number; cursor?: string }) =>
      listUploadObjects(ports, { ...(await asked('readUpload', uploadId)), query }),
  }
}

test('an upload is complete when its last object has arrived, and not with one missing', async () => {
  const study = studyInHand(2)
  const [first, second] = study.objects
  const { open, send, complete, read, caseNow } = await referred(study)
  const uploadId = await open(study.objects)
  await send(uploadId, 0, first!)
  await expect(complete(uploadId)).rejects.toMatchObject({
    code: 'upload-incomplete',
    facts: { missing: 1, expected: 2 },
  })
  expect((await read(uploadId)).state).toBe('open')
  expect((await caseNow()).phase.state).toBe('awaiting-images')
  await send(uploadId, 1, second!)
  expect(await complete(uploadId)).toMatchObject({ state: 'complete', stored: 2, failed: 0, missing: 0 })
  expect((await caseNow()).phase.state).toBe('study-available')
})

test('a study of which not one object could be taken in is not available, though its sender says it is complete', async () => {
  const study = studyInHand(2)
  const { open, send, complete, caseNow } = await referred(study)
  const uploadId = await open(study.objects)
  for (const index of [0, 1]) await send(uploadId, index, { content: new Uint8Array([1, 2, 3]) })
  expect(await complete(uploadId)).toMatchObject({ stored: 0, failed: 2 })
  const { images, phase } = await caseNow()
  expect(images).toMatchObject({ stored: 0, failed: 2, complete: false })
  expect(phase.state).toBe('exception')
})

test('one object that could not be taken in does not hold up the rest of the study', async () => {
  const study = studyInHand(2)
  const { open, send, complete, caseNow } = await referred(study)
  const uploadId = await open(study.objects)
  await send(uploadId, 0, study.objects[0]!)
  await send(uploadId, 1, { content: new Uint8Array([1, 2, 3]) })
  expect((await caseNow()).phase.state).toBe('awaiting-images')
  await complete(uploadId)
  const { images, phase } = await caseNow()
  expect(images).toMatchObject({ expected: 2, stored: 1, failed: 1, complete: true })
  expect(phase.state).toBe('study-available')
})

test('an object that another upload of the case has brought already counts once in each, and says why', async () => {
  const study = studyInHand(2)
  const [first] = study.objects
  const { open, send, read, objects } = await referred(study)
  const uploads = [await open(study.objects), await open([first!, study.objects[1]!])]
  for (const uploadId of uploads) await send(uploadId, 0, first!)
  for (const uploadId of uploads) expect(await read(uploadId)).toMatchObject({ stored: 1, failed: 0, missing: 1 })
  const [listed] = (await objects(uploads[1]!, { limit: 10 })).objects
  expect(listed).toMatchObject({ index: 0, state: 'stored', reason: 'duplicate' })
  await send(uploads[1]!, 0, first!)
  expect(await read(uploads[1]!)).toMatchObject({ stored: 1, missing: 1 })
})

test('pages name each missing object once, and none that has arrived', async () => {
  const study = studyInHand(4)
  const { open, send, urls, objects } = await referred(study)
  const uploadId = await open(study.objects)
  await send(uploadId, 1, study.objects[1]!)
  const paged = async <P extends { cursor?: string | undefined }>(
    page: (query: { limit: number; cursor?: string }) => Promise<P>,
  ) => {
    const pages: P[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; cursor = pages.at(-1)?.cursor)
      pages.push(await page({ limit: 1, ...(cursor === '' ? {} : { cursor }) }))
    return pages
  }
  const indexes = (await paged((query) => urls(uploadId, query))).flatMap((page) => page.urls.map(({ index }) => index))
  expect(indexes).toEqual([0, 2, 3])
  const listed = (await paged((query) => objects(uploadId, query))).flatMap((page) => page.objects)
  expect(listed.map(({ index, state }) => [index, state])).toEqual([
    [0, 'missing'],
    [1, 'stored'],
    [2, 'missing'],
    [3, 'missing'],
  ])
})
