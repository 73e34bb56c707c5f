import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { ObjectRef, PartBinding } from '../../ports/object-store.ts'
import type { CellDatabase } from './cell-database.ts'
import type { ObjectRows } from './object-rows.ts'

/** S3 refuses to complete with a smaller part before the last; so a client that works here works there. */
const LEAST_PART_BYTES = 5 * 1024 * 1024

/** All but the look-ups run within a commit. Lists of file names are what nothing names any more. */
export interface MultipartRows {
  start(ref: ObjectRef, contentType: string, at: number): string
  isOpen(ref: ObjectRef, multipartId: string): boolean
  parts(multipartId: string): readonly PartBinding[]
  savePart(
    ref: ObjectRef,
    multipartId: string,
    part: PartBinding,
    file: string,
  ): { saved: boolean; freed: readonly string[] }
  complete(
    ref: ObjectRef,
    multipartId: string,
    expected: readonly PartBinding[],
  ): { outcome: 'stored' | 'parts-missing'; freed: readonly string[] }
  abort(ref: ObjectRef, multipartId: string): readonly string[]
  /** Uploads begun before `at` and never ended. */
  startedBefore(at: number): readonly { readonly ref: ObjectRef; readonly multipartId: string }[]
}

const UploadSchema = z.object({ content_type: z.string(), state: z.enum(['open', 'completed']) })
const PartSchema = z.object({ part_number: z.int(), bytes: z.int(), file: z.string() })
const StaleSchema = z.object({ id: z.string(), bucket: z.custom<ObjectRef['bucket']>(), key: z.string() })

const prepare = ({ sql }: CellDatabase) => ({
  begin: sql.prepare(`INSERT INTO multiparts VALUES (?, ?, ?, ?, ?, 'open')`),
  find: sql.prepare('SELECT content_type, state FROM multiparts WHERE id = ? AND bucket = ? AND key = ?'),
  end: sql.prepare(`UPDATE multiparts SET state = 'completed' WHERE id = ?`),
  forget: sql.prepare('DELETE FROM multiparts WHERE id = ?'),
  stale: sql.prepare('SELECT id, bucket, key FROM multiparts WHERE started_at < ? LIMIT 100'),
  parts: sql.prepare('SELECT part_number, bytes, file FROM parts WHERE multipart_id = ? ORDER BY part_number'),
  part: sql.prepare('SELECT part_number, bytes, file FROM parts WHERE multipart_id = ? AND part_number = ?'),
  write: sql.prepare('INSERT OR REPLACE INTO parts (multipart_id, part_number, bytes, file) VALUES (?, ?, ?, ?)'),
  clear: sql.prepare('DELETE FROM parts WHERE multipart_id = ?'),
})

const sameParts = (held: readonly PartBinding[], expected: readonly PartBinding[]): boolean =>
  expected.length > 0 &&
  expected.every(({ partNumber, bytes }) => held.some((part) => part.partNumber === partNumber && part.bytes === bytes))

export const multipartRows = (database: CellDatabase, objects: ObjectRows): MultipartRows => {
  const statements = prepare(database)
  const find = (ref: ObjectRef, multipartId: string) => {
    const row = statements.find.get(multipartId, ref.bucket, ref.key)
    return row === undefined ? undefined : UploadSchema.parse(row)
  }
  const held = (multipartId: string) =>
    statements.parts.all(multipartId).map((row) => {
      const { part_number, bytes, file } = PartSchema.parse(row)
      return { partNumber: part_number, bytes, file }
    })

  return {
    start: (ref, contentType, at) => {
      const id = randomUUID()
      statements.begin.run(id, ref.bucket, ref.key, contentType, at)
      return id
    },
    isOpen: (ref, multipartId) => find(ref, multipartId)?.state === 'open',
    parts: (multipartId) => held(multipartId).map(({ partNumber, bytes }) => ({ partNumber, bytes })),
    savePart: (ref, multipartId, { partNumber, bytes }, file) => {
      if (find(ref, multipartId)?.state !== 'open') return { saved: false, freed: [file] }
      const before = statements.part.get(multipartId, partNumber)
      statements.write.run(multipartId, partNumber, bytes, file)
      return { saved: true, freed: before === undefined ? [] : [PartSchema.parse(before).file] }
    },
    complete: (ref, multipartId, expected) => {
      const upload = find(ref, multipartId)
      if (upload?.state === 'completed') return { outcome: 'stored', freed: [] }
      const parts = held(multipartId)
      if (upload === undefined || !sameParts(parts, expected)) return { outcome: 'parts-missing', freed: [] }
      const chosen = expected
        .toSorted((a, b) => a.partNumber - b.partNumber)
        .flatMap(({ partNumber }) => parts.filter((part) => part.partNumber === partNumber))
      if (chosen.slice(0, -1).some(({ bytes }) => bytes < LEAST_PART_BYTES))
        throw new RangeError('a part before the last has less than 5 MiB')
      const segments = chosen.map(({ file, bytes }) => ({ file, bytes }))
      const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
      // Create-only: where an object stands already it stays, and these parts go.
      const { stored } = objects.insert(
        ref,
        { bytes, sha256: undefined, contentType: upload.content_type, segments },
        false,
      )
      statements.clear.run(multipartId)
      statements.end.run(multipartId)
      const dropped = stored ? parts.filter((part) => !chosen.includes(part)) : parts
      return { outcome: 'stored', freed: dropped.map(({ file }) => file) }
    },
    abort: (ref, multipartId) => {
      if (find(ref, multipartId) === undefined) return []
      const files = held(multipartId).map(({ file }) => file)
      statements.clear.run(multipartId)
      statements.forget.run(multipartId)
      return files
    },
    startedBefore: (at) =>
      statements.stale.all(at).map((row) => {
        const { id, bucket, key } = StaleSchema.parse(row)
        return { ref: { bucket, key }, multipartId: id }
      }),
  }
}
