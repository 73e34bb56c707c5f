import * as z from 'zod'

/** A UTC instant, ISO 8601 with milliseconds and `Z`: the only form in which Overread stores time. */
export const InstantSchema = z.iso.datetime({ offset: false, precision: 3 }).meta({
  id: 'Instant',
  description: 'UTC instant, ISO 8601 with milliseconds',
  examples: ['2026-11-24T03:00:00.000Z'],
})
export type Instant = z.infer<typeof InstantSchema>

export const instantFromEpochMs = (epochMs: number): Instant => new Date(epochMs).toISOString()

export const addMinutes = (instant: Instant, minutes: number): Instant =>
  instantFromEpochMs(Date.parse(instant) + Math.round(minutes * 60_000))

export const minutesBetween = (from: Instant, to: Instant): number => (Date.parse(to) - Date.parse(from)) / 60_000

export const earlier = (a: Instant, b: Instant): Instant => (a <= b ? a : b)
