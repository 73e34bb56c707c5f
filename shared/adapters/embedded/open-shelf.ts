import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ObjectRef } from '../../ports/object-store.ts'
import type { CellDatabase } from './cell-database.ts'
import type { ObjectShelf } from './disk-object-store.ts'
import { multipartRows } from './multipart-rows.ts'
import { objectFiles } from './object-files.ts'
import { objectRows } from './object-rows.ts'
import type { SqliteMessageQueues } from './sqlite-message-queues.ts'

/** As the S3 notification of the cloud edition: an object in the incoming bucket is a message to the ingest queue. */
const arrivals =
  (queues: SqliteMessageQueues) =>
  ({ bucket, key }: ObjectRef): void => {
    if (bucket === 'incoming') queues.enqueue('ingest', JSON.stringify({ kind: 'object-arrived', key }))
  }

export const openShelf = (dataDir: string, database: CellDatabase, queues: SqliteMessageQueues): ObjectShelf => {
  const root = join(dataDir, 'objects')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const rows = objectRows(database, arrivals(queues))
  return { database, files: objectFiles(root), rows, multiparts: multipartRows(database, rows) }
}

/** What a killed process left: files that no row names, and uploads in parts that nobody has ended within a day. */
export const tidyShelf = async ({ database, files, rows, multiparts }: ObjectShelf, nowMs: number): Promise<void> => {
  for (const { ref, multipartId } of multiparts.startedBefore(nowMs - 24 * 3_600_000)) {
    const freed = await database.commit(() => multiparts.abort(ref, multipartId))
    for (const name of freed) await files.remove(name)
  }
  await files.sweep((name) => rows.isKnown(name))
}
