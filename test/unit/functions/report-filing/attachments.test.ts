import { loadReports } from '../../../../shared/ledger/sealed-reports.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAttachment } from '../../../../functions/report-filing/open-attachment.ts'
import { filePreliminary, signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { attachmentKey } from '../../../../shared/contracts/stored/attachment.ts'
import { AnsweredBefore } from '../../../../shared/ledger/asking.ts'
import type { ObjectStore } from '../../../../shared/ports/object-store.ts'
import { principalOf, readingRoom, sha256, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

const weber = principalOf('p-weber')
const text = { findings: 'f', impression: 'i', alert: 'none' as const }
const pdf = new TextEncoder().encode('%PDF-1.7 and the rest')
const dicom = new Uint8Array(200)
dicom.set(new TextEncoder().encode('DICM'), 128)

type ContentType = 'application/pdf' | 'application/dicom'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

const open = async (contentType: ContentType, bytes: Uint8Array, principal = weber, key?: string) => {
  const context = await room.asking('openAttachment', principal, key)
  const body = { contentType, bytes: bytes.length, sha256: sha256(bytes) }
  return openAttachment(room.ports, { params: { referralId: room.referralId }, body, context })
}
const send = (attachmentId: string, bytes: Uint8Array, contentType: ContentType = 'application/pdf') =>
  room.ports.objects.put({ bucket: 'incoming', key: attachmentKey(room.referralId, attachmentId) }, bytes, {
    contentType,
  })
const attached = async (bytes: Uint8Array, contentType: ContentType = 'application/pdf') => {
  const { attachmentId } = await open(contentType, bytes)
  await send(attachmentId, bytes, contentType)
  return attachmentId
}
const file = async (attachmentIds: string[], sign = signFinal, objects: ObjectStore = room.ports.objects) => {
  const context = await room.asking('signFinal', weber)
  const params = { referralId: room.referralId }
  return sign({ ...room.ports, objects }, { params, body: { text, attachmentIds }, context })
}
const lies = (bucket: 'incoming' | 'reports', attachmentId: string) =>
  room.ports.objects.head({ bucket, key: attachmentKey(room.referralId, attachmentId) })

describe('an attachment', () => {
  test('is sent with a URL that lives a quarter of an hour and binds its length and digest', async () => {
    const { put, attachmentId } = await open('application/pdf', pdf)
    expect(put.method).toBe('PUT')
    expect(Date.parse(put.expiresAt) - Date.parse(room.ports.clock.now())).toBe(15 * 60_000)
    expect(put.url).toContain(attachmentKey(room.referralId, attachmentId))
    expect(JSON.stringify(put)).toContain(Buffer.from(sha256(pdf), 'hex').toString('base64'))
  })

  test('asked for twice under one key is opened once', async () => {
    const first = await open('application/pdf', pdf, weber, 'key-1')
    const repeat = await open('application/pdf', pdf, weber, 'key-1').catch((thrown: unknown) => thrown)
    expect(repeat).toBeInstanceOf(AnsweredBefore)
    expect((repeat as AnsweredBefore).found.body['answer']).toMatchObject({ attachmentId: first.attachmentId })
  })

  test('is taken into the reports bucket with the report that names it, and leaves the incoming one', async () => {
    const [one, other] = [await attached(pdf), await attached(dicom, 'application/dicom')]
    await file([one, other])
    expect(await lies('reports', one)).toMatchObject({ bytes: pdf.length })
    expect(await lies('reports', other)).toMatchObject({ bytes: dicom.length })
    expect(await lies('incoming', one)).toBeUndefined()
    const [report] = await loadReports(inside, room.ports.objects, (await room.loaded()).case)
    expect(report?.content).toMatchObject({
      attachments: [
        { attachmentId: one, sha256: sha256(pdf), contentType: 'application/pdf' },
        { attachmentId: other, sha256: sha256(dicom), contentType: 'application/dicom' },
      ],
    })
  })

  test('of the preliminary report may be part of the final one too', async () => {
    const one = await attached(pdf)
    await file([one], filePreliminary)
    const status = await file([one])
    expect(status.state).toBe('final-signed')
  })

  test('that the store gave no digest for is read and hashed', async () => {
    const one = await attached(pdf)
    const { objects } = room.ports
    const blind: ObjectStore = {
      ...objects,
      head: async (ref) => {
        const head = await objects.head(ref)
        return head === undefined ? undefined : { bytes: head.bytes }
      },
    }
    expect((await file([one], signFinal, blind)).state).toBe('final-signed')
  })
})

describe('an attachment that is not what was announced stops the signature and costs nothing else', () => {
  const rejected = async (attachmentId: string, reason: string) => {
    await expect(file([attachmentId])).rejects.toMatchObject({
      code: 'attachment-rejected',
      facts: { attachmentId, reason },
    })
    const { case: c } = await room.loaded()
    expect(c.phase.state).toBe('claimed')
    expect(c.reports).toEqual([])
  }
  const announced = async (bytes: Uint8Array, contentType: ContentType = 'application/pdf') =>
    (await open(contentType, bytes)).attachmentId

  test('never sent', async () => rejected(await announced(pdf), 'missing'))

  test('longer than announced', async () => {
    const id = await announced(pdf)
    await send(id, new Uint8Array([...pdf, 0]))
    await rejected(id, 'size-differs')
  })

  test('other bytes of the same length', async () => {
    const id = await announced(pdf)
    await send(id, pdf.toReversed())
    await rejected(id, 'digest-differs')
  })

  test('a script that calls itself a PDF', async () => {
    const script = new TextEncoder().encode('#!/bin/sh and no document')
    const id = await announced(script)
    await send(id, script)
    await rejected(id, 'not-a-document')
  })

  test('a PDF that calls itself DICOM', async () => {
    const long = new Uint8Array(200)
    long.set(pdf)
    const id = await announced(long, 'application/dicom')
    await send(id, long, 'application/dicom')
    await rejected(id, 'not-a-document')
  })

  test('nobody announced it', () => rejected('0'.repeat(26), 'unknown'))

  test('named twice in one report', async () => {
    const id = await attached(pdf)
    await expect(file([id, id])).rejects.toMatchObject({ facts: { reason: 'named-twice' } })
  })

  test('announced by the reader who held the case before', async () => {
    const id = await attached(pdf)
    await room.command({ command: 'release-claim', readerId: 'r-weber', because: 'returned' })
    const costa = { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd' }
    await room.command({ command: 'offer', ...costa, poolId: 'tejo-main', tier: 1 })
    await room.command({ command: 'claim', claim: costa })
    const context = await room.asking('signFinal', principalOf('p-costa'))
    const params = { referralId: room.referralId }
    const signed = signFinal(room.ports, { params, body: { text, attachmentIds: [id] }, context })
    await expect(signed).rejects.toMatchObject({ facts: { reason: 'unknown' } })
  })
})
