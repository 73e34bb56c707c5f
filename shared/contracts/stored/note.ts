import * as z from 'zod'
import { SealedSchema } from '../../domain/case/case.ts'
import { ActorSchema } from '../../domain/case/events.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { NoteKindSchema } from '../http/notes.ts'

/** A question to the site or its answer. Its words may name the patient, so they are sealed. */
export const NoteSchema = z.strictObject({
  schema: z.literal('overread/note@1'),
  noteId: z.string(),
  kind: NoteKindSchema,
  by: ActorSchema,
  at: InstantSchema,
  sealed: SealedSchema,
})
export type Note = z.infer<typeof NoteSchema>

/** Written before notes had a version: they do not say which of the two they are. Only people could write one. */
const UnversionedNoteSchema = z.strictObject({
  noteId: z.string(),
  by: z.string().transform((id) => ({ kind: 'person' as const, id })),
  at: InstantSchema,
  sealed: SealedSchema,
})

export const StoredNoteSchema = z.union([NoteSchema, UnversionedNoteSchema])
