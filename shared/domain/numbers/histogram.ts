/**
 * Durations are counted in buckets, so that the figures of a year are read without reading its cases. Below `EXACT` minutes
 * a bucket is one minute; above, each doubling has 128 buckets, so the middle of a bucket is off by less than 0.4 %.
 */
const EXACT = 256
const PER_DOUBLING = EXACT / 2

/** The bucket of a duration, to the nearest minute. A clock that ran backwards counts as no time at all. */
export function bucketOf(minutes: number): number {
  const whole = Math.max(0, Math.round(minutes))
  if (whole < EXACT) return whole
  const doublings = Math.floor(Math.log2(whole / EXACT)) + 1
  const width = 2 ** doublings
  return EXACT + (doublings - 1) * PER_DOUBLING + (Math.floor(whole / width) - PER_DOUBLING)
}

/** The middle of a bucket in minutes: the figure that is shown for whatever fell into it. */
export function minutesOf(bucket: number): number {
  if (bucket < EXACT) return bucket
  const doublings = Math.floor((bucket - EXACT) / PER_DOUBLING) + 1
  const width = 2 ** doublings
  const from = (PER_DOUBLING + ((bucket - EXACT) % PER_DOUBLING)) * width
  return from + (width - 1) / 2
}

export type Histogram = ReadonlyMap<number, number>

export const sizeOf = (histogram: Histogram): number => [...histogram.values()].reduce((sum, count) => sum + count, 0)

/** Nearest rank: the smallest counted duration that at least `percent` of all are no longer than. Null without any. */
export function nearestRank(histogram: Histogram, percent: number): number | null {
  const rank = Math.ceil((percent / 100) * sizeOf(histogram))
  let seen = 0
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(bucket) ?? 0
    if (seen >= rank && seen > 0) return minutesOf(bucket)
  }
  return null
}
