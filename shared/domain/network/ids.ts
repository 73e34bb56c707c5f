import * as z from 'zod'

/** One form for every id of the network definition: it appears in keys, URLs and logs, so it can hold no name or path. */
const SLUG = /^[a-z0-9][a-z0-9-]{1,38}$/

const slug = (title: string, example: string) =>
  z
    .string()
    .regex(SLUG, 'must be 2 to 39 characters of a-z, 0-9 and -, not starting with -')
    .meta({ title, examples: [example] })

export const CellIdSchema = slug('CellId', 'eu-central').brand<'CellId'>()
export const OrgIdSchema = slug('OrgId', 'donau-hospitals').brand<'OrgId'>()
export const SiteIdSchema = slug('SiteId', 'donau-vienna').brand<'SiteId'>()
export const PersonIdSchema = slug('PersonId', 'p-anna-huber').brand<'PersonId'>()
export const PoolIdSchema = slug('PoolId', 'alpine-neuro').brand<'PoolId'>()
export const ReaderIdSchema = slug('ReaderId', 'r-weiss').brand<'ReaderId'>()
export const AgreementIdSchema = slug('AgreementId', 'agr-donau-alpine').brand<'AgreementId'>()
export const ShiftIdSchema = slug('ShiftId', 'sh-alpine-day').brand<'ShiftId'>()
export const HolidayCalendarIdSchema = slug('HolidayCalendarId', 'hol-at').brand<'HolidayCalendarId'>()
export const PathwayIdSchema = slug('PathwayId', 'stroke').brand<'PathwayId'>()
export const ClientIdSchema = slug('ClientId', 'donau-ris').brand<'ClientId'>()
export const EvidenceIdSchema = slug('EvidenceId', 'ev-dpa-alpine').brand<'EvidenceId'>()

export type CellId = z.infer<typeof CellIdSchema>
export type OrgId = z.infer<typeof OrgIdSchema>
export type SiteId = z.infer<typeof SiteIdSchema>
export type PersonId = z.infer<typeof PersonIdSchema>
export type PoolId = z.infer<typeof PoolIdSchema>
export type ReaderId = z.infer<typeof ReaderIdSchema>
export type AgreementId = z.infer<typeof AgreementIdSchema>
export type ShiftId = z.infer<typeof ShiftIdSchema>
export type HolidayCalendarId = z.infer<typeof HolidayCalendarIdSchema>
export type PathwayId = z.infer<typeof PathwayIdSchema>
export type ClientId = z.infer<typeof ClientIdSchema>
export type EvidenceId = z.infer<typeof EvidenceIdSchema>
