import { MANIFEST_LIMIT, type OpenUpload, type UploadState } from '../../shared/contracts/http/uploads.ts'
import { eventRules } from '../../shared/domain/case/events.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import type { CaseState } from '../../shared/domain/case/states.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import {
  arrivalKey,
  MANIFEST_CHUNK,
  MULTIPART_BYTES,
  type AnnouncedObject,
  type UploadSession,
} from '../../shared/domain/upload/upload-session.ts'
import { answerCommand, type DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { underWay } from '../../shared/ledger/erased-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { orderGuards } from '../../shared/ledger/order-guards.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { MessageQueues } from '../../shared/ports/message-queues.ts'
import type { ObjectStore, UploadSigner } from '../../shared/ports/object-store.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { uploadAllowance } from './upload-allowance.ts'

export interface UploadPorts extends DeskPorts {
  readonly keys: Pick<KeyVault, 'mac'>
  readonly objects: Pick<ObjectStore, 'head'>
  readonly uploads: UploadSigner
  readonly queues: MessageQueues
}

function requireWithinLimit({ objects }: OpenUpload): void {
  if (objects.length > MANIFEST_LIMIT)
    throw new Refusal('manifest-too-large', { objects: objects.length, objectsLimit: MANIFEST_LIMIT })
}

function requireUniqueUids({ objects }: OpenUpload): void {
  const named = objects.flatMap(({ sopInstanceUid }) => sopInstanceUid ?? [])
  if (new Set(named).size !== named.length) throw new Refusal('manifest-repeats-uid')
}

const takesImages = (state: CaseState): boolean =>
  (eventRules['upload-opened'].from as readonly CaseState[]).includes(state)

/** Complete, and with nobody's report final: a study that grew now would change under the eyes that read it. */
const isWithReaders = (state: CaseState): boolean =>
  ['study-available', 'offered', 'claimed', 'preliminary'].includes(state)

function requireOpenFor(c: Case, body: OpenUpload): void {
  const { state } = c.phase
  if (!takesImages(state)) throw new Refusal(isWithReaders(state) ? 'study-with-reader' : 'upload-closed', { state })
  const known = c.images.studyInstanceUid ?? c.order.studyInstanceUid
  if (known !== undefined && known !== body.studyInstanceUid)
    throw new Refusal('manifest-contradicts', { field: 'studyInstanceUid' })
}

const isLarge = ({ bytes }: { readonly bytes: number }): boolean => bytes > MULTIPART_BYTES

/**
 * Large objects get their multipart upload now: an erasure aborts it, and waits while one is being begun. One that is never
 * used is aborted by the bucket's lifecycle.
 */
const announce = (
  ports: UploadPorts,
  c: Case,
  uploadId: string,
  body: OpenUpload,
): Promise<readonly AnnouncedObject[]> =>
  body.objects.some(isLarge)
    ? underWay(ports, c.referralId, () => beginMultiparts(ports, c, uploadId, body))
    : Promise.resolve(body.objects)

async function beginMultiparts(
  ports: UploadPorts,
  { referralId, urgency }: Case,
  uploadId: string,
  body: OpenUpload,
): Promise<AnnouncedObject[]> {
  return Promise.all(
    body.objects.map(async (object, index): Promise<AnnouncedObject> => {
      if (!isLarge(object)) return object
      const ref = { bucket: 'incoming' as const, key: arrivalKey({ urgency }, { referralId, uploadId, index }) }
      return { ...object, ...(await ports.uploads.startMultipart(ref, 'application/dicom')) }
    }),
  )
}

function manifestWrites(
  referralId: ReferralId,
  session: UploadSession,
  objects: readonly AnnouncedObject[],
): RecordWrite[] {
  const { uploadId } = session
  const chunks = Array.from({ length: Math.ceil(objects.length / MANIFEST_CHUNK) }, (_, at): RecordWrite => {
    const part = objects.slice(at * MANIFEST_CHUNK, (at + 1) * MANIFEST_CHUNK)
    return { write: 'put', when: 'absent', ...keys.manifest(referralId, uploadId, at), body: plain({ objects: part }) }
  })
  return [{ write: 'put', when: 'absent', ...keys.upload(referralId, uploadId), body: plain(session) }, ...chunks]
}

/** The study belongs to this case from now on, unless another case of the organisation has it. */
const studyGuard = async (ports: UploadPorts, c: Case, body: OpenUpload): Promise<RecordWrite[]> =>
  c.images.studyInstanceUid === undefined
    ? orderGuards(ports.keys, c.referringOrgId, c.referralId, { studyInstanceUid: body.studyInstanceUid })
    : []

export async function openUpload(
  ports: UploadPorts,
  { params, body, context }: { params: { referralId: ReferralId }; body: OpenUpload; context: Asking },
): Promise<UploadState> {
  requireWithinLimit(body)
  requireUniqueUids(body)
  const { referralId } = params
  const uploadId = ports.ids.next()
  const session: Omit<UploadSession, 'urgency'> = {
    schema: 'overread/upload@2',
    uploadId,
    state: 'open',
    expected: body.objects.length,
    studyInstanceUid: body.studyInstanceUid,
    openedAt: ports.clock.now(),
    openedBy: context.actor.id,
  }
  const stateAt = (caseVersion: number): UploadState => ({
    referralId,
    uploadId,
    caseVersion,
    state: 'open',
    expected: session.expected,
    stored: 0,
    failed: 0,
    missing: session.expected,
    openedAt: session.openedAt,
  })
  const status = await answerCommand(ports, context, {
    referralId,
    operation: 'openUpload',
    answer: ({ version }) => stateAt(version),
    guarded: () => new Refusal('study-of-another-case'),
    prepare: async ({ case: c }, network) => {
      requireOpenFor(c, body)
      const bytes = body.objects.reduce((sum, object) => sum + object.bytes, 0)
      const allowance = await uploadAllowance(ports.store, network, c, bytes, session.openedAt)
      const announced = await announce(ports, c, uploadId, body)
      const opened = { ...session, urgency: c.urgency }
      return {
        command: {
          command: 'open-upload',
          uploadId,
          objects: session.expected,
          studyInstanceUid: body.studyInstanceUid,
        },
        writes: [...manifestWrites(referralId, opened, announced), ...(await studyGuard(ports, c, body)), allowance],
        audit: { facts: { uploadId, objects: session.expected } },
      }
    },
  })
  return stateAt(status.version)
}
