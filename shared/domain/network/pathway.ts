import * as z from 'zod'
import { PathwayIdSchema } from './ids.ts'
import { PrioritySchema } from './vocabulary.ts'

const minutes = z
  .int()
  .min(1)
  .max(60 * 24 * 60)
const slugList = z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/))

/** Who is called when a case is late, nearest to the patient's report first. */
export const LadderRungSchema = z
  .enum(['reader', 'pool-lead', 'operations', 'duty-clinician', 'executive'])
  .meta({ title: 'LadderRung' })
export type LadderRung = z.infer<typeof LadderRungSchema>

/** Acceptance runs from submission, the others from study-available unless they, or `prelimFrom`, say otherwise. */
export const PathwayClocksSchema = z.strictObject({
  acceptMinutes: minutes,
  prelimMinutes: minutes.nullable(),
  finalMinutes: minutes,
  unclaimedMinutes: minutes.describe('study-available without a claim: overflow'),
  offerMinutes: minutes.describe('an offer to one reader, before the next is asked'),
  acknowledgeMinutes: minutes.describe('from delivery'),
})
export type PathwayClocks = z.infer<typeof PathwayClocksSchema>

export const PrelimFromSchema = z.enum(['study-available', 'scan'])

export const PathwaySchema = z
  .strictObject({
    pathwayId: PathwayIdSchema,
    name: z.string().min(1).max(120),
    serviceLine: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    priority: PrioritySchema,
    vetting: z.enum(['auto', 'manual']),
    clocks: PathwayClocksSchema,
    prelimFrom: PrelimFromSchema,
    requiredHistory: slugList,
    requiredSeries: slugList,
    alertCategories: z.array(z.enum(['category-1', 'category-2', 'category-3', 'cancer'])),
    reportTemplate: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    peerReviewPercent: z.number().min(0).max(100),
    ladder: z.array(LadderRungSchema).min(1),
  })
  .meta({ id: 'Pathway' })
export type Pathway = z.infer<typeof PathwaySchema>
