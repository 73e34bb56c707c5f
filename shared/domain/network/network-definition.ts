import * as z from 'zod'
import { HolidayCalendarSchema, ShiftSchema } from './calendar.ts'
import { PathwayIdSchema, PersonIdSchema, PoolIdSchema, SiteIdSchema } from './ids.ts'
import { JurisdictionSchema } from './jurisdiction.ts'
import { MachineClientSchema } from './machine-client.ts'
import {
  AgreementSchema,
  CellSchema,
  EvidenceSchema,
  OrganisationSchema,
  PersonRoleSchema,
  PersonSchema,
  SiteSchema,
} from './parties.ts'
import { PathwaySchema, PathwayV1Schema, upgradedPathway } from './pathway.ts'
import { NetworkRatesSchema, standardRates } from './rates.ts'
import { PoolSchema, ReaderSchema } from './reader.ts'
import { SubspecialtySchema } from './vocabulary.ts'

/** Whom to ask, in order: home pools in the site's hours, partner pools out of hours or when nobody answers in time. */
export const PoolOrderSchema = z.strictObject({
  siteId: SiteIdSchema,
  pathwayId: PathwayIdSchema.optional().describe('absent: every pathway without an entry of its own'),
  homePools: z.array(PoolIdSchema),
  partnerPools: z.array(PoolIdSchema),
})
export type PoolOrder = z.infer<typeof PoolOrderSchema>

const PersonV1Schema = PersonSchema.extend({
  roles: z.array(PersonRoleSchema.exclude(['privacy-officer'])).min(1),
}).meta({ id: 'Person' })

/** Of the first release: no machine clients, no rates, no privacy officers. Its name is part of its stored form. */
export const NetworkDefinitionV1Schema = z
  .strictObject({
    schema: z.literal('overread/network@1'),
    version: z.string().min(1).max(40).describe('of this content, kept in each decision record'),
    cells: z.array(CellSchema).min(1),
    organisations: z.array(OrganisationSchema).min(1),
    sites: z.array(SiteSchema).min(1),
    people: z.array(PersonV1Schema).min(1),
    pools: z.array(PoolSchema).min(1),
    readers: z.array(ReaderSchema),
    agreements: z.array(AgreementSchema),
    holidayCalendars: z.array(HolidayCalendarSchema),
    shifts: z.array(ShiftSchema),
    pathways: z.array(PathwayV1Schema).min(1),
    evidence: z.array(EvidenceSchema),
    overflow: z.array(PoolOrderSchema),
    operations: z.strictObject({ desk: PersonIdSchema, executive: PersonIdSchema }),
    eligibilityPolicy: z.strictObject({
      registrationAtLocationFor: z.array(JurisdictionSchema).describe('patient jurisdictions that also ask for it'),
      certificationFor: z.array(SubspecialtySchema).describe('subspecialties read only with a board certificate'),
    }),
  })
  .meta({ id: 'NetworkDefinition' })

/** Until pathways held nothing that is not read. */
export const NetworkDefinitionV2Schema = NetworkDefinitionV1Schema.extend({
  schema: z.literal('overread/network@2'),
  people: z.array(PersonSchema).min(1),
  machineClients: z.array(MachineClientSchema),
  rates: NetworkRatesSchema,
}).meta({ id: 'NetworkDefinitionV2' })

/**
 * Everything the cells share. It holds no patient data, is kept under version control, and is applied to each cell with
 * one command: a new partner is a reviewed change to this file.
 */
export const NetworkDefinitionSchema = NetworkDefinitionV2Schema.extend({
  schema: z.literal('overread/network@3'),
  pathways: z.array(PathwaySchema).min(1),
}).meta({ id: 'NetworkDefinitionV3' })
export type NetworkDefinition = z.infer<typeof NetworkDefinitionSchema>

const first = { machineClients: [], rates: { standard: standardRates, organisations: [] } }

/** A definition of an earlier release as it is meant today. */
export const EarlierNetworkSchema = z
  .discriminatedUnion('schema', [NetworkDefinitionV1Schema, NetworkDefinitionV2Schema])
  .transform((earlier): NetworkDefinition => ({
    ...first,
    ...earlier,
    schema: 'overread/network@3',
    pathways: earlier.pathways.map(upgradedPathway),
  }))
