import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { BreakGlassSchema } from '../residency/decision-inputs.ts'
import { OwnerSchema } from './owner.ts'

export const EmergencyReasonSchema = BreakGlassSchema.shape.reason
export type EmergencyReason = z.infer<typeof EmergencyReasonSchema>

export const ReviewOutcomeSchema = z.enum(['appropriate', 'inappropriate'])
export type ReviewOutcome = z.infer<typeof ReviewOutcomeSchema>

/**
 * Emergency access of one reader to one case: one person declares it, another confirms it, it ends with its window or its
 * review, and somebody who had no part in it reviews it (ADR 0011, break-glass). Persons and reason alone: the patient's
 * story stays out of the record.
 */
export const EmergencySchema = z
  .strictObject({
    emergencyId: z.string(),
    reason: EmergencyReasonSchema,
    readerId: z.string(),
    /** The reader as a person: nobody confirms or reviews their own access. */
    readerPersonId: z.string(),
    declaredBy: z.string(),
    declaredAt: InstantSchema,
    expiresAt: InstantSchema,
    reviewDueAt: InstantSchema,
    /** Who must confirm, then who must review; null once nobody has to do anything more. */
    owner: OwnerSchema.nullable(),
    confirmedBy: z.string().optional(),
    confirmedAt: InstantSchema.optional(),
    /** When the case was claimed by it, where without it the reader could not have. */
    claimedAt: InstantSchema.optional(),
    endedAt: InstantSchema.optional(),
    reviewed: z.strictObject({ at: InstantSchema, by: z.string(), outcome: ReviewOutcomeSchema }).optional(),
  })
  .meta({ id: 'Emergency', description: 'Emergency access (break-glass) of a reader to a case' })
export type Emergency = z.infer<typeof EmergencySchema>

export const isUnderWay = ({ confirmedAt, endedAt }: Emergency): boolean =>
  confirmedAt !== undefined && endedAt === undefined

/** The reader it names may ask with it: `decide` measures the window by itself once more. */
export const isOpen = (one: Emergency, at: string): boolean => isUnderWay(one) && at < one.expiresAt

export const awaitsConfirmation = ({ confirmedAt, endedAt, expiresAt }: Emergency, at: string): boolean =>
  confirmedAt === undefined && endedAt === undefined && at < expiresAt

export const awaitsReview = ({ confirmedAt, reviewed }: Emergency): boolean =>
  confirmedAt !== undefined && reviewed === undefined

export const hasPart = ({ declaredBy, confirmedBy, readerPersonId }: Emergency, personId: string): boolean =>
  [declaredBy, confirmedBy, readerPersonId].includes(personId)

/** The clock on which its calls are made: to whoever confirms, to whoever reviews, and past the date to the desk. */
export const clockOf = ({ emergencyId }: Emergency): string => `emergency:${emergencyId}`
