import * as z from 'zod'
import { canonicalJson } from '../canonical-json.ts'
import { AuditRecordSchema, GENESIS_HASH, hashRecord, type AuditRecord } from './audit-record.ts'
import { SignedCheckpointSchema, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts'

/** What an auditor takes away: records of whole chains, the checkpoints that cover them, the key to check them with. */
export const AuditBundleSchema = z
  .strictObject({
    schema: z.literal('overread/audit-bundle@1'),
    /** The chains the bundle holds, empty or not: a chain that was wiped has no record to miss. Absent: made before it was said. */
    chains: z.array(z.string()).optional(),
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
  /** `unknown-key`: by no key that is trusted, and it names another than the cell's own. */
  readonly signed: (message: string, signatureBase64: string, keyId: string) => 'good' | 'bad' | 'unknown-key'
}

export type Broken =
  | 'schema'
  | 'edited'
  | 'deleted-or-reordered'
  | 'duplicated-or-forked'
  | 'tail-truncated'
  | 'chain-not-declared'
  | 'checkpoint-signature'
  | 'wrong-key'
  | 'checkpoint-replayed'
  | 'checkpoint-contradicts'

export interface RecordName {
  readonly chain: string
  readonly number: number
}

export interface NumberRange {
  readonly from: number
  readonly to: number
}

/**
 * Every link holds, and every signature. What no signature covers may still have been written anew from its first record on, by
 * whoever has the table: it is `unproved`, unless it is so young that the next checkpoint is still to come.
 */
export interface Intact {
  readonly outcome: 'intact'
  readonly records: number
  readonly chains: number
  readonly checkpoints: number
  readonly unanchored: number
  /** Of each chain that no checkpoint covers, or that none has covered for an hour, the first record that is not. */
  readonly unproved: readonly RecordName[]
  /** What came after it, only the bucket where checkpoints are locked away can prove. */
  readonly newest?: Pick<Checkpoint, 'number' | 'at'>
  /** Numbers between the first and the last checkpoint that are missing, where those locked away were given. */
  readonly gaps: readonly NumberRange[]
}

export type Verification =
  | Intact
  | { readonly outcome: 'nothing-to-prove'; readonly checkpoints: number }
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
  switch (verifier.signed(canonicalJson(checkpoint), signature, keyId)) {
    case 'good':
      return undefined
    case 'bad':
      return broken('checkpoint-signature', 'checkpoints', checkpoint.number)
    case 'unknown-key':
      return broken('wrong-key', 'checkpoints', checkpoint.number)
  }
}

/** Checkpoints chain too. A bundle may hold only those that cover it, so a gap is no fault; a repeat, or two that disagree, is. */
function brokenOrder(checkpoints: readonly Checkpoint[], sha256: Verifier['sha256']): Verification | undefined {
  for (const [at, checkpoint] of checkpoints.entries()) {
    const before = checkpoints[at - 1]
    if (before === undefined) continue
    const isTwin = checkpoint.number === before.number && canonicalJson(checkpoint) !== canonicalJson(before)
    if (isTwin) return broken('checkpoint-contradicts', 'checkpoints', checkpoint.number)
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
  checkpoints
    .flatMap(({ heads }) => heads)
    .reduce((last, head) => (head.chainDigest === digest ? Math.max(last, head.number) : last), 0)

/** A checkpoint is signed each minute; a cell that has much to sign takes some. */
const COVERED_WITHIN_MS = 3_600_000

/**
 * By the clock of the newest record, which is that of whoever took the bundle away, or of the newest checkpoint: a record that says
 * it is older than what was signed long after it, and was not signed, was put in since.
 */
function unprovedOf(own: readonly AuditRecord[], anchored: number, newestMs: number): readonly RecordName[] {
  const first = own[anchored]
  if (first === undefined) return []
  const isDue = anchored === 0 || Date.parse(first.at) < newestMs - COVERED_WITHIN_MS
  return isDue ? [{ chain: first.chain, number: first.number }] : []
}

/** A chain said to be here that has no record at all, or one that is here and was not said to be. */
function brokenDeclaration(
  declared: readonly string[] | undefined,
  chains: ReadonlyMap<string, readonly AuditRecord[]>,
): Verification | undefined {
  if (declared === undefined) return undefined
  for (const [chain, own] of chains) {
    if (!declared.includes(chain)) return broken('chain-not-declared', chain, own[0]?.number ?? 0)
  }
  const wiped = declared.find((chain) => !chains.has(chain))
  return wiped === undefined ? undefined : broken('tail-truncated', wiped, 1)
}

/** Those of the bundle and those locked away, each once, by number. */
function unionOf(own: readonly Checkpoint[], locked: readonly Checkpoint[]): readonly Checkpoint[] {
  const each = new Map([...own, ...locked].map((checkpoint) => [canonicalJson(checkpoint), checkpoint]))
  return [...each.values()].sort((a, b) => a.number - b.number)
}

const gapsIn = (checkpoints: readonly Checkpoint[]): readonly NumberRange[] =>
  checkpoints.flatMap(({ number }, at) => {
    const before = checkpoints[at - 1]?.number ?? number
    return number > before + 1 ? [{ from: before + 1, to: number - 1 }] : []
  })

function verifyChains(
  chains: ReadonlyMap<string, readonly AuditRecord[]>,
  checkpoints: readonly Checkpoint[],
  sha256: Verifier['sha256'],
): Verification {
  const records = [...chains.values()].flat()
  const newestMs = [...records, ...checkpoints].reduce((newest, { at }) => Math.max(newest, Date.parse(at)), 0)
  const unproved: RecordName[] = []
  let unanchored = 0
  for (const [chain, own] of chains) {
    const digest = sha256(chain)
    const found = brokenLink(own, sha256) ?? brokenAnchor(chain, digest, own, checkpoints)
    if (found !== undefined) return found
    const anchored = Math.min(own.length, lastAnchored(digest, checkpoints))
    unanchored += own.length - anchored
    unproved.push(...unprovedOf(own, anchored, newestMs))
  }
  const newest = checkpoints.at(-1)
  return {
    outcome: 'intact',
    records: records.length,
    chains: chains.size,
    checkpoints: checkpoints.length,
    unanchored,
    unproved,
    ...(newest === undefined ? {} : { newest: { number: newest.number, at: newest.at } }),
    gaps: [],
  }
}

/**
 * Checks a bundle with nothing but its public key, and names the first broken record. Whoever has the table can leave out a
 * checkpoint together with what it covers: only those locked away, got by another way than the bundle, show that.
 */
export function verifyBundle(
  json: unknown,
  verifier: Verifier,
  locked: readonly SignedCheckpoint[] = [],
): Verification {
  const parsed = AuditBundleSchema.safeParse(json)
  if (!parsed.success) return broken('schema', parsed.error.issues[0]?.path.slice(0, 2).join('.') ?? '', 0)
  const { chains: declared, records, checkpoints: signed } = parsed.data
  for (const one of [...signed, ...locked]) {
    const found = brokenCheckpoint(one, verifier)
    if (found !== undefined) return found
  }
  const own = signed.map(({ checkpoint }) => checkpoint)
  const all = unionOf(
    own,
    locked.map(({ checkpoint }) => checkpoint),
  )
  const chains = Map.groupBy(records, ({ chain }) => chain)
  const found =
    brokenOrder(own, verifier.sha256) ?? brokenOrder(all, verifier.sha256) ?? brokenDeclaration(declared, chains)
  if (found !== undefined) return found
  if (records.length === 0) return { outcome: 'nothing-to-prove', checkpoints: all.length }
  const result = verifyChains(chains, all, verifier.sha256)
  return result.outcome === 'intact' && locked.length > 0 ? { ...result, gaps: gapsIn(all) } : result
}
