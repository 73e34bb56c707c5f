/**
 * Local civil time to UTC and back, by the zone data of the runtime (Temporal is not in Node 24). The rule of the rota,
 * start and end of a shift alike: the first instant at which a wall clock in the zone shows that time or later. A time
 * skipped in spring is thus the instant of the jump, a repeated one in autumn its first occurrence, and two shifts that
 * meet at one local time meet at one instant: no gap in which nobody reads, no overlap in which two do.
 */
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Making a formatter costs a thousand times what using it does. */
const formatters = new Map<string, Intl.DateTimeFormat>()

const formatterFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formatters.set(timeZone, made)
  return made
}

/** What a wall clock in the zone shows, as if it were UTC. */
const wallClockMs = (atMs: number, timeZone: string): number => {
  const shown: Record<string, number> = {}
  for (const { type, value } of formatterFor(timeZone).formatToParts(atMs)) shown[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1000) + 1000) % 1000)
}

const offsetMs = (atMs: number, timeZone: string): number => wallClockMs(atMs, timeZone) - atMs

/** The instant of the jump inside a gap: before it the wall clock is short of `wall`, from it on past it. */
const jumpBetween = (earliest: number, latest: number, wall: number, timeZone: string): number => {
  let [short, past] = [earliest, latest]
  while (past - short > 1) {
    const middle = Math.floor((short + past) / 2)
    if (wallClockMs(middle, timeZone) < wall) short = middle
    else past = middle
  }
  return past
}

/** The instant, in epoch milliseconds, of a local date and time. */
export const localToEpochMs = (localDate: string, localTime: string, timeZone: string): number => {
  const wall = Date.parse(`${localDate}T${localTime}:00Z`)
  const before = offsetMs(wall - DAY, timeZone)
  const first = wall - before
  if (offsetMs(first, timeZone) === before) return first
  const after = offsetMs(wall + DAY, timeZone)
  const second = wall - after
  if (offsetMs(second, timeZone) === after) return second
  return jumpBetween(Math.min(first, second), Math.max(first, second), wall, timeZone)
}

/** The date a calendar on the wall shows in the zone. */
export const localDateAt = (atMs: number, timeZone: string): string =>
  new Date(wallClockMs(atMs, timeZone)).toISOString().slice(0, 10)

/** The calendar date some days on. */
export const addDays = (localDate: string, days: number): string =>
  new Date(Date.parse(`${localDate}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
