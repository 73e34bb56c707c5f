const DAY_MS = 86_400_000

const dateOf = (year: string, month: string, day: string): Date | undefined => {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return isReal && Number(year) >= 1800 ? date : undefined
}

const digits = (number: number, length: number): string => String(number).padStart(length, '0')

const shiftDay = (year: string, month: string, day: string, daysBack: number): string | undefined => {
  const date = dateOf(year, month, day)
  if (date === undefined) return undefined
  const back = new Date(date.getTime() - daysBack * DAY_MS)
  return digits(back.getUTCFullYear(), 4) + digits(back.getUTCMonth() + 1, 2) + digits(back.getUTCDate(), 2)
}

const datePattern = /^(\d{4})\.?(\d{2})\.?(\d{2})$/
const dateTimePattern = /^(\d{4})(\d{2})(\d{2})(\d{2,6}(?:\.\d{1,6})?)?([+-]\d{4})?$/
const timePattern = /^\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?$/

const shiftDate = (text: string, daysBack: number): string | undefined => {
  const [, year = '', month = '', day = ''] = datePattern.exec(text) ?? []
  return shiftDay(year, month, day, daysBack)
}

/** A date-time loses its offset from UTC: where it stands in the world is not a time. */
const shiftDateTime = (text: string, daysBack: number): string | undefined => {
  const [, year = '', month = '', day = '', time = ''] = dateTimePattern.exec(text) ?? []
  const date = shiftDay(year, month, day, daysBack)
  return date === undefined ? undefined : date + time
}

const keepTime = (text: string): string | undefined => (timePattern.test(text) ? text : undefined)

/**
 * A DA, DT or TM value moved into the past by whole days, value by value; undefined where it cannot be read as one (a
 * partial date, a range, text): what cannot be moved must not stay.
 */
export const shiftTemporal = (vr: string, text: string, daysBack: number): string | undefined => {
  const one = { DA: shiftDate, DT: shiftDateTime, TM: keepTime }[vr]
  if (one === undefined) return undefined
  const moved = text.split('\\').map((value) => (value.trim() === '' ? '' : one(value.trim(), daysBack)))
  return moved.includes(undefined) ? undefined : moved.join('\\')
}
