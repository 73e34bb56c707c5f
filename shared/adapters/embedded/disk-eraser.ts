import * as z from 'zod'
import { caseOfBody } from '../../contracts/messages.ts'
import type { Eraser } from '../../ports/eraser.ts'
import type { ObjectShelf } from './disk-object-store.ts'

const ObjectRowSchema = z.object({ key: z.string(), bytes: z.int().nonnegative() })
const MessageRowSchema = z.object({ id: z.int(), body: z.string() })
const FileRowSchema = z.object({ file: z.string() })

/** Objects under a prefix with their files, parts of uploads that nobody finished among them. */
export const diskEraser = ({ database, files, rows }: ObjectShelf): Eraser => {
  const { sql } = database
  const under = 'bucket = ? AND substr(key, 1, length(?)) = ?'
  const objects = sql.prepare(`SELECT key, bytes FROM objects WHERE ${under}`)
  const ofUploads = `multipart_id IN (SELECT id FROM multiparts WHERE ${under})`
  const parts = sql.prepare(`SELECT file FROM parts WHERE ${ofUploads}`)
  const dropParts = sql.prepare(`DELETE FROM parts WHERE ${ofUploads}`)
  const dropUploads = sql.prepare(`DELETE FROM multiparts WHERE ${under}`)

  const dead = sql.prepare(`SELECT id, body FROM messages WHERE queue GLOB '*-dlq' AND instr(body, ?) > 0`)
  const dropMessage = sql.prepare('DELETE FROM messages WHERE id = ?')

  return {
    // Nothing of a cell on one machine is locked: whoever may delete its files is root there.
    lockedUntil: () => Promise.resolve(undefined),
    eraseUnder: async (bucket, prefix) => {
      const { found, freed } = await database.commit(() => {
        const named = [bucket, prefix, prefix] as const
        const found = objects.all(...named).map((row) => ObjectRowSchema.parse(row))
        const loose = parts.all(...named).map((row) => FileRowSchema.parse(row).file)
        dropParts.run(...named)
        dropUploads.run(...named)
        const freed = found.flatMap(({ key }) => rows.remove({ bucket, key }))
        // A part may have become an object's file, which another class of object still names.
        return { found, freed: [...freed, ...loose.filter((file) => !rows.isKnown(file))] }
      })
      for (const file of freed) await files.remove(file)
      return { objects: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) }
    },
    eraseDeadLetters: (referralId) =>
      database.commit(() => {
        for (const row of dead.all(referralId)) {
          const { id, body } = MessageRowSchema.parse(row)
          if (caseOfBody(body) === referralId) dropMessage.run(id)
        }
      }),
    scrub: async () => {
      await database.commit(() => undefined)
      // A deleted row stays readable in free pages and in the write-ahead log until both are written anew.
      sql.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    },
  }
}
