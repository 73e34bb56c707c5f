import { createHash } from 'node:crypto'
import { requireRight } from '../../domain/access/right.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { ObjectRef, ObjectStore } from '../../ports/object-store.ts'
import type { CellDatabase } from './cell-database.ts'
import type { MultipartRows } from './multipart-rows.ts'
import type { ObjectFiles } from './object-files.ts'
import type { ObjectRows, Segment, StoredObject } from './object-rows.ts'
import type { UnsyncedFiles } from './unsynced-files.ts'

/** Where the bytes of an embedded cell lie: files for them, rows for their names, one database to commit both. */
export interface ObjectShelf {
  readonly database: CellDatabase
  readonly files: ObjectFiles
  readonly rows: ObjectRows
  readonly multiparts: MultipartRows
  readonly unsynced: UnsyncedFiles
}

/** Which part of each file makes up bytes [from, toExclusive) of the object. */
function* piecesOf(segments: readonly Segment[], from: number, toExclusive: number) {
  let start = 0
  for (const { file, bytes } of segments) {
    const [first, last] = [Math.max(from - start, 0), Math.min(toExclusive - start, bytes)]
    if (first < last) yield { file, from: first, toExclusive: last }
    start += bytes
  }
}

export async function* streamObject(
  { files }: Pick<ObjectShelf, 'files'>,
  object: StoredObject,
  from = 0,
  toExclusive = object.bytes,
): AsyncGenerator<Uint8Array> {
  for (const piece of piecesOf(object.segments, from, toExclusive))
    yield* files.stream(piece.file, piece.from, piece.toExclusive)
}

export interface FileToCommit extends Omit<StoredObject, 'segments'> {
  readonly name: string
  /** Open, and still to be synced: at the same time as the row is. Absent: synced already. */
  readonly descriptor?: number
  readonly replace: boolean
}

/** Commits a file as an object, or drops it where one stands and may not be replaced. */
export const commitFile = async (
  { database, files, rows, unsynced }: ObjectShelf,
  ref: ObjectRef,
  { name, descriptor, replace, ...object }: FileToCommit,
): Promise<'stored' | 'exists'> => {
  const whole = { ...object, segments: [{ file: name, bytes: object.bytes }] }
  const [{ stored, freed }] = await Promise.all([
    database.commit(() => rows.insert(ref, whole, replace)),
    descriptor === undefined ? undefined : unsynced.sync(name, descriptor),
  ])
  for (const unnamed of stored ? freed : [name]) await files.remove(unnamed)
  return stored ? 'stored' : 'exists'
}

export const findOrRefuse = ({ rows }: ObjectShelf, ref: ObjectRef): StoredObject => {
  const object = rows.find(ref)
  if (object === undefined) throw new Refusal('not-found')
  return object
}

/** Objects on disk. A copy is another row for the same file: it costs no byte, and the file goes with its last row. */
export const diskObjectStore = (shelf: ObjectShelf): ObjectStore => {
  const { database, files, rows, unsynced } = shelf

  const removeFiles = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await files.remove(name)
  }

  return {
    head: async (ref) => {
      const object = rows.find(ref)
      if (object === undefined) return Promise.resolve(undefined)
      const { bytes, sha256, contentType } = object
      return Promise.resolve({ bytes, contentType, ...(sha256 === undefined ? {} : { sha256 }) })
    },
    readRange: async (by, ref, from, toExclusive) => {
      requireRight(by, ref.key)
      const object = findOrRefuse(shelf, ref)
      const chunks: Uint8Array[] = []
      for (const piece of piecesOf(object.segments, from, toExclusive))
        chunks.push(await files.read(piece.file, piece.from, piece.toExclusive))
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
    },
    stream: async (by, ref) => {
      requireRight(by, ref.key)
      return Promise.resolve(streamObject(shelf, findOrRefuse(shelf, ref)))
    },
    put: async (ref, bytes, { contentType, replace = false }) => {
      if (!replace && rows.find(ref) !== undefined) return 'exists'
      const file = await files.create()
      try {
        file.write(bytes)
      } catch (error) {
        await file.discard()
        throw error
      }
      await file.keep()
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return commitFile(shelf, ref, { name: file.name, bytes: bytes.byteLength, sha256, contentType, replace })
    },
    copy: async (from, to) => {
      for (const { file } of findOrRefuse(shelf, from).segments) await unsynced.onDisk(file)
      const { freed } = await database.commit(() => rows.insert(to, findOrRefuse(shelf, from), true))
      await removeFiles(freed)
    },
    remove: async (ref) => removeFiles(await database.commit(() => rows.remove(ref))),
  }
}
