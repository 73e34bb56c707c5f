import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { UploadState } from '../../shared/contracts/http/uploads.ts'
import type { ApiClient } from '../../local/client/api-client.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { completeUpload, openUpload, sendUpload } from '../../local/client/upload-study.ts'
import { folderWith } from '../acceptance/target.ts'
import type { ScratchCell } from './scratch-cell.ts'

/** Sends a study the whole way, as a site does, and waits until the cell has looked at all of it. */
export async function sendStudy(
  cell: ScratchCell,
  clerk: ApiClient,
  { referralId, studyInstanceUid }: { readonly referralId: string; readonly studyInstanceUid: string },
  contents: readonly Uint8Array[],
): Promise<UploadState> {
  const folder = await folderWith(Object.fromEntries(contents.map((content, at) => [`${at}`, content])))
  const files = contents.map((content, at) => ({
    path: join(folder.path, `${at}`),
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }))
  const place = { referralId, uploadId: (await openUpload(clerk, referralId, studyInstanceUid, files)).uploadId }
  await sendUpload(clerk, place, files, { parallel: 2 })
  await completeUpload(clerk, place)
  await folder.remove()
  closeConnections()
  await cell.settle()
  return clerk.call('readUpload', { params: place })
}
