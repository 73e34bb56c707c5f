import * as z from 'zod'
import { canonicalJson } from '../canonical-json.ts'
import { ActorSchema } from '../case/events.ts'
import { InstantSchema } from '../instant.ts'
import { DecisionRecordSchema } from '../residency/decision-record.ts'

/** What is written down of each access, decision, change and refusal. It names no patient: the case id stands for them. */
export const AuditEntrySchema = z.strictObject({
  at: InstantSchema,
  by: ActorSchema,
  action: z.enum(['create', 'read', 'change', 'decide', 'release', 'refuse', 'query', 'erase']),
  operation: z.string().max(64),
  outcome: z.enum(['success', 'refused', 'failed']),
  code: z.string().max(64).optional(),
  referralId: z.string().optional(),
  requestId: z.string().max(128).optional(),
  decision: DecisionRecordSchema.optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
})
export type AuditEntry = z.infer<typeof AuditEntrySchema>

/** An entry in its chain: `hash` is SHA-256 over the previous hash and the canonical JSON of everything but `hash`. */
export const AuditRecordSchema = AuditEntrySchema.extend({
  schema: z.literal('overread/audit@1'),
  chain: z.string(),
  number: z.int().positive(),
  previousHash: z.string(),
  hash: z.string(),
}).meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof AuditRecordSchema>

/** Cryptography comes from outside: the domain has none. `sha256` answers lower-case hex of the UTF-8 bytes. */
export const hashRecord = (
  { hash: _, ...bare }: Omit<AuditRecord, 'hash'> & { readonly hash?: string },
  sha256: (text: string) => string,
): string => sha256(bare.previousHash + canonicalJson(bare))

/** What the first record of a chain follows. */
export const GENESIS_HASH = '0'.repeat(64)
