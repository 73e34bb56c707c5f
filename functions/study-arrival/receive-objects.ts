import type { IngestMessage } from '../../shared/contracts/messages.ts'
import { readDicomJson } from '../../shared/domain/dicom/read-metadata.ts'
import { dicomJsonText } from '../../shared/domain/dicom/dicom-json.ts'
import { DICOM_LIMITS } from '../../shared/domain/dicom/limits.ts'
import { storedPixelsOf } from '../../shared/domain/dicom/stored-pixels.ts'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { StoredInstance } from '../../shared/domain/upload/instance.ts'
import type { ObjectReason } from '../../shared/domain/upload/object-reason.ts'
import { objectKey, placeOf, type ObjectPlace } from '../../shared/domain/upload/upload-session.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { CaseErased, underWay } from '../../shared/ledger/erased-case.ts'
import { openPatient, sealMetadata, type PatientRecord } from '../../shared/ledger/patient-seal.ts'
import { announcedIn, loadUpload, type AnnouncedIn } from '../../shared/ledger/upload-ledger.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { ObjectHead } from '../../shared/ports/object-store.ts'
import type { Handled } from '../../shared/runtime/queue-function.ts'
import { judgeObject, type JudgePorts, type ObjectVerdict } from './judge-object.ts'
import { conflicts, recordFailed, recordStored, type StoredArrival } from './record-arrival.ts'
import { settleStudy, type SettlePorts } from './settle-study.ts'

export interface ArrivalPorts extends SettlePorts, JudgePorts {
  readonly keys: Pick<KeyVault, 'open' | 'seal'>
}

/** Metadata longer than this is read again when the series is written, instead of filling the record: sealed it is a third longer. */
const METADATA_LIMIT = 64 * 1024

const judging = inCell('judge-arrival')

interface CaseInHand {
  readonly case: Case
  readonly patient: PatientRecord
  readonly announced: AnnouncedIn
}

/** Where it lies in the incoming bucket, and what it is of. */
interface ArrivedObject {
  readonly key: string
  readonly place: ObjectPlace
}

async function instanceOf(
  ports: ArrivalPorts,
  c: Case,
  { key, place }: ArrivedObject,
  head: ObjectHead,
  verdict: Extract<ObjectVerdict, { verdict: 'stored' }>,
  sha256: string,
): Promise<StoredInstance> {
  const { facts, inspected } = verdict
  const source = {
    size: head.bytes,
    read: (from: number, to: number) => ports.objects.readRange(judging, { bucket: 'incoming', key }, from, to),
  }
  const json = await readDicomJson(source, inspected, DICOM_LIMITS)
  const text = json === 'header-too-large' ? null : dicomJsonText(json)
  const pixels = storedPixelsOf(inspected, json === 'header-too-large' ? {} : json)
  return {
    schema: 'overread/instance@3',
    studyInstanceUid: facts.studyInstanceUid,
    seriesInstanceUid: facts.seriesInstanceUid,
    sopInstanceUid: facts.sopInstanceUid,
    sopClassUid: facts.sopClassUid,
    ...(facts.transferSyntaxUid === undefined ? {} : { transferSyntaxUid: facts.transferSyntaxUid }),
    modality: facts.modality ?? 'OT',
    instanceNumber: facts.instanceNumber ?? null,
    numberOfFrames: facts.numberOfFrames ?? null,
    ...(pixels === undefined ? {} : { pixels }),
    bytes: head.bytes,
    sha256,
    key: objectKey(place),
    metadata: text !== null && text.length <= METADATA_LIMIT ? await sealMetadata(ports.keys, c, text) : null,
  }
}

type ArrivalInHand = StoredArrival & ArrivedObject
type Received = { readonly received: 'settled' } | { readonly received: 'stored'; readonly arrival: ArrivalInHand }
const settled: Received = { received: 'settled' }

async function quarantine(ports: ArrivalPorts, { key, place }: ArrivedObject, reason: ObjectReason): Promise<Received> {
  await ports.objects.copy({ bucket: 'incoming', key }, { bucket: 'quarantine', key: objectKey(place) })
  await recordFailed(ports, place, reason)
  await ports.objects.remove({ bucket: 'incoming', key })
  return settled
}

/** Judges one object. What is already gone from `incoming` was handled by an earlier delivery of the same message. */
async function receive(ports: ArrivalPorts, arrived: ArrivedObject, inHand: CaseInHand): Promise<Received> {
  const { key, place } = arrived
  const ref = { bucket: 'incoming' as const, key }
  const head = await ports.objects.head(ref)
  if (head === undefined) return settled
  const announced = await inHand.announced(place)
  const verdict = await judgeObject(ports, ref, head, inHand.case, inHand.patient, announced)
  if (verdict.verdict === 'failed') return quarantine(ports, arrived, verdict.reason)
  const instance = await instanceOf(ports, inHand.case, arrived, head, verdict, announced?.sha256 ?? '')
  if (await conflicts(ports, { place, instance })) return quarantine(ports, arrived, 'conflicting-duplicate')
  await ports.objects.copy(ref, { bucket: 'images', key: instance.key })
  return { received: 'stored', arrival: { key, place, instance } }
}

async function record(ports: ArrivalPorts, referralId: ReferralId, arrivals: readonly ArrivalInHand[]): Promise<void> {
  const recorded = await recordStored(ports, referralId, arrivals)
  await Promise.all(
    arrivals.map((arrival, at) =>
      recorded[at] === 'conflict'
        ? quarantine(ports, arrival, 'conflicting-duplicate')
        : ports.objects.remove({ bucket: 'incoming', key: arrival.key }),
    ),
  )
}

interface Located extends ArrivedObject {
  readonly at: number
}

async function caseInHand(ports: ArrivalPorts, referralId: string): Promise<CaseInHand> {
  const loaded = await loadCase(ports.store, referralId)
  // The URL was signed for a case that existed: one that cannot be found is a fault, and the message must not vanish.
  if (loaded === undefined) throw new Error('an object arrived for a case that is not there')
  const patient = await openPatient(judging, ports.keys, loaded.case)
  return { case: loaded.case, patient, announced: announcedIn(ports.store) }
}

async function isSettled(ports: ArrivalPorts, { referralId, uploadId }: ObjectPlace): Promise<boolean> {
  const upload = await loadUpload(ports.store, referralId, uploadId)
  return upload !== undefined && upload.stored + upload.failed >= upload.session.expected
}

/** All objects of one case in the batch: judged side by side, recorded in one transaction, counted once. */
async function receiveForCase(
  ports: ArrivalPorts,
  referralId: string,
  located: readonly Located[],
  results: PromiseSettledResult<Handled>[],
): Promise<void> {
  const inHand = await caseInHand(ports, referralId)
  const received = await Promise.allSettled(located.map((arrived) => receive(ports, arrived, inHand)))
  const arrivals = received.flatMap((one) =>
    one.status === 'fulfilled' && one.value.received === 'stored' ? [one.value.arrival] : [],
  )
  await record(ports, referralId, arrivals)
  for (const [n, { at }] of located.entries()) {
    const one = received[n]
    results[at] = one?.status === 'rejected' ? one : { status: 'fulfilled', value: 'done' }
  }
  const uploads = new Map(located.map(({ place }) => [place.uploadId, place]))
  const done = await Promise.all([...uploads.values()].map((place) => isSettled(ports, place)))
  if (done.includes(true)) await settleStudy(ports, referralId)
}

/** An upload URL may outlive the case that it was signed for: what is put there then belongs to nobody, and goes. */
async function unlessErased(
  ports: ArrivalPorts,
  referralId: ReferralId,
  located: readonly Located[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await underWay(ports, referralId, work)
  } catch (thrown) {
    if (thrown instanceof CaseErased)
      await Promise.all(located.map(({ key }) => ports.objects.remove({ bucket: 'incoming', key })))
    throw thrown
  }
}

const attempt = async (work: () => Promise<void>, failed: (reason: unknown) => void): Promise<void> => {
  try {
    await work()
  } catch (reason) {
    failed(reason)
  }
}

/** A batch of the ingest queue. What fails for one case is retried for that case and costs the others nothing. */
export async function receiveObjects(
  ports: ArrivalPorts,
  messages: readonly IngestMessage[],
): Promise<PromiseSettledResult<Handled>[]> {
  const results: PromiseSettledResult<Handled>[] = messages.map(() => ({ status: 'fulfilled', value: 'done' }))
  const located = messages.flatMap((message, at): Located[] => {
    const place = message.kind === 'object-arrived' ? placeOf(message.key) : undefined
    return place === undefined || message.kind !== 'object-arrived' ? [] : [{ at, key: message.key, place }]
  })
  for (const [referralId, group] of Map.groupBy(located, ({ place }) => place.referralId)) {
    await attempt(
      () => unlessErased(ports, referralId, group, () => receiveForCase(ports, referralId, group, results)),
      (reason) => group.forEach(({ at }) => (results[at] = { status: 'rejected', reason })),
    )
  }
  for (const [at, message] of messages.entries()) {
    if (message.kind !== 'upload-completed') continue
    await attempt(
      () => underWay(ports, message.referralId, () => settleStudy(ports, message.referralId)),
      (reason) => (results[at] = { status: 'rejected', reason }),
    )
  }
  return results
}
