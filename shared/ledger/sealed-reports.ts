import { createHash } from 'node:crypto'
import {
  SealedReportSchema,
  sealedReportKey,
  type ReportContent,
  type SealedReport,
} from '../contracts/stored/sealed-report.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { ReferralId } from '../domain/case/case.ts'
import { Refusal } from '../domain/refusal.ts'
import { StoredInstanceSchema } from '../domain/upload/instance.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { recordsUnder } from './upload-ledger.ts'

const bytesOf = (content: ReportContent): Uint8Array => new TextEncoder().encode(canonicalJson(content))

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

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

/** Refuses a report whose content is not what was signed: altered text must reach nobody under a reader's name. */
export function intact(sealed: SealedReport): SealedReport {
  if (sha256(bytesOf(sealed.content)) !== sealed.sha256) {
    throw new Refusal('report-missing', { reportId: sealed.content.reportId, reason: 'digest-differs' })
  }
  return sealed
}

/** The reports of a case, the oldest first, each checked against its digest. */
export async function loadReports(store: RecordStore, referralId: ReferralId): Promise<SealedReport[]> {
  const reports: SealedReport[] = []
  for await (const { body } of recordsUnder(store, referralId, 'report#')) {
    reports.push(intact(SealedReportSchema.parse(body)))
  }
  return reports.sort((a, b) => (a.content.signedAt < b.content.signedAt ? -1 : 1))
}

const TEXT_LIMIT = 1024 * 1024

/** The sealed object itself, as it lies under Object Lock. */
export async function readSealedObject(
  objects: Pick<ObjectStore, 'readRange'>,
  referralId: ReferralId,
  reportId: string,
): Promise<SealedReport> {
  const key = sealedReportKey(referralId, reportId)
  const bytes = await objects.readRange({ bucket: 'reports', key }, 0, TEXT_LIMIT)
  return intact(SealedReportSchema.parse(JSON.parse(new TextDecoder().decode(bytes))))
}

/** Which images there are now: their number and a digest over all of theirs. */
export async function studyDigest(store: RecordStore, referralId: ReferralId): Promise<ReportContent['study']> {
  const digests: string[] = []
  for await (const { body } of recordsUnder(store, referralId, 'instance#')) {
    digests.push(StoredInstanceSchema.parse(body).sha256)
  }
  return { instances: digests.length, sha256: sha256(digests.sort().join('\n')) }
}
