import { setTimeout as delay } from 'node:timers/promises'
import { createHash } from 'node:crypto'
import { atCurrentVersion, type ApiClient } from '../../../local/client/api-client.ts'
import { completeUpload, openUpload, sendUpload, type StudyFile } from '../../../local/client/upload-study.ts'
import { patientFetch } from '../../../local/client/patient-fetch.ts'
import { reportDocument } from '../../../local/demo/report-document.ts'
import type { CaseStatus, SubmitReferral } from '../../../shared/contracts/http/referrals.ts'
import { demoUsers } from '../../../local/seed/demo-network.ts'
import type { CanaryWords } from './canary-words.ts'
import type { CanaryStudy } from './canary-study.ts'

/** The people of a cell, as the job meets them. */
export interface Cast {
  readonly as: (sub: string) => ApiClient
}

const PATIENCE_SECONDS = 60

export async function until(
  cast: Cast,
  referralId: string,
  reached: (status: CaseStatus) => boolean,
): Promise<CaseStatus> {
  const end = Date.now() + PATIENCE_SECONDS * 1000
  for (;;) {
    const status = await cast.as('p-clerk-vienna').call('readStatus', { params: { referralId } })
    if (reached(status)) return status
    if (Date.now() > end) throw new Error(`the case stayed ${status.state}`)
    await delay(50)
  }
}

export async function sendFiles(
  cast: Cast,
  referralId: string,
  study: string,
  files: readonly StudyFile[],
): Promise<string> {
  const clerk = cast.as('p-clerk-vienna')
  const { uploadId } = await openUpload(clerk, referralId, study, files)
  await sendUpload(clerk, { referralId, uploadId }, files, { parallel: 4 })
  await completeUpload(clerk, { referralId, uploadId })
  return uploadId
}

const textOf = (words: CanaryWords, kind: string) => ({
  findings: `${words.text(`findings, ${kind}`)} ${words.plain(`findings, ${kind}`)}`,
  impression: words.text(`impression, ${kind}`),
  recommendation: words.text(`recommendation, ${kind}`),
  alert: 'category-1' as const,
})

async function attach(reader: ApiClient, words: CanaryWords, referralId: string): Promise<string> {
  const document = reportDocument([words.plain('attached PDF'), words.digits('attached PDF')])
  const sha256 = createHash('sha256').update(document).digest('hex')
  const opened = await reader.call('openAttachment', {
    params: { referralId },
    body: { contentType: 'application/pdf', bytes: document.length, sha256 },
  })
  const { url, headers } = opened.put
  // A browser would add the name of the reader's file; it is not signed, and must be kept nowhere.
  const named = { ...headers, 'content-disposition': `attachment; filename="${words.plain('attachment name')}.pdf"` }
  const response = await patientFetch(url, { method: 'PUT', headers: named, body: document }, PATIENCE_SECONDS)
  if (!response.ok) throw new Error(`the attachment was refused: ${response.status}`)
  return opened.attachmentId
}

const readerFor = (cast: Cast, { readerId }: CaseStatus): ApiClient => {
  const user = demoUsers.find((one) => one.readerId === readerId)
  if (user === undefined) throw new Error('no person behind the reader')
  return cast.as(user.sub)
}

async function report(reader: ApiClient, words: CanaryWords, referralId: string): Promise<void> {
  const params = { referralId }
  await reader.call('saveDraft', { params, body: { text: { findings: words.text('draft', 'draft') } } })
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('filePreliminary', {
      params,
      version,
      body: { text: textOf(words, 'preliminary'), attachmentIds: [] },
    }),
  )
  const attachmentId = await attach(reader, words, referralId)
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('signFinal', {
      params,
      version,
      body: { text: textOf(words, 'final'), attachmentIds: [attachmentId] },
    }),
  )
}

export interface JobGiven {
  readonly cast: Cast
  readonly words: CanaryWords
  readonly referral: SubmitReferral
  readonly study: CanaryStudy
  /** What will not become part of the study: it ends in quarantine. */
  readonly strangers: readonly StudyFile[]
}

/** From the clerk's referral to the acknowledged report, with an addendum; answers the referral's id and the reader. */
export async function runMainJob({ cast, words, referral, study, strangers }: JobGiven): Promise<string> {
  const clerk = cast.as('p-clerk-vienna')
  const { referralId } = await clerk.call('submitReferral', { body: referral })
  const params = { referralId }
  await sendFiles(cast, referralId, study.studyInstanceUid, [...study.files, ...strangers])
  const reader = readerFor(cast, await until(cast, referralId, ({ state }) => state === 'offered'))
  await atCurrentVersion(reader, referralId, (version) => reader.call('claimCase', { params, version, body: {} }))
  await reader.call('readReferral', { params })
  const { images } = await reader.call('listImages', { params })
  if (images.length !== study.files.length)
    throw new Error(`${images.length} images of ${study.files.length} were taken`)
  await report(reader, words, referralId)
  await until(cast, referralId, ({ state }) => state === 'delivered')
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('addAddendum', { params, version, body: { text: textOf(words, 'addendum'), attachmentIds: [] } }),
  )
  await until(cast, referralId, ({ state, reports }) => state === 'delivered' && reports.length === 3)
  const referrer = cast.as('p-referrer-vienna')
  await referrer.call('readReports', { params })
  await atCurrentVersion(referrer, referralId, (version) =>
    referrer.call('acknowledgeReport', { params, version, body: {} }),
  )
  return referralId
}

/** Asked, answered, and then turned away. */
export async function rejectOne({ cast, words, referral }: Omit<JobGiven, 'study' | 'strangers'>): Promise<string> {
  const clerk = cast.as('p-clerk-vienna')
  const triage = cast.as('p-triage-vienna')
  const { referralId } = await clerk.call('submitReferral', { body: referral })
  const params = { referralId }
  await atCurrentVersion(triage, referralId, (version) =>
    triage.call('requestInformation', {
      params,
      version,
      body: { item: 'other', note: `${words.text('question of triage')}?` },
    }),
  )
  await atCurrentVersion(clerk, referralId, (version) =>
    clerk.call('provideInformation', { params, version, body: { note: words.text('answer to triage') } }),
  )
  await atCurrentVersion(triage, referralId, (version) =>
    triage.call('rejectReferral', { params, version, body: { reason: 'other' } }),
  )
  return referralId
}
