import { afterEach, beforeEach, expect, test } from 'vitest'
import { openUpload } from '../../../../functions/image-upload/open-upload.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { entry } from '../../../../functions/study-arrival/entry.ts'
import { objectKey } from '../../../../shared/domain/upload/upload-session.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { referralBody, studyInHand } from '../../../acceptance/study-in-hand.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { toldQueues } from '../../../builders/told-queues.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

test('a study that is complete dates its scan, on the wall clock of its site', async () => {
  const clerk = principalOf('p-clerk-vienna')
  const study = studyInHand(2)
  const cell = { ...room.ports.cell, cellId: 'eu-central-1' }
  const ports = { ...room.ports, cell, queues: toldQueues() }
  const context = await room.asking('submitReferral', clerk)
  const { referralId, version } = await submitReferral(ports, { body: referralBody(study), context })
  const objects = study.objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 }))
  const { uploadId } = await openUpload(ports, {
    params: { referralId },
    body: { studyInstanceUid: study.studyInstanceUid, objects },
    context: { ...(await room.asking('openUpload', clerk)), expectedVersion: version },
  })
  const arrive = entry({ ...ports, log: createLog(() => undefined) })
  for (const [index, { content }] of study.objects.entries()) {
    const key = objectKey({ referralId, uploadId, index })
    await ports.objects.put({ bucket: 'incoming', key }, content, { contentType: 'application/dicom' })
    await arrive(queueEvent([{ kind: 'object-arrived', key }]), noContext)
  }
  const loaded = await loadCase(ports.store, referralId)
  // 10:15 in Vienna, as the images have it.
  expect(loaded?.case.images).toMatchObject({ complete: true, scannedAt: '2026-11-02T09:15:00.000Z' })
  expect(loaded?.case.phase.state).toBe('study-available')
})
