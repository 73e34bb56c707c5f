import * as z from 'zod'
import { CaseSchema, CaseV1Schema, CaseV2Schema, type Case } from './case.ts'
import {
  CaseEventSchema,
  CaseEventV1Schema,
  CaseEventV2Schema,
  type CaseBirth,
  type CaseBirthV1,
  type CaseBirthV2,
  type CaseEvent,
} from './events.ts'

/** What a case of an earlier release lacks, as it is meant today. */
const since = { schema: 'overread/case@3', prelimFrom: 'study-available' } as const
const emergencies: [] = []

/** Reads what any release has written. */
export const StoredCaseSchema = z.union([
  CaseSchema,
  CaseV2Schema.transform((one): Case => ({ ...one, ...since })),
  CaseV1Schema.transform((one): Case => ({ ...one, ...since, emergencies })),
])

const born = (birth: CaseBirthV1 | CaseBirthV2): CaseBirth => ({ emergencies, ...birth, ...since })

/** Reads what any release has written. */
export const StoredCaseEventSchema = z.union([
  CaseEventSchema,
  z
    .union([CaseEventV2Schema, CaseEventV1Schema])
    .transform((e): CaseEvent => (e.type === 'referral-drafted' ? { ...e, birth: born(e.birth) } : e)),
])
