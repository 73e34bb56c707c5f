import { randomUUID } from 'node:crypto'
import { ApiProblem, atCurrentVersion, type ApiClient } from '../local/client/api-client.ts'
import { manifestsOf, openUploadAs } from '../local/client/upload-study.ts'
import { scanFiles, type ListedFile, type ScannedFile } from '../local/demo/scan-folder.ts'
import { keep, recall, type BegunUpload, type UploadMemory } from './upload-memory.ts'

export interface OpenedUpload extends BegunUpload {
  readonly uploadId: string
}

/** The one study of the files, or that of an earlier run where none of them tells. */
function studyOf(files: readonly ScannedFile[], known: string | undefined): string {
  const named = files.flatMap(({ facts }) => facts?.studyInstanceUid ?? [])
  const studies = new Set(known === undefined ? named : [known, ...named])
  const [study] = studies
  if (study === undefined) throw new Error('no file of the folder is a DICOM instance')
  if (studies.size > 1) throw new Error(`the folder holds ${studies.size} studies; a referral takes one`)
  return study
}

async function opened(
  client: ApiClient,
  referralId: string,
  study: string,
  upload: BegunUpload,
): Promise<OpenedUpload> {
  const { opening, uploadId, files } = upload
  if (uploadId !== undefined) return { ...upload, uploadId }
  return { ...upload, uploadId: (await openUploadAs(client, referralId, opening, study, files)).uploadId }
}

/** Of the command itself. Any other answer is of who asked, how often, or of a fault: it may have been carried out before. */
const NEVER_CAME_ABOUT: ReadonlySet<number> = new Set([409, 413, 422])

/** What a killed run had begun to open. A refusal says that it never came about; its files are then as good as new. */
async function openBegun(client: ApiClient, referralId: string, memory: UploadMemory): Promise<OpenedUpload[]> {
  const uploads: OpenedUpload[] = []
  for (const upload of memory.uploads) {
    try {
      uploads.push(await opened(client, referralId, memory.studyInstanceUid ?? '', upload))
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || !NEVER_CAME_ABOUT.has(thrown.problem.status)) throw thrown
    }
  }
  return uploads
}

const identityOf = ({ path, bytes, modifiedMs }: ListedFile | BegunUpload['files'][number]): string =>
  JSON.stringify([path, bytes, modifiedMs])

/** Files that no upload has: all of them at first, later those that came into the folder or were changed since. */
async function filesToAnnounce(listed: readonly ListedFile[], uploads: readonly BegunUpload[]): Promise<ScannedFile[]> {
  const known = uploads.flatMap(({ files }) => files)
  const identities = new Set(known.map(identityOf))
  const contents = new Set(known.map(({ path, sha256 }) => `${sha256} ${path}`))
  const scanned = await scanFiles(listed.filter((file) => !identities.has(identityOf(file))))
  return scanned.filter(({ path, sha256 }) => !contents.has(`${sha256} ${path}`))
}

function begin(manifest: readonly ScannedFile[], listed: readonly ListedFile[], version: number): BegunUpload {
  const modified = new Map(listed.map(({ path, modifiedMs }) => [path, modifiedMs]))
  return {
    opening: { version, idempotencyKey: randomUUID() },
    files: manifest.map(({ path, bytes, sha256, sopInstanceUid }) => ({
      path,
      bytes,
      modifiedMs: modified.get(path) ?? 0,
      sha256,
      ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    })),
  }
}

const notTaken =
  (files: number) =>
  (thrown: unknown): never => {
    if (!(thrown instanceof ApiProblem)) throw thrown
    throw new Error(`${files} files cannot be announced: ${thrown.message}`, { cause: thrown })
  }

/** Every file of the folder in an upload that the cell knows: those an earlier run opened, and new ones for the rest. */
export async function openUploads(
  client: ApiClient,
  referralId: string,
  listed: readonly ListedFile[],
): Promise<OpenedUpload[]> {
  const memory = await recall(referralId)
  const uploads = await openBegun(client, referralId, memory)
  const files = await filesToAnnounce(listed, uploads)
  const study = studyOf(files, memory.studyInstanceUid)
  const remember = (begun: readonly BegunUpload[]) =>
    keep(referralId, { schema: memory.schema, studyInstanceUid: study, uploads: [...uploads, ...begun] })
  await remember([])
  for (const manifest of manifestsOf(files) as ScannedFile[][]) {
    const upload = await atCurrentVersion(client, referralId, async (version) => {
      const begun = begin(manifest, listed, version)
      await remember([begun])
      return opened(client, referralId, study, begun)
    }).catch(notTaken(manifest.length))
    uploads.push(upload)
    await remember([])
  }
  return uploads
}
