import type { AuditEntry } from '../../shared/domain/audit/audit-record.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { StoredInstanceSchema, type StoredInstance } from '../../shared/domain/upload/instance.ts'
import type { ObjectReason } from '../../shared/domain/upload/object-reason.ts'
import type { Arrival, ObjectPlace } from '../../shared/domain/upload/upload-session.ts'
import { caseChain, transactWithAudit } from '../../shared/ledger/audit-chain.ts'
import { transactBesideCase, unlessErased } from '../../shared/ledger/erased-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { instanceDigest } from '../../shared/ledger/instance-digest.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { RecordStore, RecordWrite, TransactOutcome } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export const ingest: Actor = { kind: 'overread', id: 'ingest' }

interface RecordPorts {
  readonly store: RecordStore
  readonly clock: Clock
}

export interface StoredArrival {
  readonly place: ObjectPlace
  readonly instance: StoredInstance
}

const arrivalWrite = ({ referralId, uploadId, index }: ObjectPlace, arrival: Arrival): RecordWrite => ({
  write: 'put',
  when: 'absent',
  ...keys.arrival(referralId, uploadId, index),
  body: plain(arrival),
})

const countWrite = ({ referralId, uploadId }: ObjectPlace, counts: Record<string, number>): RecordWrite => ({
  write: 'add',
  ...keys.uploadCounts(referralId, uploadId),
  counts,
})

const instanceKey = ({ place, instance }: StoredArrival) =>
  keys.instance(place.referralId, instanceDigest(place.referralId, instance.sopInstanceUid))

function storedWrites(arrivals: readonly StoredArrival[], at: string): RecordWrite[] {
  const byUpload = Map.groupBy(arrivals, ({ place }) => place.uploadId)
  return [
    ...arrivals.flatMap((one): RecordWrite[] => [
      arrivalWrite(one.place, { index: one.place.index, state: 'stored', at }),
      { write: 'put', when: 'absent', ...instanceKey(one), body: plain(one.instance) },
    ]),
    ...[...byUpload.values()].flatMap((group) =>
      group[0] === undefined ? [] : [countWrite(group[0].place, { stored: group.length })],
    ),
  ]
}

/** Asked before the copy: the images bucket keeps what it is given, so another object under the same UID must not get there. */
export async function conflicts({ store }: Pick<RecordPorts, 'store'>, one: StoredArrival): Promise<boolean> {
  const found = await store.read(instanceKey(one))
  return found !== undefined && StoredInstanceSchema.parse(found.body).sha256 !== one.instance.sha256
}

export type Recorded = 'recorded' | 'known' | 'conflict'

/** What a failed condition means for one object: a repeat of itself, or another object under its SOP Instance UID. */
function meaningOf(
  outcome: Extract<TransactOutcome, { outcome: 'condition-failed' }>,
  { instance }: StoredArrival,
): Recorded | 'duplicate' {
  if (outcome.at.sort.startsWith('arrival#')) return 'known'
  const found = StoredInstanceSchema.safeParse(outcome.found?.body)
  if (!found.success) throw new Refusal('busy', { what: 'instance' })
  return found.data.sha256 === instance.sha256 ? 'duplicate' : 'conflict'
}

async function recordOne(ports: RecordPorts, one: StoredArrival): Promise<Recorded> {
  const at = ports.clock.now()
  const outcome = await transactBesideCase(ports, one.place.referralId, storedWrites([one], at))
  if (outcome.outcome === 'committed') return 'recorded'
  const meaning = meaningOf(outcome, one)
  if (meaning !== 'duplicate') return meaning
  // The same bytes sent twice, in two uploads or under two numbers: the study has them, and nothing is missing.
  const arrival: Arrival = { index: one.place.index, state: 'stored', reason: 'duplicate', at }
  const writes = [arrivalWrite(one.place, arrival), countWrite(one.place, { stored: 1 })]
  const again = await transactBesideCase(ports, one.place.referralId, writes)
  return again.outcome === 'committed' ? 'recorded' : 'known'
}

/** A batch in one transaction, counted exactly once; one by one where something of it was known already. */
export async function recordStored(
  ports: RecordPorts,
  referralId: ReferralId,
  arrivals: readonly StoredArrival[],
): Promise<readonly Recorded[]> {
  if (arrivals.length > 1) {
    const outcome = await transactBesideCase(ports, referralId, storedWrites(arrivals, ports.clock.now()))
    if (outcome.outcome === 'committed') return arrivals.map(() => 'recorded')
  }
  const recorded: Recorded[] = []
  for (const one of arrivals) recorded.push(await recordOne(ports, one))
  return recorded
}

/** A failed object, its reason and the record of the refusal stand or fall together. */
export async function recordFailed(ports: RecordPorts, place: ObjectPlace, reason: ObjectReason): Promise<void> {
  const { referralId, uploadId, index } = place
  const at = ports.clock.now()
  const entry: AuditEntry = {
    at,
    by: ingest,
    action: 'refuse',
    operation: 'ingest',
    outcome: 'refused',
    referralId,
    facts: { uploadId, index, reason },
  }
  // Not committed: its arrival stands already, by an earlier delivery of the same message, or the case is gone.
  await transactWithAudit(
    ports.store,
    caseChain(referralId),
    [entry],
    [
      unlessErased(referralId),
      arrivalWrite(place, { index, state: 'failed', reason, at }),
      countWrite(place, { failed: 1 }),
    ],
  )
}
