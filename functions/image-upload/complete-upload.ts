import type { UploadState } from '../../shared/contracts/http/uploads.ts'
import { ingestQueues } from '../../shared/contracts/messages.ts'
import type { AuditEntry } from '../../shared/domain/audit/audit-record.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { arrivalKey, partsOf } from '../../shared/domain/upload/upload-session.ts'
import { answerBesideCase } from '../../shared/ledger/answer-beside-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { underWay } from '../../shared/ledger/erased-case.ts'
import { missingIsElsewhere } from '../../shared/ledger/image-count.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { outboxWrite } from '../../shared/ledger/outbox.ts'
import { announcedIn, announcedObjects, arrivalsOf, type LoadedUpload } from '../../shared/ledger/upload-ledger.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { authoriseUpload, requireOpen, stateOf, type AuthorisedUpload, type UploadAsked } from './follow-upload.ts'
import type { UploadPorts } from './open-upload.ts'

const answerWith = (
  ports: UploadPorts,
  { params, context }: UploadAsked,
  answer: UploadState,
  facts: NonNullable<AuditEntry['facts']>,
): Promise<UploadState> =>
  answerBesideCase(ports, context, {
    referralId: params.referralId,
    prepare: () => Promise.resolve({ answer, writes: [], facts }),
  })

/** Puts the parts of a large object together, from what the store holds and never from what the sender says it sent. */
export async function assembleObject(
  ports: UploadPorts,
  asked: UploadAsked & { params: { referralId: ReferralId; uploadId: string; index: number } },
): Promise<UploadState> {
  const found = await authoriseUpload(ports, 'assembleObject', asked)
  requireOpen(found)
  const { referralId, uploadId, index } = asked.params
  const object = await announcedIn(ports.store)({ referralId, uploadId, index })
  if (object?.multipartId === undefined) throw new Refusal('not-found')
  const expected = partsOf(object.bytes).map(({ partNumber, from, toExclusive }) => ({
    partNumber,
    bytes: toExclusive - from,
  }))
  const ref = { bucket: 'incoming' as const, key: arrivalKey(found.upload.session, asked.params) }
  const { multipartId } = object
  const complete = () => ports.uploads.completeMultipart(ref, multipartId, expected)
  if ((await underWay(ports, referralId, complete)) === 'parts-missing')
    throw new Refusal('object-not-received', { index })
  return answerWith(ports, asked, stateOf(found), { uploadId, index })
}

const AT_ONCE = 16

/** An object that lies in the bucket without having been looked at: its notification was lost, so it is announced again. */
async function announceStranded(
  ports: UploadPorts,
  { referralId, uploadId }: UploadAsked['params'],
  { session }: LoadedUpload,
): Promise<void> {
  const [objects, arrivals] = await Promise.all([
    announcedObjects(ports.store, referralId, uploadId),
    arrivalsOf(ports.store, referralId, uploadId),
  ])
  const missing = objects.flatMap((_, index) => (arrivals.has(index) ? [] : [index]))
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    const found = await Promise.all(
      missing.slice(at, at + AT_ONCE).map(async (index) => {
        const key = arrivalKey(session, { referralId, uploadId, index })
        const head = await ports.objects.head({ bucket: 'incoming', key })
        return head === undefined ? [] : [{ kind: 'object-arrived' as const, key }]
      }),
    )
    const sent = await ports.queues.sendAll(ingestQueues[session.urgency], found.flat())
    for (const one of sent) if (one.status === 'rejected') throw one.reason
  }
}

export async function resumeUpload(ports: UploadPorts, asked: UploadAsked): Promise<UploadState> {
  const found = await authoriseUpload(ports, 'resumeUpload', asked)
  requireOpen(found)
  await announceStranded(ports, asked.params, found.upload)
  return answerWith(ports, asked, stateOf(found), { uploadId: asked.params.uploadId })
}

const completeWrites = (ports: UploadPorts, { upload }: AuthorisedUpload, referralId: ReferralId): RecordWrite[] => [
  {
    write: 'put',
    when: { version: upload.version },
    ...keys.upload(referralId, upload.session.uploadId),
    body: plain({ ...upload.session, state: 'complete' }),
  },
  outboxWrite(referralId, ports.ids.next(), {
    queue: ingestQueues[upload.session.urgency],
    message: { kind: 'upload-completed', referralId },
    writtenAt: ports.clock.now(),
  }),
]

/**
 * Everything has been sent and nothing is under way: what failed has its reason, and the study goes on without it. What never
 * arrived here must have been stored by another upload of the case.
 */
export const completeUpload = (ports: UploadPorts, asked: UploadAsked): Promise<UploadState> =>
  answerBesideCase(ports, asked.context, {
    referralId: asked.params.referralId,
    prepare: async () => {
      const found = await authoriseUpload(ports, 'completeUpload', asked)
      const state = stateOf(found)
      const { uploadId, missing, expected, stored, failed } = state
      if (missing > 0 && !(await missingIsElsewhere(ports.store, state.referralId, uploadId)))
        throw new Refusal('upload-incomplete', { missing, expected })
      const writes = state.state === 'complete' ? [] : completeWrites(ports, found, asked.params.referralId)
      return { answer: { ...state, state: 'complete' as const }, writes, facts: { uploadId, stored, failed, missing } }
    },
  })
