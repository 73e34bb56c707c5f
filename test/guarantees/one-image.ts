import type { ApiClient } from '../../local/client/api-client.ts'
import { referralBody, studyInHand } from '../acceptance/study-in-hand.ts'

type Upload = Readonly<Record<'referralId' | 'uploadId', string>>

/** A new referral, and its one image on the way. */
async function sendOneImage(client: ApiClient, pathwayId: string, siteId?: string): Promise<Upload> {
  const { studyInstanceUid, objects } = studyInHand(1)
  const manifest = objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 }))
  const body = referralBody({ studyInstanceUid }, pathwayId, siteId)
  const { referralId, version } = await client.call('submitReferral', { body })
  const { uploadId } = await client.call('openUpload', {
    params: { referralId },
    version,
    body: { studyInstanceUid, objects: manifest },
  })
  const { urls } = await client.call('pageUploadUrls', { params: { referralId, uploadId } })
  const put = urls[0]?.put
  const content = objects[0]?.content as Uint8Array<ArrayBuffer>
  await fetch(put?.url ?? '', { method: 'PUT', headers: put?.headers ?? {}, body: content })
  return { referralId, uploadId }
}

async function timeUntil(send: () => Promise<Upload>, reached: (upload: Upload) => Promise<boolean>): Promise<number> {
  const started = performance.now()
  const upload = await send()
  while (!(await reached(upload))) {
    if (performance.now() - started > 60_000) throw new Error('not within a minute')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - started
}

/** One image to a new stat referral: milliseconds until a reader has been asked. */
export const timeToOffer = (client: ApiClient): Promise<number> =>
  timeUntil(
    () => sendOneImage(client, 'stroke'),
    async ({ referralId }) => (await client.call('readStatus', { params: { referralId } })).state === 'offered',
  )

/** One image to a new referral of this pathway: milliseconds until it is part of its study. */
export const timeToStored = (client: ApiClient, pathwayId: string, siteId: string): Promise<number> =>
  timeUntil(
    () => sendOneImage(client, pathwayId, siteId),
    async (params) => (await client.call('readUpload', { params })).stored === 1,
  )
