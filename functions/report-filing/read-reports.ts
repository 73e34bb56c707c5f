import type { Report } from '../../shared/contracts/http/reports.ts'
import type { AnswerOf } from '../../shared/contracts/routes.ts'
import { attachmentKey } from '../../shared/contracts/stored/attachment.ts'
import { homeAttachmentKey, type HomeReport } from '../../shared/contracts/stored/home-report.ts'
import type { ReportDraft } from '../../shared/contracts/stored/report-draft.ts'
import type { SealedAttachment, SealedReport } from '../../shared/contracts/stored/sealed-report.ts'
import type { DocumentRelease, ReportRelease } from '../../shared/domain/access/releases.ts'
import { relationsOf } from '../../shared/domain/access/relations.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { permits, type ResidencyDecision } from '../../shared/domain/residency/decide.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { grantToRead } from '../../shared/ledger/residency-question.ts'
import { loadDraft, loadHomeReport, loadReports } from '../../shared/ledger/sealed-reports.ts'
import type { SignedRequest } from '../../shared/ports/object-store.ts'
import type { ReportAsked, ReportPorts } from './report-ports.ts'

/** As long as a GET URL may live. */
const URL_LIFE_SECONDS = 300

function toTakeAway(grant: ReportRelease): DocumentRelease | undefined {
  if (!('record' in grant)) return grant
  // As any decision: to the compiler a permit for the one is none for the other.
  const decision: ResidencyDecision<'report-read'> = grant
  return permits(decision, 'read_identifiable') ? decision : undefined
}

const suffixes = { 'application/pdf': 'pdf', 'application/dicom': 'dcm' } as const

interface FiledReport extends SealedReport {
  /** Present where it was written on copies. */
  readonly home: HomeReport | undefined
}

/** On copies alone a reader works with what was written on them; another's text may name the patient. */
const onCopiesAlone = (grant: ReportRelease): boolean => 'record' in grant && grant.mode === 'transfer_deidentified'

/** Its reader's own words for whoever works on the copies; for everybody else those that speak of the originals. */
function textOf(grant: ReportRelease, { content, home }: FiledReport): Pick<Report, 'text' | 'copies'> {
  if (home === undefined || onCopiesAlone(grant)) return { text: content.text }
  const { text, uids, images } = home
  // Dates are written in too many ways to be brought home: a wrong one must not pass for the patient's.
  return { text, copies: { uids, ...images, dates: 'may-be-shifted' } }
}

interface HandedDocument extends SealedAttachment {
  readonly key: string
  /** What was signed, where what is handed out is not it. */
  readonly signed?: { readonly bytes: number; readonly sha256: string }
}

/** As they came home, for whom the text is as it came home. */
function documentsOf(grant: ReportRelease, referralId: string, { content, home }: FiledReport): HandedDocument[] {
  return content.attachments.map((signed) => {
    const { attachmentId, contentType } = signed
    const brought = onCopiesAlone(grant)
      ? undefined
      : home?.attachments.find((one) => one.attachmentId === attachmentId)
    if (brought === undefined) return { ...signed, key: attachmentKey(referralId, attachmentId) }
    const { bytes, sha256 } = brought
    const key = homeAttachmentKey(referralId, content.reportId, attachmentId)
    return { attachmentId, contentType, bytes, sha256, key, signed: { bytes: signed.bytes, sha256: signed.sha256 } }
  })
}

const attachmentRequest = ({ key, contentType }: HandedDocument, at: number) => ({
  key,
  fileName: `attachment-${at + 1}.${suffixes[contentType]}`,
  contentType,
})

const reportOf = (
  grant: ReportRelease,
  report: FiledReport,
  documents: readonly HandedDocument[],
  urls: readonly SignedRequest[],
): Report => {
  const { content, sha256, signature } = report
  const { signer, registration, previousSha256 } = content
  return {
    reportId: content.reportId,
    kind: content.kind,
    filedAt: content.signedAt,
    readerId: signer.readerId,
    readerName: signer.name,
    registration: `${registration.jurisdiction} ${registration.authority} ${registration.number}`,
    decisionId: content.decisionId,
    ...textOf(grant, report),
    sha256,
    signature,
    ...(previousSha256 === null ? {} : { previousSha256 }),
    attachments: documents.map(({ key: _key, ...attachment }, at) => {
      const url = urls[at]
      if (url === undefined) return attachment
      const { headers, expiresAt } = url
      return { ...attachment, get: { method: 'GET', url: url.url, headers: { ...headers }, expiresAt } }
    }),
  }
}

async function releaseReports(
  ports: ReportPorts,
  grant: ReportRelease,
  referralId: string,
  sealed: readonly FiledReport[],
): Promise<Report[]> {
  const by = toTakeAway(grant)
  const reports: Report[] = []
  for (const one of sealed) {
    const documents = documentsOf(grant, referralId, one)
    const asked = documents.map(attachmentRequest)
    const urls =
      by !== undefined && asked.length > 0
        ? await ports.downloads.signGets({ by, bucket: 'reports' }, asked, URL_LIFE_SECONDS)
        : []
    reports.push(reportOf(grant, one, documents, urls))
  }
  return reports
}

/** A draft is its author's alone, and only while the author holds the case. */
async function ownDraft(
  ports: ReportPorts,
  grant: ReportRelease,
  { case: c, network }: AuthorisedCase,
  { principal }: Asking,
): Promise<ReportDraft | undefined> {
  if (principal.readerId === undefined || !relationsOf(c, principal, network).has('holder')) return undefined
  return loadDraft(grant, ports.store, c.referralId, principal.readerId)
}

async function filedReports(ports: ReportPorts, grant: ReportRelease, c: Case): Promise<FiledReport[]> {
  const sealed = await loadReports(grant, ports.objects, c)
  return Promise.all(
    sealed.map(async (one) => ({
      ...one,
      home: await loadHomeReport(grant, ports.store, c.referralId, one.content.reportId),
    })),
  )
}

/** The reports of a case, released once the record of who reads them is durable. */
export async function readReports(
  ports: ReportPorts,
  { params, context }: Omit<ReportAsked, 'body'>,
): Promise<AnswerOf<'readReports'>> {
  const { referralId } = params
  const authorised = await authoriseCase(ports, 'readReports', context.principal, referralId)
  const { by: grant } = await grantToRead(ports, authorised, context.principal, 'report-read')
  const filed = await filedReports(ports, grant, authorised.case)
  const sealed = onCopiesAlone(grant) ? filed.filter(({ home }) => home !== undefined) : filed
  await recordAccess(ports, context, {
    action: 'read',
    referralId,
    facts: { reports: sealed.map(({ content }) => content.reportId) },
    ...('record' in grant ? { decision: grant.record } : {}),
  })
  const reports = await releaseReports(ports, grant, referralId, sealed)
  const draft = await ownDraft(ports, grant, authorised, context)
  const withheld = filed.length - sealed.length
  return {
    referralId,
    reports,
    ...(withheld === 0 ? {} : { withheld }),
    ...(draft === undefined ? {} : { draft: draft.text }),
  }
}
