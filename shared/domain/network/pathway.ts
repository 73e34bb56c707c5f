import * as z from 'zod'
import { PathwayIdSchema } from './ids.ts'
import { PrioritySchema } from './vocabulary.ts'

const minutes = z
  .int()
  .min(1)
  .max(60 * 24 * 60)
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]*$/)

/** What a pathway asks of a patient's history, by a name of the network's own: `last-known-well`, `anticoagulants`. */
export const HistoryItemSchema = slug.meta({ title: 'HistoryItem', examples: ['last-known-well'] })

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
    serviceLine: slug,
    priority: PrioritySchema,
    vetting: z.enum(['auto', 'manual']),
    clocks: PathwayClocksSchema,
    prelimFrom: PrelimFromSchema,
    requiredHistory: z
      .array(HistoryItemSchema)
      .describe('what a referral must say; `question` is its clinical question'),
    ladder: z.array(LadderRungSchema).min(1),
  })
  .meta({ id: 'Pathway' })
export type Pathway = z.infer<typeof PathwaySchema>

const { ladder, ...beforeLadder } = PathwaySchema.shape

/** As long as pathways also held what nothing read: series by name, alert categories, a report template, a rate of peer review. */
export const PathwayV1Schema = z
  .strictObject({
    ...beforeLadder,
    requiredSeries: z.array(slug),
    alertCategories: z.array(z.enum(['category-1', 'category-2', 'category-3', 'cancer'])),
    reportTemplate: slug,
    peerReviewPercent: z.number().min(0).max(100),
    ladder,
  })
  .meta({ id: 'Pathway' })

export const upgradedPathway = (first: z.infer<typeof PathwayV1Schema>): Pathway => {
  const { requiredSeries: _, alertCategories: __, reportTemplate: ___, peerReviewPercent: ____, ...read } = first
  return read
}
