import { homeAttachmentKey, type HomeAttachment } from '../../shared/contracts/stored/home-report.ts'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { homeDocument, openDocument, type AwayDocument } from '../../shared/domain/deidentification/home-document.ts'
import { homeIdentity, type HomeIdentity } from '../../shared/domain/deidentification/home-identity.ts'
import type { HomeFault } from '../../shared/domain/deidentification/home-writer.ts'
import type { DicomJson } from '../../shared/domain/dicom/dicom-json-values.ts'
import { StoredInstanceSchema } from '../../shared/domain/upload/instance.ts'
import { originalsOf } from '../../shared/ledger/home-uids.ts'
import { openMetadata, openPatient } from '../../shared/ledger/patient-seal.ts'
import { loadHomeReport } from '../../shared/ledger/sealed-reports.ts'
import { sha256 } from '../../shared/ledger/sha256.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import type { ReportPorts } from './report-ports.ts'
import { rejectAttachment, type CheckedAttachment } from './take-attachments.ts'

const filing = inCell('file-report')

/** All documents of a report, inflated: they are held in memory, and once more as they come home. */
const TOGETHER_LIMIT = 100 * 1024 * 1024

interface Away extends AwayDocument {
  readonly attachmentId: string
}

const refusal = (attachmentId: string, { reason, at }: HomeFault) => rejectAttachment(attachmentId, reason, at)

async function open(ports: ReportPorts, { from, announced }: CheckedAttachment, limit: number): Promise<Away> {
  const { attachmentId, bytes } = announced
  if (bytes > limit) throw rejectAttachment(attachmentId, 'too-large')
  const object = await ports.objects.readRange(filing, from, 0, bytes)
  const document = openDocument(object, limit, inflateRawBounded)
  if ('reason' in document) throw refusal(attachmentId, document)
  return { ...document, attachmentId }
}

/** The header of any original: all agree on the study. Those too long for a record are kept nowhere that is read here. */
async function headerOf(ports: ReportPorts, c: Case): Promise<DicomJson> {
  for await (const { body } of recordsUnder(ports.store, c.referralId, 'instance#')) {
    const { metadata } = StoredInstanceSchema.parse(body)
    if (metadata !== null) return JSON.parse(await openMetadata(filing, ports.keys, c, metadata)) as DicomJson
  }
  return {}
}

async function identityOf(ports: ReportPorts, c: Case): Promise<HomeIdentity> {
  const { patient } = await openPatient(filing, ports.keys, c)
  return homeIdentity(patient, await headerOf(ports, c))
}

/** What the documents of a case have made themselves: these of now, and those that came home with earlier reports. */
async function ownUids(ports: ReportPorts, c: Case, documents: readonly Away[]): Promise<ReadonlySet<string>> {
  const own = documents.map(({ uids }) => uids as { sopInstanceUid: string; seriesInstanceUid: string })
  for (const { reportId } of c.reports) {
    const home = await loadHomeReport(filing, ports.store, c.referralId, reportId)
    own.push(...(home?.attachments ?? []))
  }
  return new Set(own.flatMap(({ sopInstanceUid, seriesInstanceUid }) => [sopInstanceUid, seriesInstanceUid]))
}

/**
 * Documents that were written on copies, as the site can file them: laid beside those that are signed, before anything is.
 * A PDF is text and pictures for people: there is nothing in it to replace, and its bytes stay.
 */
export async function bringAttachmentsHome(
  ports: ReportPorts,
  c: Case,
  reportId: string,
  checked: readonly CheckedAttachment[],
): Promise<readonly HomeAttachment[]> {
  const dicom = checked.filter(({ announced }) => announced.contentType === 'application/dicom')
  if (dicom.length === 0) return []
  const away: Away[] = []
  let left = TOGETHER_LIMIT
  for (const one of dicom) {
    const document = await open(ports, one, left)
    left -= document.tree.source.bytes.length
    away.push(document)
  }
  const originals = await originalsOf(filing, ports, c, new Set(away.flatMap(({ sought }) => [...sought])))
  const facts = { originals, own: await ownUids(ports, c, away), identity: await identityOf(ports, c) }
  const home = away.map((one) => {
    const brought = homeDocument(one, facts)
    if (brought.outcome === 'refused') throw refusal(one.attachmentId, brought)
    return { ...one, ...brought }
  })
  const laid: HomeAttachment[] = []
  for (const { attachmentId, document, replaced, uids } of home) {
    const ref = { bucket: 'reports' as const, key: homeAttachmentKey(c.referralId, reportId, attachmentId) }
    await ports.objects.put(ref, document, { contentType: 'application/dicom' })
    const { sopInstanceUid, seriesInstanceUid } = uids
    const [bytes, digest] = [document.length, sha256(document)]
    laid.push({ attachmentId, bytes, sha256: digest, uids: replaced, sopInstanceUid, seriesInstanceUid })
  }
  return laid
}
