import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { checkIdentity, type ExpectedIdentity } from '../../shared/domain/dicom/identity-check.ts'
import { inspectDicomObject, type AcceptedObject, type InflateRaw } from '../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../shared/domain/dicom/limits.ts'
import { judgeStorage, type InstanceFacts } from '../../shared/domain/dicom/storage-judgement.ts'
import { isAbandoned } from '../../shared/domain/case/states.ts'
import type { ObjectReason } from '../../shared/domain/upload/object-reason.ts'
import type { AnnouncedObject } from '../../shared/domain/upload/upload-session.ts'
import type { PatientRecord } from '../../shared/ledger/patient-seal.ts'
import type { ObjectHead, ObjectRef, ObjectStore } from '../../shared/ports/object-store.ts'
import { sha256Of } from '../../shared/runtime/streamed-hash.ts'

export type ObjectVerdict =
  | { readonly verdict: 'stored'; readonly facts: InstanceFacts; readonly inspected: AcceptedObject }
  | { readonly verdict: 'failed'; readonly reason: ObjectReason }

const failed = (reason: ObjectReason): ObjectVerdict => ({ verdict: 'failed', reason })

const judging = inCell('judge-arrival')

type ArrivedRef = ObjectRef<'incoming'>

export interface JudgePorts {
  readonly objects: ObjectStore
  readonly inflateRaw: InflateRaw
}

const expectedOf = (c: Case, { patient }: PatientRecord, announced: AnnouncedObject): ExpectedIdentity => ({
  studyInstanceUid: c.images.studyInstanceUid,
  sopInstanceUid: announced.sopInstanceUid,
  patientId: patient.patientId,
  issuerOfPatientId: patient.issuerOfPatientId,
  patientName: [patient.name.family, patient.name.given ?? ''].join('^').replace(/\^$/, ''),
  patientBirthDate: patient.birthDate,
})

/** The store verified the digest of an object sent whole; one sent in parts has to be read to be believed. */
async function digestAgrees(
  ports: JudgePorts,
  ref: ArrivedRef,
  head: ObjectHead,
  announced: AnnouncedObject,
): Promise<boolean> {
  return (head.sha256 ?? (await sha256Of(await ports.objects.stream(judging, ref)))) === announced.sha256
}

/**
 * Whether an object becomes part of the case's study. Cheap checks first; the order also decides which reason a sender reads
 * when several hold. The object's identity is judged against the referral: the wrong patient's images under a name are worse
 * than images that wait.
 */
export async function judgeObject(
  ports: JudgePorts,
  ref: ArrivedRef,
  head: ObjectHead,
  c: Case,
  patient: PatientRecord,
  announced: AnnouncedObject | undefined,
): Promise<ObjectVerdict> {
  if (isAbandoned(c.phase.state)) return failed('case-closed')
  if (announced === undefined) return failed('not-announced')
  if (head.bytes !== announced.bytes) return failed('size-differs')
  if (!(await digestAgrees(ports, ref, head, announced))) return failed('digest-differs')
  const source = {
    size: head.bytes,
    read: (from: number, to: number) => ports.objects.readRange(judging, ref, from, to),
  }
  const inspected = await inspectDicomObject(source, DICOM_LIMITS, ports.inflateRaw)
  if (inspected.verdict === 'rejected') return failed(inspected.reason)
  const judgement = judgeStorage(inspected.facts)
  if (judgement.kind === 'refused') return failed(judgement.reason)
  const identity = checkIdentity(inspected.facts, expectedOf(c, patient, announced))
  if (identity.kind === 'mismatch') return failed(identity.reasons[0] ?? 'patient-id-differs')
  return { verdict: 'stored', facts: judgement.instance, inspected }
}
