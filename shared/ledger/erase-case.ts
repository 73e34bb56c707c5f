import type { AuditEntry } from '../domain/audit/audit-record.ts'
import { type Case, type ReferralId } from '../domain/case/case.ts'
import { StoredCaseSchema } from '../domain/case/stored-case.ts'
import type { Actor } from '../domain/case/events.ts'
import type { Instant } from '../domain/instant.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { Refusal } from '../domain/refusal.ts'
import type { ErasureIn, ErasureProof, RetentionFile } from '../domain/retention/retention-file.ts'
import { arrivalPrefixes } from '../domain/upload/upload-session.ts'
import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { Eraser } from '../ports/eraser.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import { AnsweredBefore } from './asking.ts'
import { caseChain, transactWithAudit } from './audit-chain.ts'
import { rememberWrite, type LoadedCase, type Remembered } from './case-ledger.ts'
import { escalationRowKeys, plain } from './case-rows.ts'
import { erasedMark, requireQuiet } from './erased-case.ts'
import { casePartition, keys } from './keys.ts'
import { orderGuards } from './order-guards.ts'
import { fileWrite, loadFile, type LoadedFile } from './retention-files.ts'
import { rowsElsewhereOf } from './rows-elsewhere.ts'
import { walkPartition } from './walk-partition.ts'

export interface ErasurePorts {
  readonly store: RecordStore
  readonly eraser: Eraser
  readonly keys: Pick<KeyVault, 'mac'>
  readonly clock: Clock
}

export interface ErasureOrder {
  readonly by: Actor
  readonly requestId: string
  readonly remember?: (file: RetentionFile, version: number) => Remembered
}

/** Where objects of a case lie, by the beginning of their keys. */
const places = (id: ReferralId): readonly (readonly [BucketClass, string])[] => [
  ...Object.values(arrivalPrefixes).map((prefix) => ['incoming', `${prefix}${id}/`] as const),
  ['incoming', `attachments/${id}/`],
  ['quarantine', `studies/${id}/`],
  ['images', `studies/${id}/`],
  ['images', `metadata/${id}/`],
  ['copies', `copies/${id}/`],
  ['reports', `attachments/${id}/`],
  ['reports', `reports/${id}/`],
]

/** When the last lock of the store on anything of the case ends: asked before it begins, so that it is not left half done. */
export async function lockedUntil(
  { eraser }: Pick<ErasurePorts, 'eraser'>,
  id: ReferralId,
): Promise<Instant | undefined> {
  const locks: Instant[] = []
  for (const [bucket, prefix] of places(id)) {
    const until = await eraser.lockedUntil(bucket, prefix)
    if (until !== undefined) locks.push(until)
  }
  return locks.sort().at(-1)
}

const entryOf = (
  ports: Pick<ErasurePorts, 'clock'>,
  { by, requestId }: ErasureOrder,
  {
    referralId,
    erasure,
  }: { readonly referralId: ReferralId; readonly erasure: ErasureIn<'erasing' | 'wiped' | 'erased'> },
  facts: NonNullable<AuditEntry['facts']>,
): AuditEntry => ({
  at: ports.clock.now(),
  by,
  action: 'erase',
  operation: 'confirmErasure',
  outcome: 'success',
  referralId,
  requestId,
  facts: {
    requestedBy: erasure.requestedBy,
    confirmedBy: erasure.confirmedBy,
    ruleIds: [...erasure.ruleIds],
    policyVersion: erasure.policyVersion,
    ...facts,
  },
})

const ATTEMPTS = 12

/**
 * The case goes out of sight at once and whole: from this transaction on no read, command, message or sweep finds it, nothing
 * is written beside it, and a hold or an addendum that came in meanwhile fails it instead of being erased unseen.
 */
export async function beginErasure(
  ports: ErasurePorts,
  {
    loaded,
    file,
    erasure,
    order,
  }: {
    readonly loaded: LoadedCase
    readonly file: LoadedFile
    readonly erasure: ErasureIn<'erasing'>
    readonly order: ErasureOrder
  },
): Promise<void> {
  const { referralId } = loaded.case
  const outcome = await transactWithAudit(
    ports.store,
    caseChain(referralId),
    [entryOf(ports, order, { referralId, erasure }, { step: 'begun' })],
    [
      { write: 'remove', when: { version: loaded.version }, ...keys.case(referralId) },
      { write: 'put', when: 'absent', ...keys.erasing(referralId), body: plain(loaded.case) },
      erasedMark(referralId, erasure.begunAt),
      fileWrite(file, { ...file.file, erasure }),
    ],
  )
  if (outcome.outcome !== 'committed') throw new Refusal('stale-version')
}

/** Room in a transaction for what concludes it. */
const BATCH = 90

const removal = ({ partition, sort }: RecordKey): RecordWrite => ({ write: 'remove', when: 'always', partition, sort })

async function removeRecords(store: RecordStore, found: readonly RecordKey[]): Promise<void> {
  for (let at = 0; at < found.length; at += BATCH) {
    await store.transact(found.slice(at, at + BATCH).map(removal))
  }
}

/** A cancelled case gave its order number back: the guard may be that of the referral that took its place. */
async function stillOwn(store: RecordStore, referralId: ReferralId, rows: readonly RecordKey[]): Promise<RecordKey[]> {
  const distinct = new Map(rows.map((row) => [`${row.partition}\n${row.sort}`, row]))
  const standing = await Promise.all([...distinct.values()].map((row) => store.read(row)))
  return standing.filter((row) => row !== undefined).filter(({ body }) => body['referralId'] === referralId)
}

/** A party keeps its row of a case it was once party to, so the rows of all organisations are looked for. */
async function rowsElsewhere(
  { store, keys: vault }: ErasurePorts,
  c: Case,
  network: NetworkIndex,
): Promise<RecordKey[]> {
  const { referralId, milestones, images, referringOrgId } = c
  const { studyInstanceUid } = images
  const guards = await orderGuards(vault, referringOrgId, referralId, { studyInstanceUid })
  const lists = milestones.submittedAt === undefined ? [] : [...network.organisations.keys()]
  return [
    ...(await stillOwn(store, referralId, [...guards, ...(await rowsElsewhereOf(store, referralId))])),
    ...escalationRowKeys(c),
    ...lists.map((orgId) => keys.caseRow(orgId, milestones.submittedAt ?? '', referralId)),
  ]
}

/** The marks that lead elsewhere go last: a crash before leaves a repeat what it needs to find the rest. */
const isKept = ({ sort }: RecordKey): boolean => ['erasing', 'erased'].includes(sort) || sort.startsWith('audit')

async function wipe(ports: ErasurePorts, c: Case, network: NetworkIndex): Promise<ErasureProof> {
  let [objects, bytes] = [0, 0]
  for (const [bucket, prefix] of places(c.referralId)) {
    const erased = await ports.eraser.eraseUnder(bucket, prefix)
    objects += erased.objects
    bytes += erased.bytes
  }
  await removeRecords(ports.store, await rowsElsewhere(ports, c, network))
  const own: RecordKey[] = []
  for await (const record of walkPartition(ports.store, casePartition(c.referralId)))
    if (!isKept(record)) own.push(record)
  await removeRecords(ports.store, own)
  return { objects, bytes, records: own.length + 1 }
}

/** Everything but the case is gone: it goes with the proof, in one transaction. Somebody else may have been first. */
async function concludeWiping(
  ports: ErasurePorts,
  network: NetworkIndex,
  file: LoadedFile,
  erasure: ErasureIn<'erasing'>,
): Promise<void> {
  const { referralId } = file.file
  const record = await ports.store.read(keys.erasing(referralId))
  if (record === undefined) return
  await requireQuiet(ports, referralId)
  const proof = await wipe(ports, StoredCaseSchema.parse(record.body), network)
  await ports.store.transact([
    { write: 'remove', when: { version: record.version }, ...keys.erasing(referralId) },
    fileWrite(file, { ...file.file, erasure: { ...erasure, state: 'wiped', proof } }),
  ])
}

async function concludeErasure(
  ports: ErasurePorts,
  file: LoadedFile,
  wiped: ErasureIn<'wiped'>,
  order: ErasureOrder,
): Promise<LoadedFile | undefined> {
  await ports.eraser.scrub()
  const erasure: ErasureIn<'erased'> = { ...wiped, state: 'erased', erasedAt: ports.clock.now() }
  const { referralId } = file.file
  const after = { file: { ...file.file, erasure }, version: file.version + 1 }
  const entry = entryOf(ports, order, { referralId, erasure }, { step: 'erased', ...wiped.proof })
  const remember = order.remember?.(after.file, after.version)
  const kept = remember === undefined ? [] : [rememberWrite(remember)]
  const outcome = await transactWithAudit(
    ports.store,
    caseChain(referralId),
    [entry],
    [...kept, fileWrite(file, after.file)],
  )
  if (outcome.outcome === 'committed') return after
  if (remember?.key.partition === outcome.at.partition && outcome.found !== undefined)
    throw new AnsweredBefore(outcome.found)
  return undefined
}

/**
 * Carries a begun erasure to its end from wherever it stands: objects with all versions, the rows and guards outside the
 * case's partition, its records but the audit, the case, then what deleted records leave in the store's own files. A repeat
 * after a crash does what is left. The audit stays: it names no patient and proves the erasure.
 */
export async function finishErasure(
  ports: ErasurePorts,
  network: NetworkIndex,
  referralId: ReferralId,
  order: ErasureOrder,
): Promise<LoadedFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const loaded = await loadFile(ports.store, referralId)
    const { erasure } = loaded.file
    switch (erasure?.state) {
      case undefined:
      case 'requested':
        throw new Refusal('illegal-transition')
      case 'erasing':
        await concludeWiping(ports, network, loaded, erasure)
        break
      case 'wiped': {
        const done = await concludeErasure(ports, loaded, erasure, order)
        if (done !== undefined) return done
        break
      }
      case 'erased':
        return loaded
    }
  }
  throw new Refusal('busy', { what: 'erasure' })
}
