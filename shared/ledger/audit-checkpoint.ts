import * as z from 'zod'
import { GENESIS_HASH } from '../domain/audit/audit-record.ts'
import {
  CheckpointSchema,
  SignedCheckpointSchema,
  type Checkpoint,
  type SignedCheckpoint,
} from '../domain/audit/checkpoint.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { RecordStore, RecordWrite, StoredRecord } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import { plain } from './case-rows.ts'
import { keys } from './keys.ts'
import { sha256 } from './sha256.ts'

export interface CheckpointPorts {
  readonly store: RecordStore
  readonly objects: Pick<ObjectStore, 'put'>
  readonly keys: Pick<KeyVault, 'sign'>
  readonly clock: Clock
}

/** One checkpoint covers at most this many chains: its anchors must fit a transaction. */
const HEADS = 30

/**
 * In a chain, which checkpoint covers it. The digest is in the name of what is locked away: a table that was restored to an earlier
 * moment counts on from there, and must not meet the checkpoints of the time it has lost. Absent: signed before it was.
 */
export const AnchorSchema = z.strictObject({
  checkpoint: z.int().positive(),
  digest: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
})
export type Anchor = z.infer<typeof AnchorSchema>

export const checkpointKey = ({ checkpoint, digest }: Anchor): string =>
  `checkpoints/${String(checkpoint).padStart(10, '0')}${digest === undefined ? '' : `-${digest}`}.json`

const anchorOf = (checkpoint: Checkpoint): Anchor => ({
  checkpoint: checkpoint.number,
  digest: sha256(canonicalJson(checkpoint)).slice(0, 16),
})

const PendingSchema = z.strictObject({ number: z.int().positive(), hash: z.string() })

interface Moved extends z.infer<typeof PendingSchema> {
  readonly chain: string
  readonly version: number
}

const movedOf = ({ sort, body, version }: StoredRecord): Moved => ({
  chain: sort,
  version,
  ...PendingSchema.parse(body),
})

function checkpointOf(previous: Checkpoint | undefined, moved: readonly Moved[], at: string): Checkpoint {
  return CheckpointSchema.parse({
    schema: 'overread/audit-checkpoint@1',
    number: (previous?.number ?? 0) + 1,
    at,
    previousHash: previous === undefined ? GENESIS_HASH : sha256(canonicalJson(previous)),
    heads: moved.map(({ chain, number, hash }) => ({ chainDigest: sha256(chain), number, hash })),
  })
}

function checkpointWrites(
  last: StoredRecord | undefined,
  signed: SignedCheckpoint,
  moved: readonly Moved[],
): RecordWrite[] {
  const { number } = signed.checkpoint
  const anchor = plain(anchorOf(signed.checkpoint))
  return [
    {
      write: 'put',
      when: last === undefined ? 'absent' : { version: last.version },
      ...keys.checkpointHead,
      body: plain(signed),
    },
    ...moved.flatMap(({ chain, version }): RecordWrite[] => [
      // Moved again meanwhile: the transaction fails whole and the next sweep covers the newer head.
      { write: 'remove', when: { version }, ...keys.auditPending(chain) },
      { write: 'put', when: 'always', ...keys.auditAnchor(chain, number), body: anchor },
    ]),
  ]
}

async function sign(ports: CheckpointPorts, checkpoint: Checkpoint): Promise<SignedCheckpoint> {
  const { keyId, signature } = await ports.keys.sign(new TextEncoder().encode(canonicalJson(checkpoint)))
  return { checkpoint, keyId, signature: Buffer.from(signature).toString('base64') }
}

/** Create-only and equal each time, so it may be repeated. */
async function lock(ports: CheckpointPorts, signed: SignedCheckpoint): Promise<void> {
  const bytes = new TextEncoder().encode(canonicalJson(signed))
  await ports.objects.put({ bucket: 'audit', key: checkpointKey(anchorOf(signed.checkpoint)) }, bytes, {
    contentType: 'application/json',
  })
}

/**
 * Signs the heads of the chains that moved since the last checkpoint and locks the result away. The last one is locked away
 * again first: a crash between committing and locking must not leave a hole.
 */
export async function signCheckpoint(ports: CheckpointPorts): Promise<Checkpoint | undefined> {
  const last = await ports.store.read(keys.checkpointHead)
  const before = last === undefined ? undefined : SignedCheckpointSchema.parse(last.body)
  if (before !== undefined) await lock(ports, before)
  const page = await ports.store.list(keys.auditPending('').partition, { limit: HEADS })
  const moved = page.records.map(movedOf)
  if (moved.length === 0) return undefined
  const signed = await sign(ports, checkpointOf(before?.checkpoint, moved, ports.clock.now()))
  const outcome = await ports.store.transact(checkpointWrites(last, signed, moved))
  // A chain moved meanwhile, or another sweep signed: nothing was written, and the next minute signs the newer heads.
  if (outcome.outcome !== 'committed') return undefined
  await lock(ports, signed)
  return signed.checkpoint
}
