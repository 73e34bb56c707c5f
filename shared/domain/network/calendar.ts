import * as z from 'zod'
import { HolidayCalendarIdSchema, PoolIdSchema, ReaderIdSchema, ShiftIdSchema } from './ids.ts'
import { JurisdictionSchema } from './jurisdiction.ts'
import { PrioritySchema, ReportTypeSchema, SubspecialtySchema } from './vocabulary.ts'

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** An offset such as `+01:00` is refused: it has no summer time, so a rota written with it is wrong half the year. */
export const TimeZoneSchema = z
  .string()
  .regex(/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/, 'must be an IANA zone name, e.g. Europe/Vienna')
  .refine(isTimeZone, { error: 'is not a time zone this zone-data version knows' })
  .meta({ title: 'TimeZone', examples: ['Europe/Vienna'] })

export const LocalTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time HH:MM from 00:00 to 23:59')
  .meta({ title: 'LocalTime', examples: ['08:00'] })

export const LocalDateSchema = z.iso
  .date({ error: 'must be a date YYYY-MM-DD' })
  .meta({ title: 'LocalDate', examples: ['2026-12-25'] })

export const WeekdaySchema = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']).meta({ title: 'Weekday' })
export type Weekday = z.infer<typeof WeekdaySchema>

/** Hours of some weekdays; `endLocal` at or before `startLocal` ends the next day, so 00:00 to 00:00 is a whole day. */
export const WeeklyHoursSchema = z.strictObject({
  weekdays: z.array(WeekdaySchema).min(1),
  startLocal: LocalTimeSchema,
  endLocal: LocalTimeSchema,
})
export type WeeklyHours = z.infer<typeof WeeklyHoursSchema>

export const HolidayCalendarSchema = z
  .strictObject({
    holidayCalendarId: HolidayCalendarIdSchema,
    name: z.string().min(1).max(120),
    dates: z.array(z.strictObject({ date: LocalDateSchema, name: z.string().min(1).max(120) })),
  })
  .meta({ id: 'HolidayCalendar' })
export type HolidayCalendar = z.infer<typeof HolidayCalendarSchema>

/** Who of a pool works when. Weekday and holiday are those of the date on which the shift starts. */
export const ShiftSchema = z
  .strictObject({
    shiftId: ShiftIdSchema,
    poolId: PoolIdSchema,
    readerIds: z.array(ReaderIdSchema).min(1),
    subspecialties: z.array(SubspecialtySchema).min(1),
    priorities: z.array(PrioritySchema).min(1),
    timeZone: TimeZoneSchema,
    ...WeeklyHoursSchema.shape,
    effectiveFrom: LocalDateSchema.describe('first start date'),
    effectiveTo: LocalDateSchema.describe('first start date on which it no longer runs'),
    holidayCalendarId: HolidayCalendarIdSchema.nullable(),
    onHolidays: z.enum(['worked', 'skipped', 'only']),
    capacity: z.int().min(1).max(1000).describe('open cases each reader takes on this shift'),
    reportTypes: z.array(ReportTypeSchema).min(1),
    jurisdictions: z.array(JurisdictionSchema).describe('of patients; empty means every one the reader may read for'),
    overflowTo: z.array(PoolIdSchema),
    handoverMinutes: z.int().min(0).max(240).describe('before the end, only offer what fits'),
  })
  .meta({ id: 'Shift' })
export type Shift = z.infer<typeof ShiftSchema>
