import {
  AttachmentRecordSchema,
  attachmentKey,
  type AttachmentRecord,
} from '../../shared/contracts/stored/attachment.ts'
import type { SealedAttachment } from '../../shared/contracts/stored/sealed-report.ts'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { HomeFault } from '../../shared/domain/deidentification/home-writer.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { ObjectRef } from '../../shared/ports/object-store.ts'
import { sha256Of } from '../../shared/runtime/streamed-hash.ts'
import type { ReportPorts } from './report-ports.ts'

/** Whoever files is told what they signed, and of no patient. */
const filing = inCell('file-report')

type Fault = 'unknown' | 'missing' | 'size-differs' | 'digest-differs' | 'not-a-document' | 'named-twice' | 'too-large'

/** `at`: where in a DICOM document, by its tags. */
export const rejectAttachment = (attachmentId: string, reason: Fault | HomeFault['reason'], at?: string): Refusal =>
  new Refusal('attachment-rejected', { attachmentId, reason, ...(at === undefined ? {} : { at }) })

type DocumentRef = ObjectRef<'incoming' | 'reports'>

/** What a file of that kind begins with: ISO 32000 7.5.2, and DICOM PS3.10 7.1. */
const beginnings = {
  'application/pdf': { at: 0, text: '%PDF-' },
  'application/dicom': { at: 128, text: 'DICM' },
} as const

async function faultOf(ports: ReportPorts, ref: DocumentRef, announced: AttachmentRecord): Promise<Fault | undefined> {
  const head = await ports.objects.head(ref)
  if (head === undefined) return 'missing'
  if (head.bytes !== announced.bytes) return 'size-differs'
  const sha256 = head.sha256 ?? (await sha256Of(await ports.objects.stream(filing, ref)))
  if (sha256 !== announced.sha256) return 'digest-differs'
  const { at, text } = beginnings[announced.contentType]
  const found = await ports.objects.readRange(filing, ref, at, at + text.length)
  return new TextDecoder('latin1').decode(found) === text ? undefined : 'not-a-document'
}

async function announcedBy(
  ports: ReportPorts,
  referralId: ReferralId,
  attachmentId: string,
  readerId: string,
): Promise<AttachmentRecord> {
  const found = await ports.store.read(keys.attachment(referralId, attachmentId))
  const record = found === undefined ? undefined : AttachmentRecordSchema.parse(found.body)
  // Another reader's attachment is unknown to this one: nobody signs a document that somebody else brought.
  if (record?.readerId !== readerId) throw rejectAttachment(attachmentId, 'unknown')
  return record
}

/** What was found to be as announced, and where it lies until it is taken. */
export interface CheckedAttachment {
  readonly announced: AttachmentRecord
  readonly from: DocumentRef
}

/**
 * Checks each document against what was announced. One that an earlier report took has been checked, and only Overread writes
 * there.
 */
export async function checkAttachments(
  ports: ReportPorts,
  referralId: ReferralId,
  attachmentIds: readonly string[],
  readerId: string,
): Promise<readonly CheckedAttachment[]> {
  const checked: CheckedAttachment[] = []
  for (const [at, attachmentId] of attachmentIds.entries()) {
    if (attachmentIds.indexOf(attachmentId) !== at) throw rejectAttachment(attachmentId, 'named-twice')
    const announced = await announcedBy(ports, referralId, attachmentId, readerId)
    const key = attachmentKey(referralId, attachmentId)
    const isKept = (await ports.objects.head({ bucket: 'reports', key })) !== undefined
    const from: DocumentRef = { bucket: isKept ? 'reports' : 'incoming', key }
    const fault = isKept ? undefined : await faultOf(ports, from, announced)
    if (fault !== undefined) throw rejectAttachment(attachmentId, fault)
    checked.push({ announced, from })
  }
  return checked
}

/** Takes checked documents into the reports bucket, where a lock keeps them: none before all of a report can be taken. */
export async function takeAttachments(
  ports: ReportPorts,
  checked: readonly CheckedAttachment[],
): Promise<SealedAttachment[]> {
  const taken: SealedAttachment[] = []
  for (const { announced, from } of checked) {
    if (from.bucket !== 'reports') await ports.objects.copy(from, { bucket: 'reports', key: from.key })
    const { attachmentId, contentType, bytes, sha256 } = announced
    taken.push({ attachmentId, contentType, bytes, sha256 })
  }
  return taken
}

/** Once a sealed report names them. What stays behind expires with the bucket; it never fails a signature that stands. */
export async function clearIncoming(
  ports: ReportPorts,
  referralId: ReferralId,
  attachmentIds: readonly string[],
): Promise<void> {
  await Promise.allSettled(
    attachmentIds.map((attachmentId) =>
      ports.objects.remove({ bucket: 'incoming', key: attachmentKey(referralId, attachmentId) }),
    ),
  )
}
