import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { AttachmentRecordSchema } from '../../shared/contracts/stored/attachment.ts'
import { DeclinedReadingSchema } from '../../shared/contracts/stored/declined-reading.ts'
import { HomeReportV1Schema, HomeReportV2Schema } from '../../shared/contracts/stored/home-report.ts'
import { NoteSchema } from '../../shared/contracts/stored/note.ts'
import { ReportDraftSchema } from '../../shared/contracts/stored/report-draft.ts'
import { SealedReportSchema } from '../../shared/contracts/stored/sealed-report.ts'
import { OutboxMessageSchema, OutboxMessageV1Schema, OutboxMessageV2Schema } from '../../shared/contracts/messages.ts'
import { AuditRecordSchema } from '../../shared/domain/audit/audit-record.ts'
import { canonicalJson, type JsonValue } from '../../shared/domain/canonical-json.ts'
import { CaseSchema, CaseV1Schema, CaseV2Schema, CaseV3Schema } from '../../shared/domain/case/case.ts'
import { CopyRecordSchema, StudyCopiesSchema } from '../../shared/domain/deidentification/study-copies.ts'
import {
  CaseEventSchema,
  CaseEventV1Schema,
  CaseEventV2Schema,
  CaseEventV3Schema,
} from '../../shared/domain/case/events.ts'
import {
  NetworkDefinitionSchema,
  NetworkDefinitionV1Schema,
  NetworkDefinitionV2Schema,
} from '../../shared/domain/network/network-definition.ts'
import { DecisionRecordSchema } from '../../shared/domain/residency/decision-record.ts'
import { JurisdictionPolicySchema } from '../../shared/domain/residency/jurisdiction-policy.ts'
import { LegalHoldSchema } from '../../shared/domain/retention/legal-hold.ts'
import { RetentionFileSchema } from '../../shared/domain/retention/retention-file.ts'
import {
  InstanceV1Schema,
  InstanceV2Schema,
  InstanceV3Schema,
  StoredSeriesSchema,
} from '../../shared/domain/upload/instance.ts'
import {
  ArrivalSchema,
  ManifestChunkSchema,
  UploadSessionV1Schema,
  UploadSessionV2Schema,
} from '../../shared/domain/upload/upload-session.ts'
import { CounterSchema } from '../../shared/ledger/counters.ts'
import { PatientRecordSchema, PatientRecordV1Schema } from '../../shared/ledger/patient-seal.ts'

/**
 * Everything that outlives a deployment, by name and version. A record written under one version must be read by the next
 * release: a changed schema under an unchanged version fails here. Then either take the change back, or give the schema the
 * next version, keep reading the old one, and add the new line to the file beside the old one, which stays.
 */
const stored: Readonly<Record<string, z.ZodType>> = {
  'overread/case@1': CaseV1Schema,
  'overread/case@2': CaseV2Schema,
  'overread/case@3': CaseV3Schema,
  'overread/case@4': CaseSchema,
  'overread/case-event@1': CaseEventV1Schema,
  'overread/case-event@2': CaseEventV2Schema,
  'overread/case-event@3': CaseEventV3Schema,
  'overread/case-event@4': CaseEventSchema,
  'overread/audit@1': AuditRecordSchema,
  'overread/residency-decision@1': DecisionRecordSchema,
  'overread/jurisdiction-policy@1': JurisdictionPolicySchema,
  'overread/network@1': NetworkDefinitionV1Schema,
  'overread/network@2': NetworkDefinitionV2Schema,
  'overread/network@3': NetworkDefinitionSchema,
  'overread/patient-record@1': PatientRecordV1Schema,
  'overread/patient-record@2': PatientRecordSchema,
  'overread/upload@1': UploadSessionV1Schema,
  'overread/upload@2': UploadSessionV2Schema,
  'overread/manifest@1': ManifestChunkSchema,
  'overread/arrival@1': ArrivalSchema,
  'overread/instance@1': InstanceV1Schema,
  'overread/instance@2': InstanceV2Schema,
  'overread/instance@3': InstanceV3Schema,
  'overread/series@1': StoredSeriesSchema,
  'overread/report@1': SealedReportSchema,
  'overread/attachment@1': AttachmentRecordSchema,
  'overread/home-report@1': HomeReportV1Schema,
  'overread/home-report@2': HomeReportV2Schema,
  'overread/note@1': NoteSchema,
  'overread/draft@1': ReportDraftSchema,
  'overread/declined-reading@1': DeclinedReadingSchema,
  'overread/counter@1': CounterSchema,
  'overread/outbox@1': OutboxMessageV1Schema,
  'overread/outbox@2': OutboxMessageV2Schema,
  'overread/outbox@3': OutboxMessageSchema,
  'overread/copy@1': CopyRecordSchema,
  'overread/study-copies@1': StudyCopiesSchema,
  'overread/retention-file@1': RetentionFileSchema,
  'overread/legal-hold@1': LegalHoldSchema,
}

/** Words about a field are not its form. */
const said = new Set(['description', 'examples', 'title', 'id', '$id'])

const form = (value: unknown, inProperties = false): JsonValue => {
  if (Array.isArray(value)) return value.map((one) => form(one))
  if (typeof value !== 'object' || value === null) return value as JsonValue
  const members = Object.entries(value).filter(([name]) => inProperties || !said.has(name))
  return Object.fromEntries(members.map(([name, member]) => [name, form(member, name === 'properties')]))
}

const digest = (schema: z.ZodType): string =>
  createHash('sha256')
    .update(canonicalJson(form(z.toJSONSchema(schema, { unrepresentable: 'any' }))))
    .digest('hex')
    .slice(0, 16)

const known = JSON.parse(readFileSync(new URL('../fixtures/stored-schemas.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>

describe('what is stored', () => {
  test.each(Object.entries(stored))('%s has the form it had when records were written', (name, schema) => {
    expect({ [name]: digest(schema) }).toEqual({ [name]: known[name] })
  })

  test('every version a schema claims for itself is the version it is known under', () => {
    for (const [name, schema] of Object.entries(stored)) {
      const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
      const literal = shape['schema']
      if (literal instanceof z.ZodLiteral) expect(literal.value).toBe(name)
    }
  })

  test('a new field, a changed bound and a dropped value are seen; a better description is not', () => {
    const before = z.strictObject({ a: z.string().max(3), b: z.enum(['x', 'y']) })
    const changed = [
      before.extend({ c: z.string().optional() }),
      z.strictObject({ a: z.string().max(4), b: z.enum(['x', 'y']) }),
      z.strictObject({ a: z.string().max(3), b: z.enum(['x']) }),
      before.extend({ description: z.string() }),
    ]
    for (const one of changed) expect(digest(one)).not.toBe(digest(before))
    expect(digest(before.meta({ description: 'better said' }))).toBe(digest(before))
  })
})
