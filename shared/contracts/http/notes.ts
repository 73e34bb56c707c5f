import * as z from 'zod'
import { ActorSchema } from '../../domain/case/events.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { freeText, refusingUnreadable } from './free-text.ts'

/** Shown to whoever reads the case. */
const noteText = freeText.superRefine(refusingUnreadable(() => 'paragraphs'))

export const RequestInformationSchema = z
  .strictObject({
    item: z.enum([
      'clinical-history',
      'prior-study',
      'missing-series',
      'renal-function',
      'consent',
      'order-details',
      'other',
    ]),
    note: noteText.optional(),
  })
  .meta({ id: 'RequestInformation', examples: [{ item: 'prior-study' }] })

export const ProvideInformationSchema = z
  .strictObject({ note: noteText })
  .meta({ id: 'ProvideInformation', examples: [{ note: 'Prior CT of 2025-03-02 is now attached.' }] })

export const NoteKindSchema = z.enum(['question', 'answer'])

export const CaseNoteSchema = z
  .strictObject({
    kind: NoteKindSchema.optional().meta({ description: 'Absent where an earlier release wrote the note' }),
    text: freeText,
    by: ActorSchema,
    at: InstantSchema,
  })
  .meta({ id: 'CaseNote', description: 'The words of a question to the site, or of its answer' })
export type CaseNote = z.infer<typeof CaseNoteSchema>
