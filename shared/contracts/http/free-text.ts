import * as z from 'zod'

export const shortText = z.string().trim().min(1).max(64)
export const freeText = z.string().trim().min(1).max(4000)

export const CONTROL = /\p{Cc}/u
export const CONTROL_BUT_LAYOUT = /[^\P{Cc}\t\n\r]/u

export const isWithout = (control: RegExp, value: unknown): boolean => {
  if (typeof value === 'string') return !control.test(value)
  return typeof value !== 'object' || value === null || Object.values(value).every((one) => isWithout(control, one))
}
