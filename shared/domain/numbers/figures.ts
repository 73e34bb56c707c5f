import type { Counts } from './contribution.ts'
import { nearestRank, sizeOf } from './histogram.ts'
import { measureNames, measures, type Measure } from './measures.ts'

export interface Slot {
  readonly siteId: string
  readonly readingGroupId: string | null
  readonly pathwayId: string
}

/** The counters of one slot over the days asked for, added up. */
export interface SlotCounts extends Slot {
  readonly counts: Counts
}

export interface Figure extends Slot {
  readonly measure: Measure
  readonly n: number
  readonly medianMinutes: number | null
  readonly p90Minutes: number | null
  readonly p95Minutes: number | null
  readonly inTargetPercent: number | null
}

export interface FlowCount {
  readonly siteId: string
  readonly pathwayId: string
  readonly submitted: number
  readonly rejected: number
  readonly cancelled: number
  readonly exceptions: number
}

/** Fewer cases than this let one be recognised by somebody who knows of it from elsewhere (domain.md 9). */
export const SUPPRESSED_BELOW = 10

export const addCounts = (into: Record<string, number>, counts: Counts): Record<string, number> => {
  for (const [field, by] of Object.entries(counts)) into[field] = (into[field] ?? 0) + by
  return into
}

/** Adds up what lies in the same slot. */
export function gather(records: readonly SlotCounts[]): SlotCounts[] {
  const slots = new Map<string, Slot & { counts: Record<string, number> }>()
  for (const { counts, siteId, readingGroupId, pathwayId } of records) {
    const slot = { siteId, readingGroupId, pathwayId }
    const address = `${slot.siteId} ${slot.readingGroupId} ${slot.pathwayId}`
    const found = slots.get(address) ?? { ...slot, counts: {} }
    addCounts(found.counts, counts)
    slots.set(address, found)
  }
  return [...slots.values()]
}

function histogramOf(counts: Counts, code: string): Map<number, number> {
  const bucket = new RegExp(`^${code}(\\d+)$`)
  const histogram = new Map<number, number>()
  for (const [field, count] of Object.entries(counts)) {
    const match = bucket.exec(field)
    if (match !== null && count > 0) histogram.set(Number(match[1]), count)
  }
  return histogram
}

const percent = (part: number, whole: number): number | null =>
  whole <= 0 ? null : Math.round((1000 * part) / whole) / 10

function figure({ counts, ...slot }: SlotCounts, measure: Measure, own: boolean): Figure[] {
  const code = measures[measure]
  const histogram = histogramOf(counts, code)
  const judged = counts[`${code}Judged`] ?? 0
  const n = sizeOf(histogram)
  if (n === 0 && judged <= 0) return []
  const shown = own || n >= SUPPRESSED_BELOW
  const rank = (of: number): number | null => (shown ? nearestRank(histogram, of) : null)
  const inTargetPercent = shown ? percent(counts[`${code}Met`] ?? 0, judged) : null
  return [
    {
      measure,
      ...slot,
      n,
      medianMinutes: rank(50),
      p90Minutes: rank(90),
      p95Minutes: rank(95),
      inTargetPercent,
    },
  ]
}

/** The key figures of each slot. `isOwn`: the reader's own site or reading group, whose small numbers hide nothing from it. */
export const figuresOf = (slots: readonly SlotCounts[], isOwn: (slot: Slot) => boolean): Figure[] =>
  slots.flatMap((slot) => measureNames.flatMap((measure) => figure(slot, measure, isOwn(slot))))

/** How many came, were turned away, were withdrawn or left their path, by site and pathway. */
export function flowCounts(slots: readonly SlotCounts[]): FlowCount[] {
  const merged = gather(slots.map((slot) => ({ ...slot, readingGroupId: null })))
  return merged.flatMap(({ siteId, pathwayId, counts }) => {
    const { submitted = 0, rejected = 0, cancelled = 0, exceptions = 0 } = counts
    return submitted + rejected + cancelled + exceptions === 0
      ? []
      : [{ siteId, pathwayId, submitted, rejected, cancelled, exceptions }]
  })
}
