import type { UploadState, UploadUrlPage } from '../../shared/contracts/http/uploads.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { PermittedOperation } from '../../shared/domain/access/permissions.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { isAbandoned } from '../../shared/domain/case/states.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { ObjectReasonSchema } from '../../shared/domain/upload/object-reason.ts'
import { arrivalKey, partsOf, type AnnouncedObject } from '../../shared/domain/upload/upload-session.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase, type AuthorisedCase } from '../../shared/ledger/authorised-case.ts'
import { openCursor, sealCursor } from '../../shared/ledger/cursor.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { announcedObjects, arrivalsOf, loadUpload, type LoadedUpload } from '../../shared/ledger/upload-ledger.ts'
import type { UploadPorts } from './open-upload.ts'

export interface UploadAsked {
  readonly params: { readonly referralId: ReferralId; readonly uploadId: string }
  readonly context: Asking
}

export interface AuthorisedUpload {
  readonly authorised: AuthorisedCase
  readonly upload: LoadedUpload
}

export async function authoriseUpload(
  ports: UploadPorts,
  operation: PermittedOperation,
  { params, context }: UploadAsked,
): Promise<AuthorisedUpload> {
  const authorised = await authoriseCase(ports, operation, context.principal, params.referralId)
  const upload = await loadUpload(ports.store, params.referralId, params.uploadId)
  if (upload === undefined) throw new Refusal('not-found')
  return { authorised, upload }
}

/** An upload still takes objects while it is open and its case is not closed without a report. */
export function requireOpen({ authorised, upload }: AuthorisedUpload): void {
  const { state } = authorised.case.phase
  if (isAbandoned(state) || upload.session.state === 'complete') throw new Refusal('upload-closed', { state })
}

export const stateOf = ({ authorised, upload }: AuthorisedUpload): UploadState => ({
  referralId: authorised.case.referralId,
  uploadId: upload.session.uploadId,
  caseVersion: authorised.version,
  state: upload.session.state,
  expected: upload.session.expected,
  stored: upload.stored,
  failed: upload.failed,
  missing: Math.max(0, upload.session.expected - upload.stored - upload.failed),
  openedAt: upload.session.openedAt,
})

const recordUploadAccess = (ports: UploadPorts, { params, context }: UploadAsked, action: 'read' | 'release') =>
  recordAccess(ports, context, { action, referralId: params.referralId, facts: { uploadId: params.uploadId } })

export async function readUpload(ports: UploadPorts, asked: UploadAsked): Promise<UploadState> {
  const found = await authoriseUpload(ports, 'readUpload', asked)
  await recordUploadAccess(ports, asked, 'read')
  return stateOf(found)
}

export async function listUploadObjects(
  ports: UploadPorts,
  asked: UploadAsked & { query: QueryOf<'listUploadObjects'> },
): Promise<AnswerOf<'listUploadObjects'>> {
  await authoriseUpload(ports, 'listUploadObjects', asked)
  const { referralId, uploadId } = asked.params
  const list = `objects ${referralId} ${uploadId} ${asked.query.state ?? 'any'}`
  const from = Number((await openCursor(ports.keys, list, asked.query.cursor)) ?? 0)
  const [objects, arrivals] = await Promise.all([
    announcedObjects(ports.store, referralId, uploadId),
    arrivalsOf(ports.store, referralId, uploadId),
  ])
  const states = objects
    .map(({ sopInstanceUid }, index) => {
      const arrival = arrivals.get(index)
      return {
        index,
        state: arrival?.state ?? ('missing' as const),
        ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
        ...(arrival?.reason === undefined ? {} : { reason: ObjectReasonSchema.parse(arrival.reason) }),
      }
    })
    .filter(({ index, state }) => index >= from && (asked.query.state === undefined || state === asked.query.state))
  await recordUploadAccess(ports, asked, 'read')
  const next = states[asked.query.limit]
  const page = states.slice(0, asked.query.limit)
  return {
    objects: page,
    ...(next === undefined ? {} : { cursor: await sealCursor(ports.keys, list, String(next.index)) }),
  }
}

export const URL_LIFE_SECONDS = 900

type Numbered = AnnouncedObject & { readonly index: number }

async function signPage(
  ports: UploadPorts,
  params: UploadAsked['params'],
  { session }: LoadedUpload,
  page: readonly Numbered[],
): Promise<UploadUrlPage['urls']> {
  const refOf = (index: number) => ({ bucket: 'incoming' as const, key: arrivalKey(session, { ...params, index }) })
  const whole = page.filter(({ multipartId }) => multipartId === undefined)
  const puts = await ports.uploads.signPuts(
    whole.map(({ index, bytes, sha256 }) => ({
      ref: refOf(index),
      binding: { bytes, sha256, contentType: 'application/dicom' },
    })),
    URL_LIFE_SECONDS,
  )
  const byIndex = new Map(whole.map(({ index }, at) => [index, puts[at]]))
  return Promise.all(
    page.map(async ({ index, sopInstanceUid, bytes, multipartId }) => {
      const named = { index, ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }) }
      const put = byIndex.get(index)
      if (put !== undefined) return { ...named, put: { ...put, headers: { ...put.headers } } }
      const parts = partsOf(bytes)
      const bindings = parts.map(({ partNumber, from, toExclusive }) => ({ partNumber, bytes: toExclusive - from }))
      const signed = await ports.uploads.signParts(refOf(index), multipartId ?? '', bindings, URL_LIFE_SECONDS)
      return {
        ...named,
        parts: parts.flatMap((part, at) =>
          signed[at] === undefined ? [] : [{ ...signed[at], headers: { ...signed[at].headers }, ...part }],
        ),
      }
    }),
  )
}

/** URLs of what is still missing: the same call starts an upload and takes it up again after a kill. */
export async function pageUploadUrls(
  ports: UploadPorts,
  asked: UploadAsked & { query: QueryOf<'pageUploadUrls'> },
): Promise<UploadUrlPage> {
  const found = await authoriseUpload(ports, 'pageUploadUrls', asked)
  requireOpen(found)
  const { referralId, uploadId } = asked.params
  const list = `urls ${referralId} ${uploadId}`
  const from = Number((await openCursor(ports.keys, list, asked.query.cursor)) ?? 0)
  const [objects, arrivals] = await Promise.all([
    announcedObjects(ports.store, referralId, uploadId),
    arrivalsOf(ports.store, referralId, uploadId),
  ])
  const missing = objects
    .map((object, index): Numbered => ({ ...object, index }))
    .filter(({ index }) => index >= from && !arrivals.has(index))
  const next = missing[asked.query.limit]
  await recordUploadAccess(ports, asked, 'release')
  const urls = await signPage(ports, asked.params, found.upload, missing.slice(0, asked.query.limit))
  return {
    serverTime: ports.clock.now(),
    urls,
    ...(next === undefined ? {} : { cursor: await sealCursor(ports.keys, list, String(next.index)) }),
  }
}
