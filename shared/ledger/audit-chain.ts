import { setTimeout as pause } from 'node:timers/promises'
import {
  AuditRecordSchema,
  GENESIS_HASH,
  hashRecord,
  type AuditEntry,
  type AuditRecord,
} from '../domain/audit/audit-record.ts'
import type { ReferralId } from '../domain/case/case.ts'
import { Refusal } from '../domain/refusal.ts'
import type { RecordStore, RecordWrite, StoredRecord, TransactOutcome } from '../ports/record-store.ts'
import { plain } from './case-rows.ts'
import { casePartition, keys } from './keys.ts'
import { sha256 } from './sha256.ts'

export const caseChain = (referralId: ReferralId): string => casePartition(referralId)

/** Accesses that belong to no case: lists, KPIs, refusals of unknown ids. One chain an organisation and day. */
export const orgChain = (orgId: string, at: string): string => `org#${orgId}#audit#${at.slice(0, 10)}`

function link(chain: string, entry: AuditEntry, number: number, previousHash: string): AuditRecord {
  const record = { ...(plain(entry) as AuditEntry), schema: 'overread/audit@1' as const, chain, number, previousHash }
  return AuditRecordSchema.parse({ ...record, hash: hashRecord(record, sha256) })
}

/** The writes that append `entries` after the head that was read: they fail together when somebody else appended first. */
export function auditWrites(
  chain: string,
  head: StoredRecord | undefined,
  entries: readonly AuditEntry[],
): RecordWrite[] {
  if (entries.length === 0) return []
  let number = typeof head?.body['number'] === 'number' ? head.body['number'] : 0
  let hash = typeof head?.body['hash'] === 'string' ? head.body['hash'] : GENESIS_HASH
  const writes: RecordWrite[] = []
  for (const entry of entries) {
    const record = link(chain, entry, number + 1, hash)
    number = record.number
    hash = record.hash
    writes.push({ write: 'put', when: 'absent', ...keys.auditRecord(chain, number), body: plain(record) })
  }
  const when = head === undefined ? ('absent' as const) : { version: head.version }
  writes.push({ write: 'put', when, ...keys.auditHead(chain), body: { number, hash } })
  writes.push({ write: 'put', when: 'always', ...keys.auditPending(chain), body: { number, hash } })
  return writes
}

const ATTEMPTS = 12
const LONGEST_PAUSE_MS = 400

/** Full jitter: functions that met at the head of a chain once must not meet there again. */
export const pauseAfter = (attempt: number): Promise<void> =>
  pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt))

/** Writes and the entries that tell of them, together; again only when somebody else appended to the chain first. */
export async function transactWithAudit(
  store: RecordStore,
  chain: string,
  entries: readonly AuditEntry[],
  writes: readonly RecordWrite[],
): Promise<TransactOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pauseAfter(attempt)
    const head = await store.read(keys.auditHead(chain))
    const outcome = await store.transact([...writes, ...auditWrites(chain, head, entries)])
    if (outcome.outcome === 'committed' || !outcome.at.sort.startsWith('audit')) return outcome
  }
  throw new Refusal('busy', { what: 'audit' })
}

async function append(store: RecordStore, chain: string, entries: readonly AuditEntry[]): Promise<void> {
  const { outcome } = await transactWithAudit(store, chain, entries, [])
  if (outcome !== 'committed') throw new Error('an audit record failed on what is no audit record')
}

/** The last append of each chain in this process: a viewer asks for many frames of one case at once. */
const underWay = new WeakMap<RecordStore, Map<string, Promise<void>>>()

const chainsOf = (store: RecordStore): Map<string, Promise<void>> => {
  const found = underWay.get(store) ?? new Map<string, Promise<void>>()
  underWay.set(store, found)
  return found
}

/**
 * Writes entries that belong to no change: reads, releases, refusals. Resolves only when they are durable; whoever releases
 * something awaits this first, so that no byte leaves without its record. Appends of one process to one chain wait for each
 * other instead of racing for its head.
 */
export async function appendAudit(store: RecordStore, chain: string, entries: readonly AuditEntry[]): Promise<void> {
  const chains = chainsOf(store)
  const before = chains.get(chain) ?? Promise.resolve()
  const mine = before.then(
    () => append(store, chain, entries),
    // Whoever went before has been told of its own failure.
    () => append(store, chain, entries),
  )
  chains.set(chain, mine)
  try {
    await mine
  } finally {
    if (chains.get(chain) === mine) chains.delete(chain)
  }
}
