import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openUpload } from '../../../../functions/image-upload/open-upload.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { entry } from '../../../../functions/study-arrival/entry.ts'
import type { AnnouncedObject } from '../../../../shared/domain/upload/upload-session.ts'
import { objectKey } from '../../../../shared/domain/upload/upload-session.ts'
import { caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { eraseCase } from '../../../../shared/ledger/erase-case.ts'
import { sealedReportKey } from '../../../../shared/contracts/stored/sealed-report.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { Eraser } from '../../../../shared/ports/eraser.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { referralBody, studyInHand } from '../../../acceptance/study-in-hand.ts'
import { network } from '../../../builders/case-builder.ts'
import { queueEvent, noContext } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'
import { filesThatHold } from '../../../fixtures/written-words.ts'

const clerk = principalOf('p-clerk-vienna')
const canary = 'Canary-Impression-Zz9'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

/** A referral with two stored images, one object in quarantine and a report's text: all with words of the subject. */
async function wholeCase(name: string) {
  const study = studyInHand(3, { id: 'MRN-77', name: 'Muster^Maria', birthDate: '19560229' })
  const body = referralBody(study)
  const ports = {
    ...room.ports,
    cell: { ...room.ports.cell, cellId: 'eu-central-1' },
    queues: { send: () => Promise.resolve() },
  }
  const submitted = await submitReferral(ports, { body, context: await room.asking('submitReferral', clerk) })
  const { referralId } = submitted
  const context = { ...(await room.asking('openUpload', clerk)), expectedVersion: submitted.version }
  const objects: AnnouncedObject[] = study.objects.map(({ sopInstanceUid, bytes, sha256 }, at) => ({
    sopInstanceUid,
    bytes,
    // The last is not what was announced: it ends in quarantine.
    sha256: at === 2 ? 'f'.repeat(64) : sha256,
  }))
  const opened = await openUpload(ports, {
    params: { referralId },
    body: { studyInstanceUid: study.studyInstanceUid, objects },
    context,
  })
  const arrive = entry({ ...ports, log: createLog(() => undefined) })
  for (const [index, { content }] of study.objects.entries()) {
    const key = objectKey({ referralId, uploadId: opened.uploadId, index })
    await ports.objects.put({ bucket: 'incoming', key }, content, { contentType: 'application/dicom' })
    const answered = await arrive(queueEvent([{ kind: 'object-arrived', key }]), noContext)
    expect(answered.batchItemFailures).toEqual([])
  }
  const report = { bucket: 'reports' as const, key: sealedReportKey(referralId, name) }
  await ports.objects.put(report, new TextEncoder().encode(canary), { contentType: 'application/json' })
  await room.ports.store.transact([
    { write: 'put', when: 'absent', ...keys.report(referralId, name), body: { text: canary } },
  ])
  return { referralId, study }
}

const order = async (referralId: string) => {
  const loaded = await loadCase(room.ports.store, referralId)
  if (loaded === undefined) throw new Error('the case is gone')
  const decision = { outcome: 'erase' as const, ruleIds: ['images-default'], policyVersion: '2026-11' }
  const confirmedBy = { kind: 'person' as const, id: 'p-b' }
  return { loaded, decision, requestedBy: 'p-a', confirmedBy, requestId: 'erasure-1' }
}

const erase = async (referralId: string, eraser: Eraser = room.eraser) =>
  eraseCase({ ...room.ports, eraser }, network, await order(referralId))

const filesWith = (words: readonly string[]): string[] => filesThatHold(room.folder, words)

describe('an erased case', () => {
  test('leaves no word of the subject in any file of the cell, and another case whole', async () => {
    const { referralId, study } = await wholeCase('01k9zq9t4w6y8b1d3f5h7k9m2p')
    const uids = [study.studyInstanceUid, ...study.objects.map(({ sopInstanceUid }) => sopInstanceUid)]
    const words = ['Muster^Maria', 'MRN-77', canary, ...uids]
    for (const word of words) expect(filesWith([word]), word).not.toEqual([])
    await room.prepareClaimed()

    const proof = await erase(referralId)
    expect(filesWith(words)).toEqual([])
    expect(proof.objects).toBe(4)
    expect(await loadCase(room.ports.store, referralId)).toBeUndefined()
    expect((await room.loaded()).case.phase.state).toBe('claimed')
    const left = room.everyRecord().filter((one) => JSON.stringify(one).includes(referralId))
    const others = left.filter(({ sort, partition }) => !sort.startsWith('audit') && !partition.startsWith('audit'))
    // Commands of the last day are remembered, and messages are handed over, by ids and states alone.
    expect(others.filter(({ partition }) => !/#idempotency#|^outbox|^due#/.test(partition))).toEqual([])
  })

  test('is proved by the audit: begun, erased, by whom, under which rules, how much', async () => {
    const { referralId } = await wholeCase('01k9zq9t4w6y8b1d3f5h7k9m2p')
    const proof = await erase(referralId)
    const records = auditRecords(room).filter(
      ({ chain, action }) => chain === caseChain(referralId) && action === 'erase',
    )
    expect(records.map(({ facts }) => facts?.['step'])).toEqual(['begun', 'erased'])
    expect(records[1]?.facts).toMatchObject({ requestedBy: 'p-a', ruleIds: ['images-default'], ...proof })
    expect(records[1]?.by.id).toBe('p-b')
  })

  test('cut short by a crash is finished by a repeat', async () => {
    const { referralId } = await wholeCase('01k9zq9t4w6y8b1d3f5h7k9m2p')
    let calls = 0
    const failing: Eraser = {
      ...room.eraser,
      eraseUnder: (bucket, prefix) =>
        ++calls === 4 ? Promise.reject(new Error('killed')) : room.eraser.eraseUnder(bucket, prefix),
    }
    await expect(erase(referralId, failing)).rejects.toThrow('killed')
    expect(await loadCase(room.ports.store, referralId)).toBeDefined()
    await erase(referralId)
    expect(filesWith(['Muster^Maria', canary])).toEqual([])
  })
})
