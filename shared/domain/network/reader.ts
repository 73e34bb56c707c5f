import * as z from 'zod'
import { AgreementIdSchema, OrgIdSchema, PersonIdSchema, PoolIdSchema, ReaderIdSchema, SiteIdSchema } from './ids.ts'
import { CountrySchema, JurisdictionSchema } from './jurisdiction.ts'
import { validityShape } from './validity.ts'
import {
  AgeBandSchema,
  BodyRegionSchema,
  ModalitySchema,
  PrioritySchema,
  ReportTypeSchema,
  SubspecialtySchema,
} from './vocabulary.ts'

const instant = z.iso.datetime({ offset: true })
const anyOf = <T extends z.ZodType>(schema: T) => z.union([z.literal('*'), z.array(schema).min(1)])

export const RegistrationSchema = z
  .strictObject({
    jurisdiction: JurisdictionSchema,
    authority: z.string().min(1).max(120),
    number: z.string().min(1).max(60),
    scope: z.enum(['full', 'specialist', 'teleradiology-special']),
    ...validityShape,
    conditions: z.array(z.string().max(200)),
    verifiedAt: instant,
    verifiedBy: z.string().min(1).max(120),
    source: z.string().min(1).max(200),
    nextCheckDue: instant,
  })
  .meta({ id: 'Registration' })
export type Registration = z.infer<typeof RegistrationSchema>

export const CertificationSchema = z
  .strictObject({ board: z.string().min(1).max(120), subspecialty: SubspecialtySchema, ...validityShape })
  .meta({ id: 'Certification' })

/** A proxy privilege rests on an agreement and lapses with it (42 CFR 482.22 lets a hospital rely on the distant site). */
export const PrivilegeSchema = z
  .strictObject({
    siteId: SiteIdSchema,
    modalities: anyOf(ModalitySchema),
    regions: anyOf(BodyRegionSchema),
    reportTypes: z.array(ReportTypeSchema).min(1),
    ageBands: z.array(AgeBandSchema).min(1),
    grantedUnder: z.enum(['direct', 'proxy']),
    agreementId: AgreementIdSchema.nullable(),
    status: z.enum(['active', 'suspended', 'withdrawn']),
    ...validityShape,
  })
  .meta({ id: 'Privilege' })
export type Privilege = z.infer<typeof PrivilegeSchema>

/** Occurrence covers what was read while it ran; claims-made covers from `retroDate` on, if it still runs. */
export const IndemnitySchema = z
  .strictObject({
    insurer: z.string().min(1).max(120),
    policyNo: z.string().min(1).max(60),
    jurisdictions: z.array(JurisdictionSchema).min(1),
    limit: z.int().positive(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    basis: z.enum(['occurrence', 'claims-made']),
    retroDate: instant.nullable(),
    ...validityShape,
  })
  .meta({ id: 'Indemnity' })

export const ReadingLocationSchema = z
  .strictObject({ country: JurisdictionSchema, approvedWorkstation: z.boolean(), attestedAt: instant })
  .meta({ id: 'ReadingLocation' })

export const ReaderSchema = z
  .strictObject({
    readerId: ReaderIdSchema,
    personId: PersonIdSchema,
    orgId: OrgIdSchema,
    displayName: z.string().min(1).max(120),
    homeCountry: CountrySchema,
    languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1),
    subspecialties: z.array(SubspecialtySchema).min(1),
    capacity: z.int().min(1).max(1000).describe('most open cases at once'),
    poolIds: z.array(PoolIdSchema).min(1),
    registrations: z.array(RegistrationSchema),
    certifications: z.array(CertificationSchema),
    privileges: z.array(PrivilegeSchema),
    indemnities: z.array(IndemnitySchema),
    readingLocations: z.array(ReadingLocationSchema),
    conflictsOfInterest: z.array(z.strictObject({ orgId: OrgIdSchema, reason: z.string().min(1).max(200) })),
  })
  .meta({ id: 'Reader' })
export type Reader = z.infer<typeof ReaderSchema>

/** Readers who share a queue. */
export const PoolSchema = z
  .strictObject({
    poolId: PoolIdSchema,
    orgId: OrgIdSchema,
    name: z.string().min(1).max(120),
    subspecialties: z.array(SubspecialtySchema).min(1),
    priorities: z.array(PrioritySchema).min(1),
    leadPersonId: PersonIdSchema,
    overflowTo: z.array(PoolIdSchema),
  })
  .meta({ id: 'Pool' })
export type Pool = z.infer<typeof PoolSchema>
