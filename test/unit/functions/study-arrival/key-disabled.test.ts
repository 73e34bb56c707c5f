import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readReferral } from '../../../../functions/case-desk/read-referral.ts'
import { openUpload } from '../../../../functions/image-upload/open-upload.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { entry } from '../../../../functions/study-arrival/entry.ts'
import { objectKey } from '../../../../shared/domain/upload/upload-session.ts'
import { Refusal } from '../../../../shared/domain/refusal.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import type { KeyVault } from '../../../../shared/ports/key-vault.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { problemOf } from '../../../../shared/runtime/problem.ts'
import { referralBody, studyInHand } from '../../../acceptance/study-in-hand.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { toldQueues } from '../../../builders/told-queues.ts'

const clerk = principalOf('p-clerk-vienna')
const study = studyInHand(1)

let room: ReadingRoom
let enabled: boolean
beforeEach(() => {
  room = readingRoom()
  enabled = true
})
afterEach(() => room.close())

const whileEnabled = <R>(use: () => Promise<R>): Promise<R> =>
  enabled ? use() : Promise.reject(new Refusal('key-unavailable'))

/** The vault of the room, with keys that somebody may disable at any moment. */
const portsOf = () => {
  const { keys } = room.ports
  const vault: KeyVault = {
    seal: (text, context) => whileEnabled(() => keys.seal(text, context)),
    open: (by, sealed, context) => whileEnabled(() => keys.open(by, sealed, context)),
    mac: (purpose, message) => whileEnabled(() => keys.mac(purpose, message)),
    sign: (message) => whileEnabled(() => keys.sign(message)),
    publicKey: () => whileEnabled(() => keys.publicKey()),
    signToken: (message) => whileEnabled(() => keys.signToken(message)),
    tokenPublicKey: () => whileEnabled(() => keys.tokenPublicKey()),
  }
  const cell = { ...room.ports.cell, cellId: 'eu-central-1' }
  return { ...room.ports, keys: vault, cell, queues: toldQueues() }
}

/** A referral whose one image has been sent and lies in the incoming bucket. */
async function sentImage() {
  const ports = portsOf()
  const submitted = await submitReferral(ports, {
    body: referralBody(study),
    context: await room.asking('submitReferral', clerk),
  })
  const { referralId } = submitted
  const context = { ...(await room.asking('openUpload', clerk)), expectedVersion: submitted.version }
  const objects = study.objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 }))
  const body = { studyInstanceUid: study.studyInstanceUid, objects }
  const { uploadId } = await openUpload(ports, { params: { referralId }, body, context })
  const key = objectKey({ referralId, uploadId, index: 0 })
  const content = study.objects[0]?.content ?? new Uint8Array()
  await ports.objects.put({ bucket: 'incoming', key }, content, { contentType: 'application/dicom' })
  const deliver = (receiveCount: number) =>
    entry({ ...ports, log: createLog(() => undefined) })(
      queueEvent([{ kind: 'object-arrived', key }], receiveCount),
      noContext,
    )
  const stateNow = async () => (await loadCase(room.ports.store, referralId))?.case
  const lies = async (bucket: 'incoming' | 'images') => (await room.ports.objects.head({ bucket, key })) !== undefined
  return { ports, referralId, deliver, stateNow, lies }
}

describe('a key that is disabled in the middle of a case', () => {
  test('delays the images: the message comes back, and with the key again the study is complete', async () => {
    const { deliver, stateNow, lies } = await sentImage()
    enabled = false
    expect((await deliver(1)).batchItemFailures).toHaveLength(1)
    expect(await lies('incoming')).toBe(true)
    enabled = true
    expect((await deliver(2)).batchItemFailures).toEqual([])
    expect(await lies('images')).toBe(true)
    expect((await stateNow())?.images).toMatchObject({ stored: 1, failed: 0, complete: true })
  })

  test('for longer than the retries gives the case an exception with an owner, and loses no image', async () => {
    const { deliver, stateNow, lies } = await sentImage()
    enabled = false
    expect((await deliver(5)).batchItemFailures).toHaveLength(1)
    const held = await stateNow()
    expect(held?.phase.state).toBe('exception')
    expect(held?.owner).not.toBeNull()
    expect(await lies('incoming')).toBe(true)
    enabled = true
    // Back from the dead-letter queue.
    expect((await deliver(1)).batchItemFailures).toEqual([])
    expect((await stateNow())?.images).toMatchObject({ stored: 1, failed: 0 })
  })

  test('refuses the patient record as busy, and shows it when the key is back', async () => {
    const { ports, referralId } = await sentImage()
    const read = async () =>
      readReferral(ports, { params: { referralId }, context: await room.asking('readReferral', clerk) })
    enabled = false
    const refusal = await read().catch((thrown: unknown) => thrown)
    expect(refusal).toMatchObject({ code: 'key-unavailable', retryable: true })
    expect(problemOf(refusal, 'e').statusCode).toBe(503)
    enabled = true
    expect(await read()).toMatchObject({ patient: { patientId: 'MRN-77' } })
  })

  test('files no report without its signature, and files it once when the key is back', async () => {
    await room.prepareClaimed()
    const { referralId } = room
    const context = await room.asking('signFinal', principalOf('p-weber'))
    const text = { findings: 'f', impression: 'i', alert: 'none' as const }
    const sign = () => signFinal(portsOf(), { params: { referralId }, body: { text, attachmentIds: [] }, context })
    enabled = false
    await expect(sign()).rejects.toMatchObject({ code: 'key-unavailable' })
    expect((await room.loaded()).case.phase.state).toBe('claimed')
    enabled = true
    expect((await sign()).state).toBe('final-signed')
  })
})
