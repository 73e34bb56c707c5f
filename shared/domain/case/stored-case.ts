import * as z from 'zod'
import { CaseSchema, CaseV1Schema, CaseV2Schema, CaseV3Schema, type Case } from './case.ts'
import {
  CaseEventSchema,
  CaseEventV1Schema,
  CaseEventV2Schema,
  CaseEventV3Schema,
  type CaseBirth,
  type CaseBirthV1,
  type CaseBirthV2,
  type CaseBirthV3,
  type CaseEvent,
} from './events.ts'

/** What a case of an earlier release lacks, as it is meant today. */
const since = { schema: 'overread/case@4', missingHistory: [], criticalResults: [] } satisfies Partial<Case>
const beforeScans = { ...since, prelimFrom: 'study-available' } satisfies Partial<Case>
const emergencies: [] = []

/** Reads what any release has written. */
export const StoredCaseSchema = z.union([
  CaseSchema,
  CaseV3Schema.transform((one): Case => ({ ...one, ...since })),
  CaseV2Schema.transform((one): Case => ({ ...one, ...beforeScans })),
  CaseV1Schema.transform((one): Case => ({ ...one, ...beforeScans, emergencies })),
])

const born = (birth: CaseBirthV1 | CaseBirthV2 | CaseBirthV3): CaseBirth => ({
  emergencies,
  prelimFrom: 'study-available',
  ...birth,
  ...since,
})

/** Reads what any release has written. */
export const StoredCaseEventSchema = z.union([
  CaseEventSchema,
  z
    .union([CaseEventV3Schema, CaseEventV2Schema, CaseEventV1Schema])
    .transform((e): CaseEvent => (e.type === 'referral-drafted' ? { ...e, birth: born(e.birth) } : e)),
])
