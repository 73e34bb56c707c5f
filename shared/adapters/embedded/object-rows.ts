import * as z from 'zod'
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

  const find = ({ bucket, key }: ObjectRef): StoredObject | undefined => {
    const row = select.get(bucket, key)
    if (row === undefined) return undefined
    const { bytes, sha256, content_type, files } = RowSchema.parse(row)
    return { bytes, sha256: sha256 ?? undefined, contentType: content_type, segments: readSegments(files) }
  }

  const freedBy = (object: StoredObject): string[] =>
    shared.get(writeSegments(object.segments)) === undefined ? object.segments.map(({ file }) => file) : []

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
    remove: (ref) => {
      const present = find(ref)
      if (present === undefined) return []
      drop.run(ref.bucket, ref.key)
      return freedBy(present)
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
