import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { ManifestObject, UploadState } from '../../shared/contracts/http/uploads.ts'
import { ApiProblem, atCurrentVersion, type ApiClient } from './api-client.ts'
import { putFileRange } from './put-object.ts'
import { missingUrls, type UploadUrl } from './upload-urls.ts'

/** A file to be sent, as the sender knows it. */
export interface StudyFile extends ManifestObject {
  readonly path: string
}

export interface UploadProgress {
  /** Those of an earlier run among them. */
  readonly heldObjects: number
  readonly totalObjects: number
}

export interface UploadOptions {
  readonly parallel: number
  readonly onProgress?: (progress: UploadProgress) => void
}

export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** The manifest names each object once; a second file under the same SOP Instance UID goes into an upload of its own. */
export function manifestsOf(files: readonly StudyFile[], limit = 2000): StudyFile[][] {
  const manifests: { files: StudyFile[]; uids: Set<string> }[] = []
  for (const file of files) {
    const { sopInstanceUid: uid } = file
    let manifest = manifests.find((one) => one.files.length < limit && (uid === undefined || !one.uids.has(uid)))
    if (manifest === undefined) manifests.push((manifest = { files: [], uids: new Set() }))
    manifest.files.push(file)
    if (uid !== undefined) manifest.uids.add(uid)
  }
  return manifests.map((one) => one.files)
}

/** What makes a command the same command when it is sent again. */
export interface Opening {
  readonly version: number
  readonly idempotencyKey: string
}

export const openUploadAs = (
  client: ApiClient,
  referralId: string,
  opening: Opening,
  studyInstanceUid: string,
  files: readonly ManifestObject[],
): Promise<UploadState> =>
  client.call('openUpload', {
    params: { referralId },
    ...opening,
    body: {
      studyInstanceUid,
      objects: files.map(({ sopInstanceUid, bytes, sha256 }) => ({
        bytes,
        sha256,
        ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
      })),
    },
  })

export const openUpload = (
  client: ApiClient,
  referralId: string,
  studyInstanceUid: string,
  files: readonly StudyFile[],
): Promise<UploadState> =>
  atCurrentVersion(client, referralId, (version) =>
    openUploadAs(client, referralId, { version, idempotencyKey: randomUUID() }, studyInstanceUid, files),
  )

/** 200: stored now. 412: stored by an earlier try whose answer was lost, under the same create-only URL. */
const isThere = (status: number): boolean => status === 200 || status === 412

async function sendPart(
  request: { url: string; headers: Record<string, string> },
  path: string,
  from: number,
  toExclusive: number,
): Promise<boolean> {
  try {
    return isThere(await putFileRange(request, { path, from, toExclusive }))
  } catch (thrown) {
    // The connection broke or the cell is restarting: the object stays missing and the next round asks for a fresh URL.
    if (thrown instanceof Error) return false
    throw thrown
  }
}

/** A file that was changed or removed since it was announced can never arrive: said at once, and not after many tries. */
async function requireAsAnnounced({ path, sha256 }: StudyFile): Promise<void> {
  if ((await digestOf(path)) !== sha256) throw new Error(`${path} has changed since it was announced to the cell`)
}

async function sendObject(
  client: ApiClient,
  place: { referralId: string; uploadId: string },
  url: UploadUrl,
  file: StudyFile,
): Promise<boolean> {
  if (url.put !== undefined) return sendPart(url.put, file.path, 0, file.bytes)
  for (const part of url.parts ?? []) {
    if (!(await sendPart(part, file.path, part.from, part.toExclusive))) return false
  }
  try {
    await client.call('assembleObject', { params: { ...place, index: url.index }, body: {} })
    return true
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.problem.code === 'object-not-received') return false
    throw thrown
  }
}

async function inParallel<T>(items: AsyncGenerator<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const workOff = async () => {
    try {
      for (let item = await items.next(); item.done !== true; item = await items.next()) await work(item.value)
    } catch (thrown) {
      // The others finish what they have in hand and take nothing more.
      await items.return(undefined)
      throw thrown
    }
  }
  await Promise.all(Array.from({ length: width }, workOff))
}

/** Sends what the cell says is missing, until nothing is: the same loop starts an upload and takes it up again after a kill. */
async function sendMissing(
  client: ApiClient,
  place: { referralId: string; uploadId: string },
  files: readonly StudyFile[],
  options: UploadOptions & { readonly held: number },
): Promise<number> {
  let [heldObjects, unsent] = [options.held, 0]
  await inParallel(missingUrls(client, place), options.parallel, async (url) => {
    const file = files[url.index]
    if (file === undefined) throw new Error('the cell asks for an object that this upload does not have')
    if (await sendObject(client, place, url, file)) {
      heldObjects++
    } else {
      await requireAsAnnounced(file)
      unsent++
    }
    options.onProgress?.({ heldObjects, totalObjects: files.length })
  })
  return unsent
}

const QUIET_SECONDS = 20

/** Waits until everything sent has been looked at; says false where nothing has moved for a while. */
async function allLookedAt(client: ApiClient, place: { referralId: string; uploadId: string }): Promise<boolean> {
  let lastMissing = -1
  let since = Date.now()
  for (let wait = 20; ; wait = Math.min(500, wait * 1.5)) {
    const { missing } = await client.call('readUpload', { params: place })
    if (missing === 0) return true
    if (missing !== lastMissing) since = Date.now()
    else if (Date.now() - since > QUIET_SECONDS * 1000) return false
    lastMissing = missing
    await delay(wait)
  }
}

const ROUNDS = 50

/** Sends one upload until the cell holds all of it, and has the cell look again for what got lost on the way. */
export async function sendUpload(
  client: ApiClient,
  place: { referralId: string; uploadId: string },
  files: readonly StudyFile[],
  options: UploadOptions,
): Promise<UploadState> {
  for (let round = 0; round < ROUNDS; round++) {
    const state = await client.call('readUpload', { params: place })
    if (state.missing === 0) return state
    const held = state.expected - state.missing
    const unsent = await sendMissing(client, place, files, { ...options, held })
    if (unsent > 0) {
      await delay(500)
      continue
    }
    if (!(await allLookedAt(client, place))) await client.call('resumeUpload', { params: place, body: {} })
  }
  throw new Error(`the upload did not become whole in ${ROUNDS} rounds`)
}

export const completeUpload = (
  client: ApiClient,
  place: { referralId: string; uploadId: string },
): Promise<UploadState> => client.call('completeUpload', { params: place, body: {} })
