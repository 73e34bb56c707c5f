import * as z from 'zod'

/**
 * What a reader may do with a case of an origin, weakest first. The order is the whole meaning of "wider" and
 * "stricter" in this folder, so it is written once, here.
 */
export const readingModes = [
  'forbidden',
  'transfer_deidentified',
  'view_in_region_identifiable',
  'read_identifiable',
] as const

export const ReadingModeSchema = z.enum(readingModes).meta({
  id: 'ReadingMode',
  description: 'What residency policy lets a reader do with a case',
  examples: ['forbidden'],
})

export type ReadingMode = z.infer<typeof ReadingModeSchema>

/** 0 for `forbidden` up to 3; anything that is no mode ranks as forbidden, because absence of a rule is a refusal. */
export const modeRank = (mode: string): number => Math.max(0, (readingModes as readonly string[]).indexOf(mode))

export const isReadingMode = (mode: string): mode is ReadingMode => (readingModes as readonly string[]).includes(mode)

/** The stricter of two modes: a chain of origins is as strict as its strictest link. */
export const stricterMode = (a: ReadingMode, b: ReadingMode): ReadingMode => (modeRank(a) <= modeRank(b) ? a : b)
