import { HomeReportSchema, type HomeReport } from '../contracts/stored/home-report.ts'
import { ReportDraftSchema, type ReportDraft } from '../contracts/stored/report-draft.ts'
import {
  SealedReportSchema,
  sealedReportKey,
  type ReportContent,
  type SealedReport,
} from '../contracts/stored/sealed-report.ts'
import type { InCell } from '../domain/access/in-cell.ts'
import type { ReportRelease } from '../domain/access/releases.ts'
import { requireRight } from '../domain/access/right.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { Case, ReferralId } from '../domain/case/case.ts'
import { Refusal } from '../domain/refusal.ts'
import { StoredInstanceSchema } from '../domain/upload/instance.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { keys } from './keys.ts'
import { sha256 } from './sha256.ts'
import { recordsUnder } from './upload-ledger.ts'

type ReportMark = Case['reports'][number]

const bytesOf = (content: ReportContent): Uint8Array => new TextEncoder().encode(canonicalJson(content))

/** Signs the content and writes the whole create-only, before any case says that it exists: a case never names what is lost. */
export async function sealReport(
  ports: { readonly keys: Pick<KeyVault, 'sign'>; readonly objects: Pick<ObjectStore, 'put'> },
  content: ReportContent,
): Promise<SealedReport> {
  const bytes = bytesOf(content)
  const { keyId, signature } = await ports.keys.sign(bytes)
  const value = Buffer.from(signature).toString('base64')
  const sealed = { content, sha256: sha256(bytes), signature: { keyId, value } }
  const ref = { bucket: 'reports' as const, key: sealedReportKey(content.referralId, content.reportId) }
  const text = new TextEncoder().encode(canonicalJson(sealed))
  const stored = await ports.objects.put(ref, text, { contentType: 'application/json' })
  if (stored === 'exists') throw new Error('a report id was drawn twice')
  return sealed
}

const missing = (reportId: string, reason: string): Refusal => new Refusal('report-missing', { reportId, reason })

/** Refuses a report whose content is not what was signed: altered text must reach nobody under a reader's name. */
export function intact(sealed: SealedReport): SealedReport {
  if (sha256(bytesOf(sealed.content)) !== sealed.sha256) {
    throw missing(sealed.content.reportId, 'digest-differs')
  }
  return sealed
}

/** Refuses a report that is not the one the case's own events name. */
export function asMarked(sealed: SealedReport, { reportId, sha256: marked }: ReportMark): SealedReport {
  if (sealed.content.reportId !== reportId || sealed.sha256 !== marked) throw missing(reportId, 'digest-differs')
  return sealed
}

const TEXT_LIMIT = 1024 * 1024

/** The sealed object itself, as it lies under Object Lock. */
export async function readSealedObject(
  by: ReportRelease | InCell<'check-delivery'>,
  objects: Pick<ObjectStore, 'readRange'>,
  referralId: ReferralId,
  mark: ReportMark,
): Promise<SealedReport> {
  const key = sealedReportKey(referralId, mark.reportId)
  const bytes = await objects.readRange(by, { bucket: 'reports', key }, 0, TEXT_LIMIT).catch((thrown: unknown) => {
    throw thrown instanceof Refusal && thrown.code === 'not-found' ? missing(mark.reportId, 'not-there') : thrown
  })
  return asMarked(intact(SealedReportSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))), mark)
}

/** The reports of a case in the order in which they were filed, each checked against its own digest and the case's. */
export const loadReports = (
  by: ReportRelease,
  objects: Pick<ObjectStore, 'readRange'>,
  c: Case,
): Promise<SealedReport[]> => Promise.all(c.reports.map((mark) => readSealedObject(by, objects, c.referralId, mark)))

/** A report as it came home. Its text lies in a record, where no seal asks for the right: this does. */
export async function loadHomeReport(
  by: ReportRelease | InCell<'file-report'>,
  store: RecordStore,
  referralId: ReferralId,
  reportId: string,
): Promise<HomeReport | undefined> {
  requireRight(by, referralId)
  const found = await store.read(keys.homeReport(referralId, reportId))
  return found === undefined ? undefined : HomeReportSchema.parse(found.body)
}

export async function loadDraft(
  by: ReportRelease,
  store: RecordStore,
  referralId: ReferralId,
  readerId: string,
): Promise<ReportDraft | undefined> {
  requireRight(by, referralId)
  const found = await store.read(keys.draft(referralId, readerId))
  return found === undefined ? undefined : ReportDraftSchema.parse(found.body)
}

/** Which images there are now: their number and a digest over all of theirs. */
export async function studyDigest(store: RecordStore, referralId: ReferralId): Promise<ReportContent['study']> {
  const digests: string[] = []
  for await (const { body } of recordsUnder(store, referralId, 'instance#')) {
    digests.push(StoredInstanceSchema.parse(body).sha256)
  }
  return { instances: digests.length, sha256: sha256(digests.sort().join('\n')) }
}
