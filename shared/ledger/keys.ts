import { orgOf, type ReferralId } from '../domain/case/case.ts'
import type { RecordKey } from '../ports/record-store.ts'

/**
 * Where every record lives. Partitions of a case start with the organisation that owns it; none holds a patient id, a name or
 * a DICOM UID, because keys reach logs, metrics and support files that bodies do not.
 */
const number = (n: number): string => String(n).padStart(8, '0')

export const casePartition = (referralId: ReferralId): string => `org#${orgOf(referralId)}#case#${referralId}`

export const retentionPartition = (orgId: string): string => `org#${orgId}#retention`

export const keys = {
  case: (id: ReferralId): RecordKey => ({ partition: casePartition(id), sort: 'case' }),
  event: (id: ReferralId, n: number): RecordKey => ({ partition: casePartition(id), sort: `event#${number(n)}` }),
  upload: (id: ReferralId, uploadId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `upload#${uploadId}`,
  }),
  uploadCounts: (id: ReferralId, uploadId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `upload-counts#${uploadId}`,
  }),
  manifest: (id: ReferralId, uploadId: string, chunk: number): RecordKey => ({
    partition: casePartition(id),
    sort: `manifest#${uploadId}#${number(chunk)}`,
  }),
  arrival: (id: ReferralId, uploadId: string, index: number): RecordKey => ({
    partition: casePartition(id),
    sort: `arrival#${uploadId}#${number(index)}`,
  }),
  instance: (id: ReferralId, instanceDigest: string): RecordKey => ({
    partition: casePartition(id),
    sort: `instance#${instanceDigest}`,
  }),
  series: (id: ReferralId, seriesDigest: string): RecordKey => ({
    partition: casePartition(id),
    sort: `series#${seriesDigest}`,
  }),
  /** What became of each copy, by its keyed id; `copies` sums them up. */
  copy: (id: ReferralId, copyId: string): RecordKey => ({ partition: casePartition(id), sort: `copy#${copyId}` }),
  copies: (id: ReferralId): RecordKey => ({ partition: casePartition(id), sort: 'copies' }),
  decision: (id: ReferralId, decisionId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `decision#${decisionId}`,
  }),
  note: (id: ReferralId, noteId: string): RecordKey => ({ partition: casePartition(id), sort: `note#${noteId}` }),
  declined: (id: ReferralId, readerId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `declined#${readerId}`,
  }),
  draft: (id: ReferralId, readerId: string): RecordKey => ({ partition: casePartition(id), sort: `draft#${readerId}` }),
  attachment: (id: ReferralId, attachmentId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `attachment#${attachmentId}`,
  }),
  /** The report as its referrer reads it, where it was written on copies. */
  homeReport: (id: ReferralId, reportId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `home-report#${reportId}`,
  }),
  /** That one organisation's counters hold what this event changed. */
  counted: (id: ReferralId, n: number, orgId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `counted#${number(n)}#${orgId}`,
  }),
  numbers: (orgId: string, period: string, siteId: string, groupId: string | null, pathwayId: string): RecordKey => ({
    partition: `org#${orgId}#numbers`,
    sort: [period, siteId, groupId ?? NO_GROUP, pathwayId].join('#'),
  }),
  /** One referral an order and one case a study, within the organisation: `digest` is a keyed hash of the number or UID. */
  guard: (orgId: string, digest: string): RecordKey => ({ partition: `org#${orgId}#guard`, sort: digest }),
  /** The cases of one patient: `digest` is a keyed hash of site, issuer and patient id. */
  patientCase: (orgId: string, digest: string, id: ReferralId): RecordKey => ({
    partition: `org#${orgId}#patient#${digest}`,
    sort: id,
  }),
  elsewhere: (id: ReferralId): RecordKey => ({ partition: casePartition(id), sort: 'elsewhere' }),
  /** The case while it is being erased: under its own key it would still be read. */
  erasing: (id: ReferralId): RecordKey => ({ partition: casePartition(id), sort: 'erasing' }),
  /** That the case was erased, from the moment it went out of sight. */
  erased: (id: ReferralId): RecordKey => ({ partition: casePartition(id), sort: 'erased' }),
  /** That objects of the case are being laid down. */
  underWay: (id: ReferralId, workId: string): RecordKey => ({
    partition: casePartition(id),
    sort: `under-way#${workId}`,
  }),
  /** Outside the case's partition: it outlives the case. */
  retentionFile: (id: ReferralId): RecordKey => ({ partition: retentionPartition(orgOf(id)), sort: id }),
  idempotency: (orgId: string, digest: string): RecordKey => ({
    partition: `org#${orgId}#idempotency#${digest}`,
    sort: 'answer',
  }),
  /** In the case: where one of its remembered answers lies. */
  remembered: (id: ReferralId, { partition }: RecordKey): RecordKey => ({
    partition: casePartition(id),
    sort: `remembered#${partition.slice(partition.lastIndexOf('#') + 1)}`,
  }),
  /** That an assertion of a system was used, until it could not be used any more. */
  assertion: (orgId: string, clientId: string, digest: string): RecordKey => ({
    partition: `org#${orgId}#assertion#${clientId}#${digest}`,
    sort: 'used',
  }),
  /** What an organisation has asked for in one minute, and that it was told that this was too much. */
  rate: (orgId: string, rate: string, minute: string): RecordKey => ({
    partition: `org#${orgId}#rate#${rate}`,
    sort: minute,
  }),
  rateRefused: (orgId: string, rate: string, minute: string): RecordKey => ({
    partition: `org#${orgId}#rate#${rate}`,
    sort: `${minute}#refused`,
  }),
  /** Bytes that an organisation has announced in a day of UTC. */
  uploadBytes: (orgId: string, day: string): RecordKey => ({ partition: `org#${orgId}#upload-bytes`, sort: day }),
  auditRecord: (chain: string, n: number): RecordKey => ({ partition: chain, sort: `audit#${number(n)}` }),
  auditHead: (chain: string): RecordKey => ({ partition: chain, sort: 'audit-head' }),
  auditAnchor: (chain: string, checkpoint: number): RecordKey => ({
    partition: chain,
    sort: `audit-anchor#${number(checkpoint)}`,
  }),
  checkpointHead: { partition: 'audit-checkpoint', sort: 'head' },
  auditPending: (chain: string): RecordKey => ({ partition: 'audit-pending', sort: chain }),
  caseRow: (orgId: string, submittedAt: string, id: ReferralId): RecordKey => ({
    partition: `org#${orgId}#cases`,
    sort: `${submittedAt}#${id}`,
  }),
  /** Cases in which the person was called and has not answered, by the first such call. */
  escalationRow: (personId: string, raisedAt: string, id: ReferralId): RecordKey => ({
    partition: `person#${personId}#escalations`,
    sort: `${raisedAt}#${id}`,
  }),
  worklistRow: (readerId: string, dueAt: string, id: ReferralId): RecordKey => ({
    partition: `reader#${readerId}#worklist`,
    sort: `${dueAt}#${id}`,
  }),
  dueRow: (dueAt: string, id: ReferralId): RecordKey => ({ partition: `due#${dueShard(id)}`, sort: `${dueAt}#${id}` }),
  readerLoad: (readerId: string): RecordKey => ({ partition: 'reader-load', sort: readerId }),
  outbox: (id: ReferralId, messageId: string): RecordKey => ({ partition: `outbox#${dueShard(id)}`, sort: messageId }),
} as const

/** No id is as short: it can stand for none. */
export const NO_GROUP = '-'

/** Sweep and outbox are spread over this many partitions, so that one hot partition never delays a stat case. */
export const SHARDS = 8
const dueShard = (id: string): number => {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 65_521
  return sum % SHARDS
}
