import { createHash, randomInt } from 'node:crypto'
import type { SubmitReferral } from '../../shared/contracts/http/referrals.ts'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import { PathwayIdSchema, SiteIdSchema } from '../../shared/domain/network/ids.ts'
import { defaultPathways } from '../../shared/domain/routing/pathways.ts'
import { join } from 'node:path'
import type { ApiClient } from '../../local/client/api-client.ts'
import { completeUpload, openUpload, sendUpload } from '../../local/client/upload-study.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { folderWith, type Target } from './target.ts'

/** A UID nobody else has: the suite may run many times against one cell. */
export const freshUid = (): string => `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}`.replace(/\.0+(?=\d)/, '.')

export const patient = {
  patientId: 'MRN-77',
  name: { family: 'Muster', given: 'Maria' },
  birthDate: '1956-02-29',
} as const

export interface StudyInHand {
  readonly studyInstanceUid: string
  readonly objects: readonly { sopInstanceUid: string; bytes: number; sha256: string; content: Uint8Array }[]
}

export function studyInHand(
  instances: number,
  who: { id: string; name: string; birthDate: string } = { id: 'MRN-77', name: 'Muster^Maria', birthDate: '19560229' },
): StudyInHand {
  const studyInstanceUid = freshUid()
  const seriesInstanceUid = freshUid()
  const objects = Array.from({ length: instances }, (_, at) => {
    const sopInstanceUid = freshUid()
    const content = buildCtSlice({
      studyInstanceUid,
      seriesInstanceUid,
      sopInstanceUid,
      instanceNumber: at + 1,
      rows: 32,
      columns: 32,
      patient: who,
    })
    return {
      sopInstanceUid,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      content,
    }
  })
  return { studyInstanceUid, objects }
}

/** What the pathway asks of the history. */
const historyFor = (pathwayId: string): Pick<SubmitReferral['clinical'], 'answers'> => {
  const asked = defaultPathways.find((one) => one.pathwayId === pathwayId)?.requiredHistory ?? []
  const answers = asked.filter((item) => item !== 'question').map((item) => [item, 'As told by the family'] as const)
  return answers.length === 0 ? {} : { answers: Object.fromEntries(answers) }
}

export const referralBody = (
  study: Pick<StudyInHand, 'studyInstanceUid'> | undefined,
  pathwayId = 'stroke',
  siteId = 'donau-vienna',
): SubmitReferral => ({
  siteId: SiteIdSchema.parse(siteId),
  pathwayId: PathwayIdSchema.parse(pathwayId),
  patient: { ...patient, name: { ...patient.name } },
  clinical: { question: 'Large vessel occlusion?', ...historyFor(pathwayId) },
  order: {
    modality: 'CT',
    bodyPart: 'HEAD',
    ...(study === undefined ? {} : { studyInstanceUid: study.studyInstanceUid }),
  },
})

export const submit = (target: Target, body: SubmitReferral, who = 'p-clerk-vienna'): Promise<CaseStatus> =>
  target.as(who).call('submitReferral', { body })

/** Sends the whole study as a site does, and says so. */
export async function sendStudy(clerk: ApiClient, referralId: string, study: StudyInHand): Promise<void> {
  const named = study.objects.map((one, at) => ({ ...one, name: `${at}.dcm` }))
  const folder = await folderWith(Object.fromEntries(named.map(({ name, content }) => [name, content] as const)))
  try {
    const files = named.map((one) => ({ ...one, path: join(folder.path, one.name) }))
    const { uploadId } = await openUpload(clerk, referralId, study.studyInstanceUid, files)
    await sendUpload(clerk, { referralId, uploadId }, files, { parallel: 2 })
    await completeUpload(clerk, { referralId, uploadId })
  } finally {
    await folder.remove()
  }
}

/** A raw request, for what a typed client would never send. */
export async function raw(
  target: Target,
  sub: string | undefined,
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string } = {},
) {
  const authorization: Record<string, string> =
    sub === undefined ? {} : { authorization: `Bearer ${await target.tokenFor(sub)()}` }
  const response = await fetch(`${target.baseUrl}${path}`, {
    method,
    headers: { ...authorization, ...init.headers },
    ...(init.body === undefined ? {} : { body: init.body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    text,
    json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

export const commandHeaders = (key: string, version?: number): Record<string, string> => ({
  'content-type': 'application/json',
  'idempotency-key': key,
  ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
})

/** Waits for a condition on the status; fails the test with where the case stands. */
export async function eventually(
  target: Target,
  sub: string,
  referralId: string,
  reached: (status: CaseStatus) => boolean,
  seconds = 60,
): Promise<CaseStatus> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const status = await target.as(sub).call('readStatus', { params: { referralId } })
    if (reached(status)) return status
    if (Date.now() > end) throw new Error(`still ${status.state} after ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
