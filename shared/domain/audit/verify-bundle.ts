import * as z from 'zod'
import { canonicalJson } from '../canonical-json.ts'
import { AuditRecordSchema, GENESIS_HASH, hashRecord, type AuditRecord } from './audit-record.ts'
import { SignedCheckpointSchema, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts'

/** What an auditor takes away: records of whole chains, the checkpoints that cover them, the key to check them with. */
export const AuditBundleSchema = z
  .strictObject({
    schema: z.literal('overread/audit-bundle@1'),
    records: z.array(AuditRecordSchema),
    checkpoints: z.array(SignedCheckpointSchema),
    publicKey: z.strictObject({ keyId: z.string(), pem: z.string() }),
  })
  .meta({ id: 'AuditBundle' })
export type AuditBundle = z.infer<typeof AuditBundleSchema>

/** Cryptography comes from outside: the domain has none. */
export interface Verifier {
  /** Lower-case hex SHA-256 of the UTF-8 bytes. */
  readonly sha256: (text: string) => string
  readonly signed: (message: string, signatureBase64: string, keyId: string) => boolean
}

export type Broken =
  | 'schema'
  | 'edited'
  | 'deleted-or-reordered'
  | 'duplicated-or-forked'
  | 'tail-truncated'
  | 'checkpoint-signature'
  | 'checkpoint-replayed'
  | 'checkpoint-contradicts'

export interface RecordName {
  readonly chain: string
  readonly number: number
}

/**
 * Every link holds, and every signature. What no signature covers may still have been written anew from its first record on, by
 * whoever has the table: it is `unproved`, unless it is so young that the next checkpoint is still to come.
 */
export type Verification =
  | {
      readonly outcome: 'intact'
      readonly records: number
      readonly chains: number
      readonly checkpoints: number
      readonly unanchored: number
      /** Of each chain that no checkpoint covers, or that none has covered for an hour, the first record that is not. */
      readonly unproved: readonly RecordName[]
    }
  | { readonly outcome: 'broken'; readonly broken: Broken; readonly chain: string; readonly number: number }

const broken = (what: Broken, chain: string, number: number): Verification => ({
  outcome: 'broken',
  broken: what,
  chain,
  number,
})

/** One chain in the order in which its records stand in the bundle: the first that does not follow from the one before. */
function brokenLink(records: readonly AuditRecord[], sha256: Verifier['sha256']): Verification | undefined {
  let previous = { number: 0, hash: GENESIS_HASH }
  for (const record of records) {
    const { chain, number } = record
    if (number <= previous.number) return broken('duplicated-or-forked', chain, number)
    if (number !== previous.number + 1) return broken('deleted-or-reordered', chain, previous.number + 1)
    if (hashRecord(record, sha256) !== record.hash) return broken('edited', chain, number)
    if (record.previousHash !== previous.hash) return broken('edited', chain, number)
    previous = record
  }
  return undefined
}

function brokenCheckpoint(
  { checkpoint, keyId, signature }: SignedCheckpoint,
  verifier: Verifier,
): Verification | undefined {
  return verifier.signed(canonicalJson(checkpoint), signature, keyId)
    ? undefined
    : broken('checkpoint-signature', 'checkpoints', checkpoint.number)
}

/** Checkpoints chain too. A bundle may hold only those that cover it, so a gap is no fault; a repeat, or two that disagree, is. */
function brokenOrder(checkpoints: readonly Checkpoint[], sha256: Verifier['sha256']): Verification | undefined {
  for (const [at, checkpoint] of checkpoints.entries()) {
    const before = checkpoints[at - 1]
    if (before === undefined) continue
    if (checkpoint.number <= before.number || checkpoint.at < before.at)
      return broken('checkpoint-replayed', 'checkpoints', checkpoint.number)
    const follows = checkpoint.number === before.number + 1
    if (follows && checkpoint.previousHash !== sha256(canonicalJson(before)))
      return broken('checkpoint-contradicts', 'checkpoints', checkpoint.number)
  }
  return undefined
}

/** What was signed must still be there: the record with that number and that hash. */
function brokenAnchor(
  chain: string,
  digest: string,
  records: readonly AuditRecord[],
  checkpoints: readonly Checkpoint[],
): Verification | undefined {
  for (const { heads } of checkpoints) {
    for (const head of heads) {
      if (head.chainDigest !== digest) continue
      const record = records[head.number - 1]
      if (record === undefined) return broken('tail-truncated', chain, records.length + 1)
      if (record.hash !== head.hash) return broken('checkpoint-contradicts', chain, head.number)
    }
  }
  return undefined
}

const lastAnchored = (digest: string, checkpoints: readonly Checkpoint[]): number =>
  Math.max(
    0,
    ...checkpoints.flatMap(({ heads }) => heads.flatMap((head) => (head.chainDigest === digest ? [head.number] : []))),
  )

/** A checkpoint is signed each minute; a cell that has much to sign takes some. */
const COVERED_WITHIN_MS = 3_600_000

/** By the clock of the newest record, which is that of whoever took the bundle away. */
function unprovedOf(own: readonly AuditRecord[], anchored: number, newestMs: number): readonly RecordName[] {
  const first = own[anchored]
  if (first === undefined) return []
  const isDue = anchored === 0 || Date.parse(first.at) < newestMs - COVERED_WITHIN_MS
  return isDue ? [{ chain: first.chain, number: first.number }] : []
}

/** Checks a bundle with nothing but its public key, and names the first broken record. */
export function verifyBundle(json: unknown, verifier: Verifier): Verification {
  const parsed = AuditBundleSchema.safeParse(json)
  if (!parsed.success) return broken('schema', parsed.error.issues[0]?.path.slice(0, 2).join('.') ?? '', 0)
  const { records, checkpoints: signed } = parsed.data
  const checkpoints = signed.map(({ checkpoint }) => checkpoint)
  for (const one of signed) {
    const found = brokenCheckpoint(one, verifier)
    if (found !== undefined) return found
  }
  const order = brokenOrder(checkpoints, verifier.sha256)
  if (order !== undefined) return order
  const chains = Map.groupBy(records, ({ chain }) => chain)
  const newestMs = Math.max(...records.map(({ at }) => Date.parse(at)))
  const unproved: RecordName[] = []
  let unanchored = 0
  for (const [chain, own] of chains) {
    const digest = verifier.sha256(chain)
    const found = brokenLink(own, verifier.sha256) ?? brokenAnchor(chain, digest, own, checkpoints)
    if (found !== undefined) return found
    const anchored = Math.min(own.length, lastAnchored(digest, checkpoints))
    unanchored += own.length - anchored
    unproved.push(...unprovedOf(own, anchored, newestMs))
  }
  return {
    outcome: 'intact',
    records: records.length,
    chains: chains.size,
    checkpoints: checkpoints.length,
    unanchored,
    unproved,
  }
}
