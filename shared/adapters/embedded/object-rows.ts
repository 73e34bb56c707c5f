import * as z from 'zod'
import type { BucketClass } from '../../contracts/bucket-classes.ts'
import type { ObjectRef } from '../../ports/object-store.ts'
import type { CellDatabase } from './cell-database.ts'

/** A stretch of an object's bytes: one file, or as many as it had parts. */
export interface Segment {
  readonly file: string
  readonly bytes: number
}

export interface StoredObject {
  readonly bytes: number
  readonly sha256: string | undefined
  readonly contentType: string
  readonly segments: readonly Segment[]
}

export interface ObjectRows {
  find(ref: ObjectRef): StoredObject | undefined
  /** Within a commit. False when there is one already and it may not be replaced; `freed` takes what nothing names any more. */
  insert(ref: ObjectRef, object: StoredObject, replace: boolean): { stored: boolean; freed: readonly string[] }
  /** Within a commit. Files that no object names any more. */
  remove(ref: ObjectRef): readonly string[]
  /** Within a commit: under a name that no port reaches. Files of what lay there before under the same key. */
  quarantine(key: string): readonly string[]
  /** Within a commit: everything of a class under a prefix, what is in quarantine with it. */
  erase(bucket: BucketClass, prefix: string): { objects: number; bytes: number; freed: readonly string[] }
  isKnown(file: string): boolean
  /** Objects of the incoming bucket that were sent whole. */
  received(): readonly (StoredObject & { readonly ref: ObjectRef })[]
}

const RowSchema = z.object({
  bytes: z.int().nonnegative(),
  sha256: z.string().nullable(),
  content_type: z.string(),
  files: z.string(),
})

/** Beside the classes of bucket, and none of them: what lies here is read by who has the disk. */
const QUARANTINE = 'quarantine'

/** Where objects of a class lie, those that were rejected among them. */
const shelvesOf = (bucket: BucketClass): readonly string[] => (bucket === 'incoming' ? [bucket, QUARANTINE] : [bucket])

const UnderSchema = z.object({ key: z.string(), bytes: z.int().nonnegative() })

const KeySchema = z.object({ key: z.string() })

const writeSegments = (segments: readonly Segment[]): string =>
  segments.map(({ file, bytes }) => `${file}:${bytes}`).join(',')

const readSegments = (files: string): Segment[] =>
  files.split(',').map((segment) => {
    const [file = '', bytes = ''] = segment.split(':')
    return { file, bytes: Number(bytes) }
  })

/** `stored` runs within the same commit for each new object: what an arrival causes is durable with it, or not at all. */
export const objectRows = ({ sql }: CellDatabase, stored: (ref: ObjectRef) => void): ObjectRows => {
  const columns = 'bucket, key, bytes, sha256, content_type, files'
  const select = sql.prepare('SELECT bytes, sha256, content_type, files FROM objects WHERE bucket = ? AND key = ?')
  const write = sql.prepare(`INSERT OR REPLACE INTO objects (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
  const received = sql.prepare(`SELECT key FROM objects WHERE bucket = 'incoming' AND sha256 IS NOT NULL`)
  const drop = sql.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?')
  const shared = sql.prepare('SELECT 1 FROM objects WHERE files = ? LIMIT 1')
  const ofObject = sql.prepare(`SELECT 1 FROM objects WHERE files >= ? AND files < ? LIMIT 1`)
  const amongParts = sql.prepare(`SELECT 1 FROM objects WHERE instr(files, ',') > 0 AND instr(files, ?) > 0 LIMIT 1`)
  const ofPart = sql.prepare('SELECT 1 FROM parts WHERE file = ? LIMIT 1')

  const under = sql.prepare('SELECT key, bytes FROM objects WHERE bucket = ? AND substr(key, 1, length(?)) = ?')
  const reject = sql.prepare(`UPDATE objects SET bucket = '${QUARANTINE}' WHERE bucket = 'incoming' AND key = ?`)

  const find = ({ bucket, key }: { readonly bucket: string; readonly key: string }): StoredObject | undefined => {
    const row = select.get(bucket, key)
    if (row === undefined) return undefined
    const { bytes, sha256, content_type, files } = RowSchema.parse(row)
    return { bytes, sha256: sha256 ?? undefined, contentType: content_type, segments: readSegments(files) }
  }

  const freedBy = (object: StoredObject): string[] =>
    shared.get(writeSegments(object.segments)) === undefined ? object.segments.map(({ file }) => file) : []

  const remove = (bucket: string, key: string): string[] => {
    const present = find({ bucket, key })
    if (present === undefined) return []
    drop.run(bucket, key)
    return freedBy(present)
  }

  return {
    find,
    insert: (ref, object, replace) => {
      const present = find(ref)
      if (present !== undefined && !replace) return { stored: false, freed: [] }
      const { bytes, sha256, contentType, segments } = object
      write.run(ref.bucket, ref.key, bytes, sha256 ?? null, contentType, writeSegments(segments))
      stored(ref)
      return { stored: true, freed: present === undefined ? [] : freedBy(present) }
    },
    remove: ({ bucket, key }) => remove(bucket, key),
    quarantine: (key) => {
      if (find({ bucket: 'incoming', key }) === undefined) return []
      const freed = remove(QUARANTINE, key)
      reject.run(key)
      return freed
    },
    erase: (bucket, prefix) => {
      const found = shelvesOf(bucket).flatMap((shelf) =>
        under.all(shelf, prefix, prefix).map((row) => ({ shelf, ...UnderSchema.parse(row) })),
      )
      const freed = found.flatMap(({ shelf, key }) => remove(shelf, key))
      return { objects: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0), freed }
    },
    received: () =>
      received.all().flatMap((row) => {
        const ref: ObjectRef = { bucket: 'incoming', key: KeySchema.parse(row).key }
        const object = find(ref)
        return object === undefined ? [] : [{ ...object, ref }]
      }),
    isKnown: (file) =>
      ofObject.get(`${file}:`, `${file};`) !== undefined ||
      ofPart.get(file) !== undefined ||
      amongParts.get(`,${file}:`) !== undefined,
  }
}
