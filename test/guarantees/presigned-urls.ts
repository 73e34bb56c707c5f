import { createHash, randomBytes } from 'node:crypto'
import { apiClient, atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { openUpload } from '../../local/client/upload-study.ts'
import { MULTIPART_BYTES } from '../../shared/domain/upload/upload-session.ts'
import type { SignedRequest } from '../../shared/ports/object-store.ts'
import { freshUid, referralBody, studyInHand } from '../acceptance/study-in-hand.ts'
import { personOfReader } from '../acceptance/target.ts'
import type { ScratchCell } from './scratch-cell.ts'
import { sendStudy } from './send-study.ts'

/** One kind of URL that the cell hands out, as its API handed it out. */
export interface PresignedUrl {
  readonly kind: string
  readonly signed: SignedRequest
  /** Another real URL of the kind, for another object. */
  readonly neighbour: SignedRequest
  /** What was promised to be sent, or what is to be given out. */
  readonly content: Uint8Array
  /** False for a part: the store checks its length, and ingest the SHA-256 of the whole. */
  readonly bindsBody: boolean
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const TAIL_BYTES = 100

const two = <Item>(items: readonly Item[]): readonly [Item, Item] => {
  const [first, second] = items
  if (first === undefined || second === undefined) throw new Error('the cell did not hand out two URLs')
  return [first, second]
}

/** An upload that is opened and left open: two small objects and two that are sent in parts. */
async function uploadUrls(clerk: ApiClient): Promise<PresignedUrl[]> {
  const { referralId } = await clerk.call('submitReferral', { body: referralBody(undefined) })
  const study = studyInHand(2)
  const tail = randomBytes(TAIL_BYTES)
  const large = [1, 2].map(() => ({
    sopInstanceUid: freshUid(),
    bytes: MULTIPART_BYTES + TAIL_BYTES,
    sha256: sha256(randomBytes(8)),
  }))
  const files = [...study.objects, ...large].map((one) => ({ ...one, path: '' }))
  const { uploadId } = await openUpload(clerk, referralId, study.studyInstanceUid, files)
  const { urls } = await clerk.call('pageUploadUrls', { params: { referralId, uploadId } })
  const [put, otherPut] = two(urls.flatMap(({ put: one }) => (one === undefined ? [] : [one])))
  const [part, otherPart] = two(urls.flatMap(({ parts }) => parts?.slice(-1) ?? []))
  const content = study.objects[0]?.content ?? new Uint8Array()
  return [
    { kind: 'PUT of an image', signed: put, neighbour: otherPut, content, bindsBody: true },
    { kind: 'PUT of a part', signed: part, neighbour: otherPart, content: tail, bindsBody: false },
  ]
}

/** A case that its reader has claimed. */
async function claimedCase(cell: ScratchCell, clerk: ApiClient, as: (sub: string) => ApiClient) {
  const study = studyInHand(2)
  const { referralId } = await clerk.call('submitReferral', { body: referralBody(study) })
  const { studyInstanceUid, objects } = study
  await sendStudy(
    cell,
    clerk,
    { referralId, studyInstanceUid },
    objects.map(({ content }) => content),
  )
  const { readerId = '' } = await clerk.call('readStatus', { params: { referralId } })
  const reader = as(personOfReader(readerId))
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('claimCase', { params: { referralId }, body: {}, version }),
  )
  return { referralId, study, reader }
}

type Claimed = Awaited<ReturnType<typeof claimedCase>>

async function imageUrl({ referralId, study, reader }: Claimed): Promise<PresignedUrl> {
  const { images } = await reader.call('listImages', { params: { referralId } })
  const [first, second] = two(images)
  const [signed, neighbour] = two([first.get, second.get].filter((get) => get !== undefined))
  const content = study.objects.find(({ sha256: digest }) => digest === first.sha256)?.content ?? new Uint8Array()
  return { kind: 'GET of an image', signed, neighbour, content, bindsBody: false }
}

/** Two documents: one is attached and read back, the other's URL is left unused. */
async function attachmentUrls(cell: ScratchCell, claimed: Claimed, referrer: ApiClient): Promise<PresignedUrl[]> {
  const { referralId, reader } = claimed
  const documents = [1, 2, 3, 4].map((at) => Buffer.from(`%PDF-1.4\n% document ${at}, ${freshUid()}\n%%EOF\n`))
  const opened = []
  for (const document of documents) {
    const body = { contentType: 'application/pdf' as const, bytes: document.length, sha256: sha256(document) }
    opened.push({ document, ...(await reader.call('openAttachment', { params: { referralId }, body })) })
  }
  for (const { document, put } of opened.slice(0, 2)) {
    const { ok, status } = await fetch(put.url, { method: 'PUT', headers: put.headers, body: document })
    if (!ok) throw new Error(`an attachment was refused: ${status}`)
  }
  const text = { findings: 'None.', impression: 'None.', alert: 'none' as const }
  const attachmentIds = opened.slice(0, 2).map(({ attachmentId }) => attachmentId)
  await atCurrentVersion(reader, referralId, (version) =>
    reader.call('signFinal', { params: { referralId }, version, body: { text, attachmentIds } }),
  )
  await cell.settle()
  const { reports } = await referrer.call('readReports', { params: { referralId } })
  const attached = reports.flatMap(({ attachments }) =>
    attachments.flatMap(({ get }) => (get === undefined ? [] : [get])),
  )
  const [signed, neighbour] = two(attached)
  const [unused, otherUnused] = two(opened.slice(2))
  const content = documents[0] ?? new Uint8Array()
  return [
    {
      kind: 'PUT of a document',
      signed: unused.put,
      neighbour: otherUnused.put,
      content: unused.document,
      bindsBody: true,
    },
    { kind: 'GET of a document', signed, neighbour, content, bindsBody: false },
  ]
}

/** A URL of every kind that the product signs, asked for as a site, a reader and a referrer ask for it. */
export async function presignedUrls(cell: ScratchCell): Promise<PresignedUrl[]> {
  const tokens = developmentTokens(cell.baseUrl)
  const as = (sub: string) => apiClient(cell.baseUrl, tokens(sub))
  const clerk = as('p-clerk-vienna')
  const claimed = await claimedCase(cell, clerk, as)
  const uploads = await uploadUrls(clerk)
  return [...uploads, await imageUrl(claimed), ...(await attachmentUrls(cell, claimed, as('p-referrer-vienna')))]
}
