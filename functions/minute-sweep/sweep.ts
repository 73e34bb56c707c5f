import { ReferralIdSchema, type ReferralId } from '../../shared/domain/case/case.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import { addMinutes } from '../../shared/domain/instant.ts'
import { commandCase, type CommandPorts } from '../../shared/ledger/command-case.ts'
import { signCheckpoint, type CheckpointPorts } from '../../shared/ledger/audit-checkpoint.ts'
import { SHARDS } from '../../shared/ledger/keys.ts'
import { walkPartition } from '../../shared/ledger/walk-partition.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import { faultFields, type Log } from '../../shared/runtime/log.ts'
import { dispatchMessage, type DispatchPorts } from '../outbox-dispatch/dispatch-outbox.ts'

export interface SweepPorts extends CommandPorts, DispatchPorts, CheckpointPorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly log: Log
}

const sweeper: Actor = { kind: 'overread', id: 'sweep' }
/** An outbox message this old was not taken by the change feed. */
const LEFT_OVER_MINUTES = 1

/** Fires what is due on one case. The row that led here may be stale: the case decides what is due, not the calendar. */
async function fireDue(ports: SweepPorts, referralId: ReferralId): Promise<void> {
  const now = ports.clock.now()
  const directory = caseDirectory(await ports.network.current())
  await commandCase(ports, {
    referralId,
    by: sweeper,
    operation: 'minuteSweep',
    directory,
    prepare: () => ({ command: { command: 'fire-due', now } }),
  })
}

async function sweepDue(ports: SweepPorts): Promise<number> {
  const now = ports.clock.now()
  let fired = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const { sort, body } of await Array.fromAsync(walkPartition(ports.store, `due#${shard}`, { to: `${now}~` }))) {
      const referralId = ReferralIdSchema.safeParse(body['referralId'])
      try {
        if (!referralId.success) throw new Error(`a due row without a referral: ${sort.length} characters`)
        await fireDue(ports, referralId.data)
        fired++
      } catch (thrown) {
        // One case that cannot be handled must not cost another its deadline; the row stays due, and the alarm sees the line.
        ports.log.error('sweep-case-failed', {
          ...(referralId.success ? { referralId: referralId.data } : {}),
          ...faultFields(thrown),
        })
      }
    }
  }
  return fired
}

async function sweepOutbox(ports: SweepPorts): Promise<number> {
  const before = addMinutes(ports.clock.now(), -LEFT_OVER_MINUTES)
  let sent = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    const left = (await Array.fromAsync(walkPartition(ports.store, `outbox#${shard}`))).filter(
      ({ body: { writtenAt } }) => typeof writtenAt !== 'string' || writtenAt < before,
    )
    for (const record of left) await dispatchMessage(ports, record)
    sent += left.length
  }
  if (sent > 0) ports.log.error('outbox-left', { count: sent })
  return sent
}

/** Enough for a busy minute; what is left over is covered by the next. */
const CHECKPOINTS_A_MINUTE = 20

async function sweepAudit(ports: SweepPorts): Promise<void> {
  for (let signed = 0; signed < CHECKPOINTS_A_MINUTE; signed++) {
    const checkpoint = await signCheckpoint(ports)
    if (checkpoint === undefined) return
    ports.log.info('audit-checkpoint', { count: checkpoint.heads.length })
  }
}

/** Every minute: the timers that are due, the messages that the change feed left behind, the checkpoint of the audit chains. */
export async function sweep(ports: SweepPorts): Promise<{ fired: number; sent: number }> {
  const fired = await sweepDue(ports)
  const sent = await sweepOutbox(ports)
  await sweepAudit(ports)
  ports.log.info('sweep-done', { count: fired + sent })
  return { fired, sent }
}
