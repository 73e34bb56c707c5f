import * as z from 'zod'
import { OrgIdSchema, type OrgId } from './ids.ts'

const perMinute = z.int().min(1).max(1_000_000)
const gigabytesPerDay = z.int().min(1).max(1_000_000)

/** What one organisation may ask of one cell. What is urgent may go beyond, by a reserve of its own. */
export const RatesSchema = z.strictObject({
  readsPerMinute: perMinute,
  imageReadsPerMinute: perMinute.describe('lists and frames of images: a viewer asks for hundreds at once'),
  commandsPerMinute: perMinute,
  urgentPerMinute: perMinute.describe('reserve of stat and urgent cases once a rate is used up'),
  uploadGigabytesPerDay: gigabytesPerDay,
  urgentUploadGigabytesPerDay: gigabytesPerDay.describe('reserve of stat and urgent cases'),
})
export type Rates = z.infer<typeof RatesSchema>

/** Several times what a busy hospital of 3,000 studies a day asks for: a limit is against a fault, not against work. */
export const standardRates: Rates = {
  readsPerMinute: 6000,
  imageReadsPerMinute: 60_000,
  commandsPerMinute: 1200,
  urgentPerMinute: 600,
  uploadGigabytesPerDay: 2000,
  urgentUploadGigabytesPerDay: 500,
}

/**
 * What one system may ask for. A token is good for five minutes, so this is three hundred processes that share none: what asks for
 * more has lost its cache.
 */
export const TOKENS_PER_MINUTE = 60

export const NetworkRatesSchema = z.strictObject({
  standard: RatesSchema,
  organisations: z.array(z.strictObject({ orgId: OrgIdSchema, rates: RatesSchema })),
})
export type NetworkRates = z.infer<typeof NetworkRatesSchema>

export const ratesOf = ({ standard, organisations }: NetworkRates, orgId: string): Rates =>
  organisations.find((one) => one.orgId === (orgId as OrgId))?.rates ?? standard
