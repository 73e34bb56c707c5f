import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resumeUpload } from '../../../../functions/image-upload/complete-upload.ts'
import { pageUploadUrls } from '../../../../functions/image-upload/follow-upload.ts'
import { openUpload } from '../../../../functions/image-upload/open-upload.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { entry } from '../../../../functions/study-arrival/entry.ts'
import { arrivalRoutes } from '../../../../shared/contracts/messages.ts'
import type { BucketClass } from '../../../../shared/contracts/bucket-classes.ts'
import type { Urgency } from '../../../../shared/domain/case/case.ts'
import { arrivalKey, objectKey } from '../../../../shared/domain/upload/upload-session.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { referralBody, studyInHand } from '../../../acceptance/study-in-hand.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { toldQueues } from '../../../builders/told-queues.ts'

const clerk = principalOf('p-clerk-vienna')

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

/** An upload of two images, the second of which is not what was announced. */
async function openedUpload(pathwayId: string) {
  const queues = toldQueues()
  const ports = {
    ...room.ports,
    cell: { ...room.ports.cell, cellId: 'eu-central-1' },
    queues,
  }
  const study = studyInHand(2)
  const submitted = await submitReferral(ports, {
    body: referralBody(study, pathwayId),
    context: await room.asking('submitReferral', clerk),
  })
  const { referralId } = submitted
  const context = { ...(await room.asking('openUpload', clerk)), expectedVersion: submitted.version }
  const objects = study.objects.map(({ sopInstanceUid, bytes, sha256 }, at) => ({
    sopInstanceUid,
    bytes,
    sha256: at === 1 ? 'f'.repeat(64) : sha256,
  }))
  const body = { studyInstanceUid: study.studyInstanceUid, objects }
  const { uploadId } = await openUpload(ports, { params: { referralId }, body, context })
  const places = study.objects.map((_, index) => ({ referralId, uploadId, index }))
  const put = (key: string, at: number) =>
    ports.objects.put({ bucket: 'incoming', key }, study.objects[at]?.content ?? new Uint8Array(), {
      contentType: 'application/dicom',
    })
  const told = (body: unknown) => entry({ ...ports, log: createLog(() => undefined) })(queueEvent([body]), noContext)
  const arrive = (key: string) => told({ kind: 'object-arrived', key })
  const lies = async (bucket: BucketClass, key: string) => (await ports.objects.head({ bucket, key })) !== undefined
  const imagesNow = async () => (await loadCase(ports.store, referralId))?.case.images
  const urlKeys = async () => {
    const asked = { params: { referralId, uploadId }, context: await room.asking('pageUploadUrls', clerk) }
    const { urls } = await pageUploadUrls(ports, { ...asked, query: { limit: 500 } })
    return urls.map(({ put: signed }) => new URL(signed?.url ?? '').pathname.split('/').slice(2).join('/'))
  }
  const resume = async () =>
    resumeUpload(ports, { params: { referralId, uploadId }, context: await room.asking('resumeUpload', clerk) })
  /** As the release before stat and urgent arrivals had prefixes of their own wrote it. */
  const asOpenedBefore = async () => {
    const key = keys.upload(referralId, uploadId)
    const { version = 0, body: written = {} } = (await ports.store.read(key)) ?? {}
    const { urgency: _, ...earlier } = written
    await ports.store.transact([
      { write: 'put', when: { version }, ...key, body: { ...earlier, schema: 'overread/upload@1' } },
    ])
  }
  return { places, put, told, arrive, lies, imagesNow, urlKeys, resume, asOpenedBefore, sent: queues.sent }
}

describe('what a sender sends', () => {
  test.each<[string, Urgency]>([
    ['stroke', 'stat'],
    ['urgent-inpatient', 'urgent'],
    ['oncology-follow-up', 'routine'],
  ])('of a case of %s arrives under the prefix of what is %s, and lies with its study in the end', async (...of) => {
    const [pathwayId, urgency] = of
    const { places, put, arrive, lies, imagesNow, urlKeys } = await openedUpload(pathwayId)
    const arriving = places.map((place) => arrivalKey({ urgency }, place))
    expect(await urlKeys()).toEqual(arriving)
    for (const [at, key] of arriving.entries()) {
      await put(key, at)
      expect((await arrive(key)).batchItemFailures).toEqual([])
      expect(await lies('incoming', key)).toBe(false)
    }
    const [stored, failed] = places.map((place) => objectKey(place))
    expect(await lies('images', stored ?? '')).toBe(true)
    expect(await lies('quarantine', failed ?? '')).toBe(true)
    expect(await imagesNow()).toMatchObject({ stored: 1, failed: 1 })
  })

  test('of an upload that an earlier release opened keeps the keys it signed, is announced again and is taken', async () => {
    const { places, put, arrive, lies, urlKeys, resume, asOpenedBefore, sent } = await openedUpload('stroke')
    await asOpenedBefore()
    const [key = ''] = places.map((place) => objectKey(place))
    expect(await urlKeys()).toContain(key)
    await put(key, 0)
    await resume()
    expect(sent).toEqual([['ingest', { kind: 'object-arrived', key }]])
    expect((await arrive(key)).batchItemFailures).toEqual([])
    expect([await lies('incoming', key), await lies('images', key)]).toEqual([false, true])
  })

  test('is taken from a notification of the bucket too: it waits from before another function sent arrivals on', async () => {
    const { places, put, told, lies } = await openedUpload('stroke')
    const [key = ''] = places.map((place) => arrivalKey({ urgency: 'stat' }, place))
    await put(key, 0)
    const notification = { Records: [{ eventSource: 'aws:s3', s3: { object: { key: encodeURIComponent(key) } } }] }
    expect((await told(notification)).batchItemFailures).toEqual([])
    expect([await lies('incoming', key), await lies('images', objectKey(places[0]!))]).toEqual([false, true])
    expect((await told({ Event: 's3:TestEvent' })).batchItemFailures).toEqual([])
  })

  test('of a stat case, left unannounced, is announced to the queue of its urgency', async () => {
    const { places, put, resume, sent } = await openedUpload('stroke')
    const [key = ''] = places.map((place) => arrivalKey({ urgency: 'stat' }, place))
    await put(key, 0)
    await resume()
    expect(sent).toEqual([['ingest-stat', { kind: 'object-arrived', key }]])
  })
})

test('no prefix of arrivals is the beginning of another: S3 refuses notifications that overlap', () => {
  for (const { prefix } of arrivalRoutes)
    expect(arrivalRoutes.filter((other) => other.prefix.startsWith(prefix))).toHaveLength(1)
})
