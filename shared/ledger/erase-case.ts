import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { Case, ReferralId } from '../domain/case/case.ts'
import type { Actor } from '../domain/case/events.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { Refusal } from '../domain/refusal.ts'
import type { ErasureDecision } from '../domain/retention/decide-erasure.ts'
import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { Eraser } from '../ports/eraser.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import { appendAudit, auditWrites, caseChain } from './audit-chain.ts'
import type { LoadedCase } from './case-ledger.ts'
import { keys } from './keys.ts'
import { guardsOf } from './order-guards.ts'
import { recordsUnder } from './upload-ledger.ts'

export interface ErasurePorts {
  readonly store: RecordStore
  readonly eraser: Eraser
  readonly keys: Pick<KeyVault, 'mac' | 'open'>
  readonly clock: Clock
}

export interface ErasureOrder {
  readonly loaded: LoadedCase
  readonly decision: Extract<ErasureDecision, { outcome: 'erase' }>
  readonly requestedBy: string
  readonly confirmedBy: Actor
  readonly requestId: string
}

/** What is left of a case: counts, and by whose order and which rules. Nothing of the patient. */
export interface ErasureProof {
  readonly objects: number
  readonly bytes: number
  readonly records: number
}

/** Where objects of a case lie, by the beginning of their keys. */
const places = (id: ReferralId): readonly (readonly [BucketClass, string])[] => [
  ['incoming', `studies/${id}/`],
  ['incoming', `attachments/${id}/`],
  ['quarantine', `studies/${id}/`],
  ['images', `studies/${id}/`],
  ['images', `metadata/${id}/`],
  ['reports', `attachments/${id}/`],
  ['reports', `reports/${id}/`],
]

const entryOf = (ports: ErasurePorts, order: ErasureOrder, facts: NonNullable<AuditEntry['facts']>): AuditEntry => ({
  at: ports.clock.now(),
  by: order.confirmedBy,
  action: 'erase',
  operation: 'eraseCase',
  outcome: 'success',
  referralId: order.loaded.case.referralId,
  requestId: order.requestId,
  facts: {
    requestedBy: order.requestedBy,
    ruleIds: [...order.decision.ruleIds],
    policyVersion: order.decision.policyVersion,
    ...facts,
  },
})

const isKept = ({ sort }: RecordKey): boolean => sort === 'case' || sort.startsWith('audit')

/** Room in a transaction for the case, the proof and the head of its chain. */
const BATCH = 90

async function removeRecords(store: RecordStore, found: readonly RecordKey[]): Promise<void> {
  for (let at = 0; at < found.length; at += BATCH) {
    const batch = found.slice(at, at + BATCH)
    await store.transact(
      batch.map(({ partition, sort }): RecordWrite => ({ write: 'remove', when: 'always', partition, sort })),
    )
  }
}

/** A party keeps its row of a case it was once party to, so the rows of all organisations are looked for. */
async function rowsElsewhere(ports: ErasurePorts, c: Case, network: NetworkIndex): Promise<RecordKey[]> {
  const guards = await guardsOf(ports.keys, c)
  const { submittedAt } = c.milestones
  const lists = submittedAt === undefined ? [] : [...network.organisations.keys()]
  return [...guards, ...lists.map((orgId) => keys.caseRow(orgId, submittedAt ?? '', c.referralId))]
}

const ATTEMPTS = 12

/** The case itself goes last, with the proof in the same transaction: until then a crash leaves what a repeat needs. */
async function concludeWith(ports: ErasurePorts, order: ErasureOrder, proof: ErasureProof): Promise<void> {
  const { referralId } = order.loaded.case
  const chain = caseChain(referralId)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = await ports.store.read(keys.auditHead(chain))
    const outcome = await ports.store.transact([
      { write: 'remove', when: { version: order.loaded.version }, ...keys.case(referralId) },
      ...auditWrites(chain, head, [entryOf(ports, order, { step: 'erased', ...proof })]),
    ])
    if (outcome.outcome === 'committed') return
    if (outcome.at.sort === 'case') throw new Refusal('stale-version')
  }
  throw new Refusal('busy', { what: 'audit' })
}

/**
 * Erases a case of which `decideErasure` said that it may be: objects with all versions, every record but the audit, the
 * rows and guards outside its partition. The audit names no patient and proves the erasure. Remembered answers hold ids
 * and states only and expire within a day of their command.
 */
export async function eraseCase(
  ports: ErasurePorts,
  network: NetworkIndex,
  order: ErasureOrder,
): Promise<ErasureProof> {
  const { case: c } = order.loaded
  await appendAudit(ports.store, caseChain(c.referralId), [entryOf(ports, order, { step: 'begun' })])
  let [objects, bytes] = [0, 0]
  for (const [bucket, prefix] of places(c.referralId)) {
    const erased = await ports.eraser.eraseUnder(bucket, prefix)
    objects += erased.objects
    bytes += erased.bytes
  }
  const own: RecordKey[] = []
  for await (const record of recordsUnder(ports.store, c.referralId, '')) if (!isKept(record)) own.push(record)
  await removeRecords(ports.store, [...own, ...(await rowsElsewhere(ports, c, network))])
  const proof = { objects, bytes, records: own.length + 1 }
  await concludeWith(ports, order, proof)
  await ports.eraser.scrub()
  return proof
}
