import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ingestQueueOf, senderOf } from '../../contracts/messages.ts'
import type { ObjectRef } from '../../ports/object-store.ts'
import type { CellDatabase } from './cell-database.ts'
import type { ObjectShelf } from './disk-object-store.ts'
import { streamObject } from './disk-object-store.ts'
import { multipartRows } from './multipart-rows.ts'
import { objectFiles } from './object-files.ts'
import type { StoredObject } from './object-rows.ts'
import { objectRows } from './object-rows.ts'
import type { SqliteMessageQueues } from './sqlite-message-queues.ts'
import { unsyncedFiles } from './unsynced-files.ts'

/** As S3 notifications and `arrival-dispatch` in the cloud edition: an image in the incoming bucket is a message to its ingest queue. */
const arrivals =
  (queues: SqliteMessageQueues) =>
  ({ bucket, key }: ObjectRef): void => {
    const queue = bucket === 'incoming' ? ingestQueueOf(key) : undefined
    if (queue === undefined) return
    const message = { kind: 'object-arrived', key } as const
    queues.enqueue(queue, JSON.stringify(message), { sender: senderOf(message) })
  }

export const openShelf = (dataDir: string, database: CellDatabase, queues: SqliteMessageQueues): ObjectShelf => {
  const root = join(dataDir, 'objects')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const rows = objectRows(database, arrivals(queues))
  return {
    database,
    files: objectFiles(root, randomBytes(4).toString('hex')),
    rows,
    multiparts: multipartRows(database, rows),
    unsynced: unsyncedFiles(database),
  }
}

const isWhole = async (shelf: ObjectShelf, object: StoredObject): Promise<boolean> => {
  const digest = createHash('sha256')
  try {
    for await (const chunk of streamObject(shelf, object)) digest.update(chunk)
  } catch {
    // Shorter than its row says, or not there: that is what is looked for.
    return false
  }
  return digest.digest('hex') === object.sha256
}

/**
 * To be called before anything is read from the shelf. A power cut between the sync of the log and that of an upload's bytes leaves
 * a row without them. Nobody was told that it had arrived, so it is as if it had not: the sender sends it again.
 */
export const dropHalfReceived = async (shelf: ObjectShelf): Promise<number> => {
  let dropped = 0
  for (const object of shelf.rows.received()) {
    if (await isWhole(shelf, object)) continue
    const freed = await shelf.database.commit(() => shelf.rows.remove(object.ref))
    for (const name of freed) await shelf.files.remove(name)
    dropped++
  }
  return dropped
}

/** What a killed process left: files that no row names, and uploads in parts that nobody has ended within a day. */
export const tidyShelf = async ({ database, files, rows, multiparts }: ObjectShelf, nowMs: number): Promise<void> => {
  for (const { ref, multipartId } of multiparts.startedBefore(nowMs - 24 * 3_600_000)) {
    const freed = await database.commit(() => multiparts.abort(ref, multipartId))
    for (const name of freed) await files.remove(name)
  }
  await files.sweep((name) => rows.isKnown(name))
}
