import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { OwnerSchema } from './owner.ts'

/** domain.md 8: how soon somebody who treats the patient must hear of it; the reader gives it. */
export const CriticalCategorySchema = z
  .enum(['category-1', 'category-2', 'category-3', 'cancer'])
  .meta({ id: 'CriticalCategory', examples: ['category-1'] })
export type CriticalCategory = z.infer<typeof CriticalCategorySchema>

/** What a report declared critical: no state of the case, but a record beside it, until somebody of the site has taken it up. */
export const CriticalResultSchema = z
  .strictObject({
    reportId: z.string(),
    category: CriticalCategorySchema,
    /** Who must take it up, and by when. */
    owner: OwnerSchema,
    declaredAt: InstantSchema,
    dueAt: InstantSchema,
    receivedAt: InstantSchema.optional(),
    receivedBy: z.string().optional(),
  })
  .meta({ id: 'CriticalResult', description: 'A critical result, and who of the site has taken it up' })
export type CriticalResult = z.infer<typeof CriticalResultSchema>
