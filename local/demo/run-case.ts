import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import { apiClient, atCurrentVersion, type ApiClient } from '../client/api-client.ts'
import { completeUpload, manifestsOf, openUpload, sendUpload, type StudyFile } from '../client/upload-study.ts'
import { patientFetch } from '../client/patient-fetch.ts'
import { reportDocument } from './report-document.ts'
import { referralFor, type DemoSite } from './referral-for.ts'
import type { ScannedFile, StudyGroup } from './scan-folder.ts'

export interface DemoCast {
  readonly baseUrl: string
  readonly tokenFor: (sub: string) => () => Promise<string>
  /** The person behind a reader id. */
  readonly personOf: (readerId: string) => string
  readonly patienceSeconds: number
}

export interface CaseOutcome {
  readonly referralId: string
  readonly studyInstanceUid: string
  readonly pathway: string
  readonly state: string
  readonly instances: number
  readonly reader: string | null
  readonly reportId: string | null
  readonly seconds: number
  readonly site: DemoSite
  readonly stored: readonly string[]
  readonly quarantined: readonly { file: string; reason: string }[]
  readonly refused: readonly { file: string; reason: string }[]
}

/** For what is asked of presigned URLs; the API client has the patience it was given. */
const PATIENCE_SECONDS = 60

interface People {
  readonly clerk: ApiClient
  readonly referrer: ApiClient
  readonly triage: ApiClient
  readonly reader: (readerId: string) => ApiClient
}

const peopleOf = (cast: DemoCast, site: DemoSite): People => {
  const client = (sub: string) => apiClient(cast.baseUrl, cast.tokenFor(sub), { seconds: cast.patienceSeconds })
  return {
    clerk: client(`p-clerk-${site.suffix}`),
    referrer: client(`p-referrer-${site.suffix}`),
    triage: client(`p-triage-${site.suffix}`),
    reader: (readerId) => client(cast.personOf(readerId)),
  }
}

const LONGEST_WAIT_SECONDS = 300

/** Follows the status until the case is where it must be; a case that ends elsewhere is handed back as it is. */
async function until(
  client: ApiClient,
  referralId: string,
  reached: (status: CaseStatus) => boolean,
): Promise<CaseStatus> {
  const end = Date.now() + LONGEST_WAIT_SECONDS * 1000
  for (let wait = 20; ; wait = Math.min(500, wait * 1.5)) {
    const status = await client.call('readStatus', { params: { referralId } })
    if (reached(status) || status.owner === null) return status
    if (Date.now() > end) throw new Error(`${referralId} stayed ${status.state} for ${LONGEST_WAIT_SECONDS} seconds`)
    await delay(wait)
  }
}

interface Sent {
  readonly stored: string[]
  readonly quarantined: { file: string; reason: string }[]
}

/** Opens every upload before sending the first, so that the study is not complete while one is still to come. */
async function sendStudy(
  clerk: ApiClient,
  referralId: string,
  group: StudyGroup,
  files: readonly ScannedFile[],
): Promise<Sent> {
  const manifests = manifestsOf(files) as ScannedFile[][]
  const uploads: { place: { referralId: string; uploadId: string }; files: ScannedFile[] }[] = []
  for (const manifest of manifests) {
    const { uploadId } = await openUpload(clerk, referralId, group.studyInstanceUid, manifest)
    uploads.push({ place: { referralId, uploadId }, files: manifest })
  }
  const sent: Sent = { stored: [], quarantined: [] }
  for (const { place, files: manifest } of uploads) {
    await sendUpload(clerk, place, manifest satisfies StudyFile[], { parallel: 4 })
    const states = await clerk.call('listUploadObjects', { params: place, query: { limit: 200 } })
    for (
      let page = states;
      ;
      page = await clerk.call('listUploadObjects', { params: place, query: { limit: 200, cursor: page.cursor ?? '' } })
    ) {
      for (const { index, state, reason } of page.objects) {
        const file = manifest[index]?.name ?? String(index)
        if (state === 'stored') sent.stored.push(file)
        else sent.quarantined.push({ file, reason: reason ?? 'missing' })
      }
      if (page.cursor === undefined) break
    }
  }
  for (const { place } of uploads) await completeUpload(clerk, place)
  return sent
}

/** Opens every image of the first page and compares each with the digest the site announced; or looks, where no more is allowed. */
async function openImages(reader: ApiClient, referralId: string, files: readonly ScannedFile[]): Promise<number> {
  const announced = new Set(files.map(({ sha256 }) => sha256))
  const page = await reader.call('listImages', { params: { referralId }, query: { limit: 20 } })
  for (const image of page.images) {
    if (image.get === undefined) {
      if (image.display === undefined) continue
      const { sopInstanceUid } = image
      await reader.call('readFrame', { params: { referralId, sopInstanceUid, frame: 1 }, query: { part: 0 } })
      continue
    }
    const response = await patientFetch(image.get.url, { headers: image.get.headers }, PATIENCE_SECONDS)
    const hash = createHash('sha256')
      .update(new Uint8Array(await response.arrayBuffer()))
      .digest('hex')
    if (!response.ok || !announced.has(hash)) throw new Error(`an image of ${referralId} is not what the site sent`)
  }
  return page.images.length
}

async function attachDocument(reader: ApiClient, referralId: string): Promise<string> {
  const document = reportDocument(['Overread demonstration report', 'Made up; no clinical meaning.'])
  const sha256 = createHash('sha256').update(document).digest('hex')
  const opened = await reader.call('openAttachment', {
    params: { referralId },
    body: { contentType: 'application/pdf', bytes: document.length, sha256 },
  })
  const response = await patientFetch(
    opened.put.url,
    { method: 'PUT', headers: opened.put.headers, body: document },
    PATIENCE_SECONDS,
  )
  if (!response.ok && response.status !== 412) throw new Error(`the attachment was refused: ${response.status}`)
  return opened.attachmentId
}

const text = { findings: 'Demonstration.', impression: 'No clinical meaning.', alert: 'none' as const }

async function report(reader: ApiClient, referralId: string, preliminary: boolean): Promise<void> {
  await reader.call('saveDraft', { params: { referralId }, body: { text: { findings: 'Demonstration.' } } })
  if (preliminary) {
    await atCurrentVersion(reader, referralId, (version) =>
      reader.call('filePreliminary', { params: { referralId }, version, body: { text, attachmentIds: [] } }),
    )
  }
  const attachmentId = await attachDocument(reader, referralId)
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('signFinal', { params: { referralId }, version, body: { text, attachmentIds: [attachmentId] } }),
  )
}

async function readCase(people: People, referralId: string, files: readonly ScannedFile[]): Promise<CaseStatus> {
  const offered = await until(people.clerk, referralId, ({ state }) => state === 'offered')
  if (offered.readerId === undefined || offered.owner === null) return offered
  const reader = people.reader(offered.readerId)
  await reader.call('listWorklist')
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('claimCase', { params: { referralId }, version, body: {} }),
  )
  await openImages(reader, referralId, files)
  await report(reader, referralId, offered.pathwayId === 'stroke')
  const delivered = await until(people.clerk, referralId, ({ state }) => state === 'delivered')
  if (delivered.owner === null) return delivered
  await people.referrer.call('readReports', { params: { referralId } })
  return atCurrentVersion(people.referrer, referralId, (version) =>
    people.referrer.call('acknowledgeReport', { params: { referralId }, version, body: {} }),
  )
}

/** One study the whole way by the public API, from the clerk's referral to the referrer's acknowledgement. */
export async function runCase(
  cast: DemoCast,
  group: StudyGroup,
  extra: readonly ScannedFile[],
  number: number,
  site: DemoSite,
): Promise<CaseOutcome> {
  const started = performance.now()
  const people = peopleOf(cast, site)
  const body = referralFor(group, site, number, new Date().toISOString().slice(0, 10))
  const submitted = await people.clerk.call('submitReferral', { body })
  const { referralId } = submitted
  const files = [...group.files, ...extra]
  const outcome = (status: CaseStatus, sent: Sent, refused: CaseOutcome['refused']): CaseOutcome => ({
    referralId,
    studyInstanceUid: group.studyInstanceUid,
    pathway: body.pathwayId,
    state: status.state,
    instances: status.images.stored,
    reader: status.readerId ?? null,
    reportId: status.reports.findLast(({ kind }) => kind === 'final')?.reportId ?? null,
    seconds: Math.round(performance.now() - started) / 1000,
    site,
    ...sent,
    refused,
  })
  if (submitted.state === 'rejected') {
    const reason = submitted.rejectedBecause ?? 'rejected'
    return outcome(
      submitted,
      { stored: [], quarantined: [] },
      files.map(({ name }) => ({ file: name, reason })),
    )
  }
  if (submitted.state === 'triage') {
    await atCurrentVersion(people.triage, referralId, (version) =>
      people.triage.call('acceptReferral', { params: { referralId }, version, body: {} }),
    )
  }
  const sent = await sendStudy(people.clerk, referralId, group, files)
  return outcome(await readCase(people, referralId, files), sent, [])
}
