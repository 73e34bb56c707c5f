import type { HolidayCalendar, Shift, WeeklyHours, Weekday } from '../network/calendar.ts'
import type { HolidayCalendarId } from '../network/ids.ts'
import type { Site } from '../network/parties.ts'
import { addDays, localDateAt, localToEpochMs } from './local-time.ts'

/** Half-open, epoch milliseconds. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export type Calendars = ReadonlyMap<HolidayCalendarId, HolidayCalendar>

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const weekdayOf = (localDate: string): Weekday | undefined => WEEKDAYS[new Date(`${localDate}T00:00:00Z`).getUTCDay()]

const isHoliday = (calendar: HolidayCalendar | undefined, localDate: string): boolean =>
  calendar?.dates.some(({ date }) => date === localDate) ?? false

/** Hours that start on one date. An occurrence that a clock change swallows whole is empty, never negative. */
const occurrenceOn = (hours: WeeklyHours, localDate: string, timeZone: string): Span => {
  const endDate = hours.endLocal <= hours.startLocal ? addDays(localDate, 1) : localDate
  return {
    fromMs: localToEpochMs(localDate, hours.startLocal, timeZone),
    toMs: localToEpochMs(endDate, hours.endLocal, timeZone),
  }
}

export const contains = (span: Span, atMs: number): boolean => span.fromMs <= atMs && atMs < span.toMs

/**
 * Start dates that can matter at an instant. The next date is among them because a clock set back over midnight
 * (St John's did it at 00:01) shows yesterday's date again while today's shift already runs.
 */
const startDatesAround = (atMs: number, timeZone: string): string[] => {
  const today = localDateAt(atMs, timeZone)
  return [addDays(today, -1), today, addDays(today, 1)]
}

const startsOn = (shift: Shift, calendar: HolidayCalendar | undefined, localDate: string): boolean => {
  if (localDate < shift.effectiveFrom || localDate >= shift.effectiveTo) return false
  if (!shift.weekdays.some((weekday) => weekday === weekdayOf(localDate))) return false
  switch (shift.onHolidays) {
    case 'worked':
      return true
    case 'skipped':
      return !isHoliday(calendar, localDate)
    case 'only':
      return isHoliday(calendar, localDate)
  }
}

const calendarOf = (shift: Shift, calendars: Calendars): HolidayCalendar | undefined =>
  shift.holidayCalendarId === null ? undefined : calendars.get(shift.holidayCalendarId)

/** The occurrences of a shift that start about an instant. */
export const occurrencesAround = (shift: Shift, calendars: Calendars, atMs: number): Span[] =>
  startDatesAround(atMs, shift.timeZone)
    .filter((localDate) => startsOn(shift, calendarOf(shift, calendars), localDate))
    .map((localDate) => occurrenceOn(shift, localDate, shift.timeZone))

/** The occurrence of a shift that runs at an instant, if one does. */
export const shiftOccurrenceAt = (shift: Shift, calendars: Calendars, atMs: number): Span | undefined =>
  occurrencesAround(shift, calendars, atMs).find((span) => contains(span, atMs))

/** True while the shift runs: from its start, up to but not including its end. */
export const isShiftOn = (shift: Shift, calendars: Calendars, instant: string): boolean =>
  shiftOccurrenceAt(shift, calendars, Date.parse(instant)) !== undefined

/** When the shift next starts after an instant, looking eight days ahead: one more than any weekly pattern needs. */
export const nextShiftStart = (shift: Shift, calendars: Calendars, afterMs: number): number | undefined => {
  const today = localDateAt(afterMs, shift.timeZone)
  for (let days = 0; days <= 8; days += 1) {
    const localDate = addDays(today, days)
    if (!startsOn(shift, calendarOf(shift, calendars), localDate)) continue
    const { fromMs, toMs } = occurrenceOn(shift, localDate, shift.timeZone)
    if (fromMs > afterMs && toMs > fromMs) return fromMs
  }
  return undefined
}

/**
 * True outside the working hours of the referring site, in its own zone and by its own holidays: whose night it is at
 * the reader's desk says nothing about who is there to be called at the site.
 */
export const isAfterHours = (site: Site, calendars: Calendars, instant: string): boolean => {
  const atMs = Date.parse(instant)
  const holidays = calendars.get(site.holidayCalendarId)
  return !startDatesAround(atMs, site.timeZone).some(
    (localDate) =>
      !isHoliday(holidays, localDate) &&
      site.workingHours.some(
        (hours) =>
          hours.weekdays.some((weekday) => weekday === weekdayOf(localDate)) &&
          contains(occurrenceOn(hours, localDate, site.timeZone), atMs),
      ),
  )
}
