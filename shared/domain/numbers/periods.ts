const DAY_MS = 24 * 60 * 60 * 1000

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)

const monthAfter = (month: string): string => {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7)
}

/** A run of counters: `from` inclusive, `to` exclusive, both as they stand in a sort key. */
export interface CounterRange {
  readonly from: string
  readonly to: string
}

const days = (from: string, toExclusive: string): CounterRange[] =>
  from < toExclusive ? [{ from: `day#${from}`, to: `day#${toExclusive}` }] : []

/**
 * The counters of the days `first` to `last`, both included: whole months from their own counters, the rest by day. Three
 * runs at most, whatever the number of cases or days.
 */
export function rangesBetween(first: string, last: string): CounterRange[] {
  const end = dayAfter(last)
  const firstMonth = first.endsWith('-01') ? first.slice(0, 7) : monthAfter(first)
  const endMonth = end.slice(0, 7)
  if (firstMonth >= endMonth) return days(first, end)
  return [
    ...days(first, `${firstMonth}-01`),
    { from: `month#${firstMonth}`, to: `month#${endMonth}` },
    ...days(`${endMonth}-01`, end),
  ]
}
