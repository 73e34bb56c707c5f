import type { UploadState } from '../../shared/contracts/http/uploads.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { objectKey, partsOf } from '../../shared/domain/upload/upload-session.ts'
import { appendAudit, caseChain } from '../../shared/ledger/audit-chain.ts'
import { AnsweredBefore, type Asking } from '../../shared/ledger/asking.ts'
import { rememberWrite } from '../../shared/ledger/case-ledger.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { announcedIn, announcedObjects, arrivalsOf } from '../../shared/ledger/upload-ledger.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { authoriseUpload, requireOpen, stateOf, type AuthorisedUpload, type UploadAsked } from './follow-upload.ts'
import type { UploadPorts } from './open-upload.ts'

/** Writes the answer to be remembered, with what goes with it; the answer of an earlier call wins. */
async function answerOnce(
  ports: UploadPorts,
  context: Asking,
  answer: UploadState,
  writes: readonly RecordWrite[] = [],
): Promise<UploadState> {
  const remember = context.remember?.(answer)
  const all = [...writes, ...(remember === undefined ? [] : [rememberWrite(remember)])]
  const outcome = await ports.store.transact(all)
  if (outcome.outcome === 'committed') return answer
  if (remember !== undefined && outcome.at.partition === remember.key.partition && outcome.found !== undefined) {
    throw new AnsweredBefore(outcome.found)
  }
  throw new Refusal('busy', { what: 'upload' })
}

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
  const ref = { bucket: 'incoming' as const, key: objectKey(asked.params) }
  const outcome = await ports.uploads.completeMultipart(ref, object.multipartId, expected)
  if (outcome === 'parts-missing') throw new Refusal('object-not-received', { index })
  return answerOnce(ports, asked.context, stateOf(found))
}

const AT_ONCE = 16

/** An object that lies in the bucket without having been looked at: its notification was lost, so it is announced again. */
async function announceStranded(ports: UploadPorts, { referralId, uploadId }: UploadAsked['params']): Promise<void> {
  const [objects, arrivals] = await Promise.all([
    announcedObjects(ports.store, referralId, uploadId),
    arrivalsOf(ports.store, referralId, uploadId),
  ])
  const missing = objects.flatMap((_, index) => (arrivals.has(index) ? [] : [index]))
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    await Promise.all(
      missing.slice(at, at + AT_ONCE).map(async (index) => {
        const key = objectKey({ referralId, uploadId, index })
        if ((await ports.objects.head({ bucket: 'incoming', key })) === undefined) return
        await ports.queues.send('ingest', { kind: 'object-arrived', key })
      }),
    )
  }
}

export async function resumeUpload(ports: UploadPorts, asked: UploadAsked): Promise<UploadState> {
  const found = await authoriseUpload(ports, 'resumeUpload', asked)
  requireOpen(found)
  await announceStranded(ports, asked.params)
  return answerOnce(ports, asked.context, stateOf(found))
}

const completeWrites = (ports: UploadPorts, { upload }: AuthorisedUpload, referralId: ReferralId): RecordWrite[] => [
  {
    write: 'put',
    when: { version: upload.version },
    ...keys.upload(referralId, upload.session.uploadId),
    body: plain({ ...upload.session, state: 'complete' }),
  },
  {
    write: 'put',
    when: 'absent',
    ...keys.outbox(referralId, ports.ids.next()),
    body: plain({ queue: 'ingest', message: { kind: 'upload-completed', referralId }, writtenAt: ports.clock.now() }),
  },
]

/** Everything has been sent and nothing is under way: what failed has its reason, and the study goes on without it. */
export async function completeUpload(ports: UploadPorts, asked: UploadAsked): Promise<UploadState> {
  const found = await authoriseUpload(ports, 'completeUpload', asked)
  const state = stateOf(found)
  if (state.missing > 0) throw new Refusal('upload-incomplete', { missing: state.missing, expected: state.expected })
  if (state.state === 'complete') return answerOnce(ports, asked.context, state)
  await appendAudit(ports.store, caseChain(asked.params.referralId), [
    {
      at: ports.clock.now(),
      by: asked.context.actor,
      action: 'change',
      operation: 'completeUpload',
      outcome: 'success',
      referralId: asked.params.referralId,
      requestId: asked.context.requestId,
      facts: { uploadId: state.uploadId, stored: state.stored, failed: state.failed },
    },
  ])
  return answerOnce(
    ports,
    asked.context,
    { ...state, state: 'complete' },
    completeWrites(ports, found, asked.params.referralId),
  )
}
