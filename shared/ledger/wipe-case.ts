import type { Case, ReferralId } from '../domain/case/case.ts'
import type { Instant } from '../domain/instant.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import type { ErasureProof } from '../domain/retention/retention-file.ts'
import { arrivalPrefixes } from '../domain/upload/upload-session.ts'
import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { Eraser } from '../ports/eraser.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import { caseRowKeys } from './case-rows.ts'
import { casePartition, keys } from './keys.ts'
import { orderGuards } from './order-guards.ts'
import { outboxRowsOf } from './outbox.ts'
import { rememberedRowsOf } from './remembered-answers.ts'
import { rowsElsewhereOf } from './rows-elsewhere.ts'
import { walkPartition } from './walk-partition.ts'

export interface ErasurePorts {
  readonly store: RecordStore
  readonly eraser: Eraser
  readonly keys: Pick<KeyVault, 'mac'>
  readonly clock: Clock
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

/** Room in a transaction for what concludes it. */
const BATCH = 90

const removal = ({ partition, sort }: RecordKey): RecordWrite => ({ write: 'remove', when: 'always', partition, sort })

const distinct = (rows: readonly RecordKey[]): readonly RecordKey[] => [
  ...new Map(rows.map((row) => [`${row.partition}\n${row.sort}`, row])).values(),
]

async function removeRecords(store: RecordStore, found: readonly RecordKey[]): Promise<void> {
  const each = distinct(found)
  for (let at = 0; at < each.length; at += BATCH) {
    await store.transact(each.slice(at, at + BATCH).map(removal))
  }
}

/** A cancelled case gave its order number back: the guard may be that of the referral that took its place. */
async function stillOwn(store: RecordStore, referralId: ReferralId, rows: readonly RecordKey[]): Promise<RecordKey[]> {
  const standing = await Promise.all(distinct(rows).map((row) => store.read(row)))
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
    ...caseRowKeys(c),
    ...(await outboxRowsOf(store, referralId)),
    ...(await rememberedRowsOf(store, referralId)),
    ...lists.map((orgId) => keys.caseRow(orgId, milestones.submittedAt ?? '', referralId)),
  ]
}

/** The marks that lead elsewhere go last: a crash before leaves a repeat what it needs to find the rest. */
const isKept = ({ sort }: RecordKey): boolean => ['erasing', 'erased'].includes(sort) || sort.startsWith('audit')

/** All of a case but itself: objects with every version, its rows wherever they lie, its dead letters. */
export async function wipe(ports: ErasurePorts, c: Case, network: NetworkIndex): Promise<ErasureProof> {
  let [objects, bytes] = [0, 0]
  for (const [bucket, prefix] of places(c.referralId)) {
    const erased = await ports.eraser.eraseUnder(bucket, prefix)
    objects += erased.objects
    bytes += erased.bytes
  }
  await ports.eraser.eraseDeadLetters(c.referralId)
  await removeRecords(ports.store, await rowsElsewhere(ports, c, network))
  const own: RecordKey[] = []
  for await (const record of walkPartition(ports.store, casePartition(c.referralId)))
    if (!isKept(record)) own.push(record)
  await removeRecords(ports.store, own)
  return { objects, bytes, records: own.length + 1 }
}
