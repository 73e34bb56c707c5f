import * as z from 'zod'
import { TimeZoneSchema, WeeklyHoursSchema } from './calendar.ts'
import {
  AgreementIdSchema,
  CellIdSchema,
  EvidenceIdSchema,
  HolidayCalendarIdSchema,
  OrgIdSchema,
  PersonIdSchema,
  SiteIdSchema,
} from './ids.ts'
import { CountrySchema, JurisdictionSchema } from './jurisdiction.ts'
import { validityShape } from './validity.ts'
import { EvidenceRecordSchema } from '../residency/decision-inputs.ts'
import { ReadingModeSchema } from '../residency/reading-mode.ts'

const nameSchema = z.string().min(1).max(120)

/** One region's complete deployment; `origin` is the row of the residency policy it is meant for. */
export const CellSchema = z
  .strictObject({
    cellId: CellIdSchema,
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region name, e.g. eu-central-1'),
    origin: JurisdictionSchema,
    baseUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  })
  .meta({ id: 'Cell' })
export type Cell = z.infer<typeof CellSchema>

export const OrganisationSchema = z
  .strictObject({
    orgId: OrgIdSchema,
    name: nameSchema,
    kind: z.enum(['referring', 'reading-group', 'lab', 'dental', 'operator']),
    country: CountrySchema,
    controlCountries: z.array(CountrySchema).describe('from where it is controlled; the residency policy may ask'),
  })
  .meta({ id: 'Organisation' })
export type Organisation = z.infer<typeof OrganisationSchema>

/** Where the patient is imaged: its jurisdiction regulates the reading, and is the origin for the residency policy. */
export const SiteSchema = z
  .strictObject({
    siteId: SiteIdSchema,
    orgId: OrgIdSchema,
    name: nameSchema,
    jurisdiction: JurisdictionSchema,
    cellId: CellIdSchema,
    timeZone: TimeZoneSchema,
    holidayCalendarId: HolidayCalendarIdSchema,
    workingHours: z.array(WeeklyHoursSchema).min(1),
    coordinator: PersonIdSchema,
    triageClinician: PersonIdSchema,
    dutyClinician: PersonIdSchema,
  })
  .meta({ id: 'Site' })
export type Site = z.infer<typeof SiteSchema>

export const PersonRoleSchema = z
  .enum([
    'site-clerk',
    'referrer',
    'coordinator',
    'triage-clinician',
    'duty-clinician',
    'reader',
    'reading-group-lead',
    'operations',
    'executive',
    'quality-reviewer',
    'network-administrator',
    'auditor',
    'platform-engineer',
    'privacy-officer',
  ])
  .meta({ title: 'PersonRole' })
export type PersonRole = z.infer<typeof PersonRoleSchema>

export const PersonSchema = z
  .strictObject({
    personId: PersonIdSchema,
    orgId: OrgIdSchema,
    name: nameSchema,
    roles: z.array(PersonRoleSchema).min(1),
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof PersonSchema>

/** What organisations have signed: without one that runs now and covers the flow and the mode, nobody reads. */
export const AgreementSchema = z
  .strictObject({
    agreementId: AgreementIdSchema,
    parties: z.array(OrgIdSchema).min(2),
    purpose: z.enum(['primary-reading', 'second-opinion', 'quality-review']),
    dataClasses: z.array(z.enum(['images', 'reports', 'clinical-context'])).min(1),
    transferBasis: z.enum(['same-zone', 'adequacy', 'SCC', 'BCR']),
    regionsAllowed: z.array(JurisdictionSchema).min(1).describe('where the reader may sit'),
    readingMode: ReadingModeSchema.describe('the widest mode it allows'),
    ...validityShape,
  })
  .meta({ id: 'Agreement' })
export type Agreement = z.infer<typeof AgreementSchema>

/**
 * A reference to a document that a condition of the residency policy asks for. The document is kept elsewhere; consents
 * of single patients are never kept here.
 */
export const EvidenceSchema = EvidenceRecordSchema.extend({
  id: EvidenceIdSchema,
  reference: z.string().min(1).max(200).describe('where the document is kept'),
}).meta({ id: 'NetworkEvidence' })
export type Evidence = z.infer<typeof EvidenceSchema>
