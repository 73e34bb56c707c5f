import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HolidayCalendar, Shift } from '../../../../../shared/domain/network/calendar.ts'
import { HolidayCalendarSchema, ShiftSchema } from '../../../../../shared/domain/network/calendar.ts'
import { addDays, localDateAt, localToEpochMs } from '../../../../../shared/domain/routing/local-time.ts'
import {
  isAfterHours,
  isShiftOn,
  nextShiftStart,
  shiftOccurrenceAt,
} from '../../../../../shared/domain/routing/rota.ts'
import { shiftWatchOf } from '../../../../../shared/domain/routing/shift-watch.ts'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import { networkOf } from '../../../../builders/demo-routing.ts'

/** Both hemispheres, a half-hour clock change, one at midnight, one backwards in winter, zones without any. */
const zones = [
  'Europe/Vienna',
  'Europe/Dublin',
  'Europe/Lisbon',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Africa/Cairo',
  'Asia/Kolkata',
  'UTC',
]

const iso = (ms: number): string => new Date(ms).toISOString()

/** An oracle of its own: what a wall clock in the zone shows, as a text that sorts. */
const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
)
const wallText = (ms: number, timeZone: string): string => (clocks.get(timeZone)?.format(ms) ?? '').replace(' ', 'T')

const calendar: HolidayCalendar = HolidayCalendarSchema.parse({
  holidayCalendarId: 'hol',
  name: 'test',
  dates: [{ date: '2026-12-25', name: 'Christmas' }],
})
const calendars = new Map([[calendar.holidayCalendarId, calendar]])

const shift = (change: Record<string, unknown> = {}): Shift =>
  ShiftSchema.parse({
    shiftId: 'sh-test',
    poolId: 'pool',
    readerIds: ['r-one'],
    subspecialties: ['general'],
    priorities: ['routine'],
    timeZone: 'Europe/Vienna',
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    startLocal: '08:00',
    endLocal: '16:00',
    effectiveFrom: '2020-01-01',
    effectiveTo: '2040-01-01',
    holidayCalendarId: 'hol',
    onHolidays: 'worked',
    capacity: 5,
    reportTypes: ['final'],
    jurisdictions: [],
    overflowTo: [],
    handoverMinutes: 0,
    ...change,
  })

const anyZone = fc.constantFrom(...zones)
const tenYears = fc
  .integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2034, 0, 1) / 60_000 })
  .map((m) => m * 60_000)
const anyTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)

/** The clock changes of a zone in ten years, by search: property tests must meet them, not hope to. */
const changesOf = (timeZone: string): number[] => {
  const offset = (ms: number) => Date.parse(`${wallText(ms, timeZone)}Z`) - ms
  const found: number[] = []
  for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2034, 0, 1); at += 86_400_000) {
    if (offset(at) === offset(at + 86_400_000)) continue
    let [before, after] = [at, at + 86_400_000]
    while (after - before > 60_000) {
      const middle = before + Math.floor((after - before) / 120_000) * 60_000
      if (offset(middle) === offset(at)) before = middle
      else after = middle
    }
    found.push(after)
  }
  return found
}
const changes = new Map(zones.map((zone) => [zone, changesOf(zone)]))

describe('a local time', () => {
  test.each([
    ['skipped in Vienna moves to the jump', '2026-03-29', '02:30', 'Europe/Vienna', '2026-03-29T01:00:00.000Z'],
    ['just before the jump stays', '2026-03-29', '01:59', 'Europe/Vienna', '2026-03-29T00:59:00.000Z'],
    ['repeated in Vienna is its first occurrence', '2026-10-25', '02:30', 'Europe/Vienna', '2026-10-25T00:30:00.000Z'],
    ['after the repeated hour is unique', '2026-10-25', '03:00', 'Europe/Vienna', '2026-10-25T02:00:00.000Z'],
    ['repeated in Dublin is its first occurrence', '2026-10-25', '01:15', 'Europe/Dublin', '2026-10-25T00:15:00.000Z'],
    [
      'skipped in Sydney in October moves to the jump',
      '2026-10-04',
      '02:30',
      'Australia/Sydney',
      '2026-10-03T16:00:00.000Z',
    ],
    [
      'repeated in Sydney in April is its first occurrence',
      '2026-04-05',
      '02:30',
      'Australia/Sydney',
      '2026-04-04T15:30:00.000Z',
    ],
    [
      'repeated for half an hour on Lord Howe',
      '2026-04-05',
      '01:45',
      'Australia/Lord_Howe',
      '2026-04-04T14:45:00.000Z',
    ],
    [
      'midnight that Havana skips moves to the jump',
      '2026-03-08',
      '00:00',
      'America/Havana',
      '2026-03-08T05:00:00.000Z',
    ],
    ['in New York in summer', '2026-07-01', '08:00', 'America/New_York', '2026-07-01T12:00:00.000Z'],
    ['in Kolkata, which has no summer time', '2026-07-01', '08:00', 'Asia/Kolkata', '2026-07-01T02:30:00.000Z'],
  ])('%s', (_what, date, time, zone, expected) => {
    expect(iso(localToEpochMs(date, time, zone))).toBe(expected)
  })

  test('is always the first instant at which the wall clock shows it or later, near every clock change of ten years', () => {
    for (const zone of zones) {
      for (const change of changes.get(zone) ?? []) {
        for (let minutes = -180; minutes <= 180; minutes += 15) {
          const wall = wallText(change + minutes * 60_000, zone)
          const [date, time] = [wall.slice(0, 10), wall.slice(11, 16)] as const
          const at = localToEpochMs(date, time, zone)
          expect(wallText(at, zone) >= `${date}T${time}:00`, `${zone} ${wall}`).toBe(true)
          // Nothing in the three hours before shows it or later: the first occurrence, not the second.
          for (let before = 1; before <= 181; before += 20) {
            expect(wallText(at - before * 60_000, zone) < `${date}T${time}:00`, `${zone} ${wall} -${before}`).toBe(true)
          }
        }
      }
    }
  })

  test('comes back as it was written, unless the clock skipped it', () => {
    fc.assert(
      fc.property(anyZone, tenYears, anyTime, (zone, near, time) => {
        const date = localDateAt(near, zone)
        const at = localToEpochMs(date, time, zone)
        const shown = wallText(at, zone).slice(0, 16)
        const skipped = wallText(at - 1, zone).slice(0, 16) < `${date}T${time}` && shown > `${date}T${time}`
        return shown === `${date}T${time}` || skipped
      }),
      { numRuns: 2_000 },
    )
  })

  test('never goes backwards when the written time goes forwards', () => {
    fc.assert(
      fc.property(anyZone, tenYears, anyTime, anyTime, (zone, near, one, other) => {
        const date = localDateAt(near, zone)
        const [first = '', second = ''] = [one, other].sort()
        return localToEpochMs(date, first, zone) <= localToEpochMs(date, second, zone)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the rota', () => {
  test('of shifts that meet leaves no gap and no overlap, in ten years and both hemispheres', () => {
    const nearChange = fc.constantFrom(...[...changes].flatMap(([zone, at]) => at.map((ms) => [zone, ms] as const)))
    const somewhere = fc.tuple(anyZone, tenYears)
    const shifted = fc
      .tuple(nearChange, fc.integer({ min: -26 * 60, max: 26 * 60 }))
      .map(([[zone, ms], m]) => [zone, ms + m * 60_000] as const)
    fc.assert(
      fc.property(
        fc.oneof(somewhere, shifted),
        fc.uniqueArray(anyTime, { minLength: 1, maxLength: 4 }),
        ([zone, at], times) => {
          const starts = times.sort()
          const rota = starts.map((startLocal, index) =>
            shift({ timeZone: zone, startLocal, endLocal: starts[(index + 1) % starts.length] }),
          )
          return rota.filter((one) => isShiftOn(one, calendars, iso(at))).length === 1
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('is half-open: the shift that starts is on, the one that ends is not', () => {
    const early = shift({ startLocal: '08:00', endLocal: '16:00' })
    const late = shift({ startLocal: '16:00', endLocal: '23:00' })
    expect(isShiftOn(early, calendars, '2026-06-10T06:00:00.000Z')).toBe(true)
    expect(isShiftOn(early, calendars, '2026-06-10T05:59:59.999Z')).toBe(false)
    expect(isShiftOn(early, calendars, '2026-06-10T14:00:00.000Z')).toBe(false)
    expect(isShiftOn(late, calendars, '2026-06-10T14:00:00.000Z')).toBe(true)
  })

  test('runs a night shift into the next day and counts it to the weekday it started on', () => {
    const fridayNight = shift({ weekdays: ['fri'], startLocal: '20:00', endLocal: '08:00' })
    expect(isShiftOn(fridayNight, calendars, '2026-06-12T19:00:00.000Z')).toBe(true)
    expect(isShiftOn(fridayNight, calendars, '2026-06-13T05:59:00.000Z')).toBe(true)
    expect(isShiftOn(fridayNight, calendars, '2026-06-13T06:00:00.000Z')).toBe(false)
    expect(isShiftOn(fridayNight, calendars, '2026-06-12T05:00:00.000Z')).toBe(false)
    expect(isShiftOn(fridayNight, calendars, '2026-06-13T19:00:00.000Z')).toBe(false)
  })

  test('lasts an hour longer on the night the clock goes back, an hour shorter when it goes forward', () => {
    const night = shift({ startLocal: '20:00', endLocal: '08:00' })
    const hours = (instant: string) => {
      const span = shiftOccurrenceAt(night, calendars, Date.parse(instant))
      return span === undefined ? undefined : (span.toMs - span.fromMs) / 3_600_000
    }
    expect(hours('2026-10-25T03:00:00.000Z')).toBe(13)
    expect(hours('2026-03-29T03:00:00.000Z')).toBe(11)
    expect(hours('2026-06-10T03:00:00.000Z')).toBe(12)
  })

  test('goes by the holiday of the start date: the shift of Christmas Eve runs on into Christmas Day', () => {
    const skipped = shift({ startLocal: '20:00', endLocal: '08:00', onHolidays: 'skipped' })
    expect(isShiftOn(skipped, calendars, '2026-12-25T04:00:00.000Z')).toBe(true)
    expect(isShiftOn(skipped, calendars, '2026-12-25T22:00:00.000Z')).toBe(false)
    expect(isShiftOn(skipped, calendars, '2026-12-26T04:00:00.000Z')).toBe(false)
    const only = shift({ onHolidays: 'only' })
    expect(isShiftOn(only, calendars, '2026-12-25T10:00:00.000Z')).toBe(true)
    expect(isShiftOn(only, calendars, '2026-12-24T10:00:00.000Z')).toBe(false)
  })

  test('without a calendar knows no holiday', () => {
    const plain = shift({ holidayCalendarId: null, onHolidays: 'skipped' })
    expect(isShiftOn(plain, calendars, '2026-12-25T10:00:00.000Z')).toBe(true)
  })

  test('of today runs while a clock set back over midnight shows yesterday again', () => {
    const early = shift({
      timeZone: 'America/St_Johns',
      startLocal: '00:00',
      endLocal: '08:00',
      effectiveFrom: '2010-11-07',
    })
    // On 2010-11-07 at 00:01 Newfoundland went back to 23:01 of the sixth.
    expect(localDateAt(Date.parse('2010-11-07T03:00:00Z'), 'America/St_Johns')).toBe('2010-11-06')
    expect(isShiftOn(early, calendars, '2010-11-07T03:00:00.000Z')).toBe(true)
  })

  test('runs from its first start date up to, and not on, the last', () => {
    const march = shift({ effectiveFrom: '2026-03-02', effectiveTo: '2026-03-04' })
    const at = (day: string) => isShiftOn(march, calendars, `2026-03-${day}T10:00:00.000Z`)
    expect([at('01'), at('02'), at('03'), at('04')]).toEqual([false, true, true, false])
  })

  test('of which the clock change swallows a shift whole shows it as empty, never as negative', () => {
    const swallowed = shift({ startLocal: '02:10', endLocal: '02:50' })
    for (let minute = 0; minute < 180; minute += 1) {
      expect(isShiftOn(swallowed, calendars, iso(Date.parse('2026-03-29T00:00:00Z') + minute * 60_000))).toBe(false)
    }
  })

  test('remembers nothing that changes an answer, whatever order it is asked in', () => {
    const shifts = demoNetwork.shifts.map((one, index) => ({
      ...one,
      startLocal: `${String(index * 7).padStart(2, '0')}:00`,
      endLocal: '05:30',
    }))
    const network = networkOf({ shifts })
    const walk = fc.tuple(tenYears, fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 2, maxLength: 12 }))
    fc.assert(
      fc.property(walk, ([start, hours]) =>
        hours.every((hour) => {
          const at = start + hour * 3_600_000
          return shifts.every(
            (one) =>
              shiftWatchOf(network, one).at(at).on === isShiftOn(one, network.holidayCalendars, iso(at)) &&
              shiftWatchOf(network, one).nextStart(at) === nextShiftStart(one, network.holidayCalendars, at),
          )
        }),
      ),
      { numRuns: 300 },
    )
  })

  test('says when a shift next starts, over the weekend too', () => {
    const monday = shift({ weekdays: ['mon'], startLocal: '08:00' })
    expect(iso(nextShiftStart(monday, calendars, Date.parse('2026-06-09T10:00:00Z')) ?? 0)).toBe(
      '2026-06-15T06:00:00.000Z',
    )
    expect(
      nextShiftStart(shift({ effectiveTo: '2026-06-10' }), calendars, Date.parse('2026-06-10T10:00:00Z')),
    ).toBeUndefined()
  })
})

describe('after hours at a site', () => {
  const [vienna] = demoNetwork.sites
  const { holidayCalendars } = networkOf()
  test.each([
    ['a weekday morning', '2026-11-24T10:00:00.000Z', false],
    ['the first minute of the day', '2026-11-24T06:00:00.000Z', false],
    ['the minute before', '2026-11-24T05:59:00.000Z', true],
    ['the last minute gone', '2026-11-24T18:00:00.000Z', true],
    ['the same hour in summer, an hour earlier in UTC', '2026-07-14T05:00:00.000Z', false],
    ['a Saturday', '2026-11-28T10:00:00.000Z', true],
    ['a national holiday on a Monday', '2026-10-26T10:00:00.000Z', true],
    ['the Monday after it', '2026-11-02T10:00:00.000Z', false],
  ])('%s: %s -> %s', (_what, instant, expected) => {
    expect(isAfterHours(vienna!, holidayCalendars, instant)).toBe(expected)
  })

  test('counts days on the calendar, not in hours', () => {
    expect(addDays('2026-03-28', 1)).toBe('2026-03-29')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29')
  })
})
