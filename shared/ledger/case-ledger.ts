import { type Case, type ReferralId } from '../domain/case/case.ts'
import { StoredCaseEventSchema, StoredCaseSchema } from '../domain/case/stored-case.ts'
import { type CaseEvent } from '../domain/case/events.ts'
import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { RecordKey, RecordStore, RecordWrite, StoredRecord } from '../ports/record-store.ts'
import { auditWrites, caseChain } from './audit-chain.ts'
import { plain, rowWrites } from './case-rows.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'
import { outboxFor, outboxWrite } from './outbox.ts'
import { rememberWrites, type Remembered } from './remembered-answers.ts'

export interface LoadedCase {
  readonly case: Case
  readonly version: number
}

export async function loadCase(store: RecordStore, referralId: ReferralId): Promise<LoadedCase | undefined> {
  const record = await store.read(keys.case(referralId))
  return record === undefined ? undefined : { case: StoredCaseSchema.parse(record.body), version: record.version }
}

export async function loadEvents(
  store: RecordStore,
  referralId: ReferralId,
  from = 0,
  to = 99_999_999,
): Promise<CaseEvent[]> {
  const range = { from: keys.event(referralId, from + 1).sort, to: keys.event(referralId, to + 1).sort }
  const records = walkPartition(store, casePartition(referralId), range)
  return Array.fromAsync(records, ({ body }) => StoredCaseEventSchema.parse(body))
}

export interface CaseCommit {
  readonly loaded: LoadedCase | undefined
  readonly after: Case
  readonly events: readonly CaseEvent[]
  readonly audit: readonly AuditEntry[]
  readonly writes?: readonly RecordWrite[]
  readonly remember?: Remembered
  readonly newId: () => string
}

export type CommitOutcome =
  | { readonly outcome: 'committed'; readonly version: number }
  | { readonly outcome: 'case-changed' }
  | { readonly outcome: 'answered-before'; readonly found: StoredRecord }
  | { readonly outcome: 'guarded'; readonly at: RecordKey }

function commitWrites(commit: CaseCommit, head: StoredRecord | undefined, version: number): RecordWrite[] {
  const { loaded, after, events, newId } = commit
  const { referralId } = after
  const first = loaded?.case.eventCount ?? 0
  return [
    {
      write: 'put',
      when: loaded === undefined ? 'absent' : { version: loaded.version },
      ...keys.case(referralId),
      body: plain(after),
    },
    ...events.map((e, at): RecordWrite => ({
      write: 'put',
      when: 'absent',
      ...keys.event(referralId, first + at + 1),
      body: plain(e),
    })),
    ...auditWrites(caseChain(referralId), head, commit.audit),
    ...rowWrites(loaded?.case, after, version),
    ...outboxFor(loaded?.case, after, events).map((message) => outboxWrite(referralId, newId(), message)),
    ...rememberWrites(referralId, commit.remember),
    ...(commit.writes ?? []),
  ]
}

const same = (a: RecordKey, b: RecordKey): boolean => a.partition === b.partition && a.sort === b.sort

/**
 * One transaction: the new case on condition of its version, its events, the audit records, every row it shows in, the
 * messages it sets in motion, the remembered answer and whatever else must stand or fall with it.
 */
export async function commitCase(store: RecordStore, commit: CaseCommit): Promise<CommitOutcome> {
  const { referralId } = commit.after
  const head = await store.read(keys.auditHead(caseChain(referralId)))
  const version = (commit.loaded?.version ?? 0) + 1
  const outcome = await store.transact(commitWrites(commit, head, version))
  if (outcome.outcome === 'committed') return { outcome: 'committed', version }
  if (commit.remember !== undefined && same(outcome.at, commit.remember.key) && outcome.found !== undefined) {
    return { outcome: 'answered-before', found: outcome.found }
  }
  const guard = commit.writes?.some((write) => same(write, outcome.at)) ?? false
  return guard ? { outcome: 'guarded', at: outcome.at } : { outcome: 'case-changed' }
}
