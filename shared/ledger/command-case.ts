import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { Case, ReferralId } from '../domain/case/case.ts'
import type { CaseCommand } from '../domain/case/commands.ts'
import type { CaseDirectory } from '../domain/case/consequences.ts'
import { decideCase } from '../domain/case/decide.ts'
import type { Actor, CaseEvent } from '../domain/case/events.ts'
import { Refusal } from '../domain/refusal.ts'
import type { RecordKey, RecordStore, RecordWrite, StoredRecord } from '../ports/record-store.ts'
import type { Clock, IdSource } from '../ports/surroundings.ts'
import { pauseAfter } from './audit-chain.ts'
import { commitCase, loadCase, type LoadedCase } from './case-ledger.ts'
import type { Remembered } from './remembered-answers.ts'
import { CaseErased, isErased } from './erased-case.ts'

export interface CommandPorts {
  readonly store: RecordStore
  readonly clock: Clock
  readonly ids: IdSource
}

/** What goes with a command once the case is known: decided on the very version that is then committed. */
export interface Prepared {
  readonly command: CaseCommand
  readonly writes?: readonly RecordWrite[]
  readonly audit?: Partial<Pick<AuditEntry, 'decision' | 'facts' | 'action'>>
}

export interface CaseOrder {
  readonly referralId: ReferralId
  readonly by: Actor
  readonly operation: string
  readonly directory: CaseDirectory
  readonly requestId?: string
  /** Absent for Overread's own commands, which are decided again on whatever version stands. */
  readonly expectedVersion?: number
  /** Refuses whoever may not command this case: asked before anything is told of it, its version and state included. */
  readonly admit?: (loaded: LoadedCase | undefined) => void | Promise<void>
  /** May refuse; called again when the case changed under it. */
  readonly prepare: (loaded: LoadedCase | undefined) => Prepared | Promise<Prepared>
  readonly remember?: (after: Case, version: number) => Remembered
  /** A guard among the writes that somebody else holds: says which refusal it means. */
  readonly guarded?: (at: RecordKey) => Refusal | Promise<Refusal>
}

export type CaseCommanded =
  | {
      readonly outcome: 'changed'
      readonly case: Case
      readonly version: number
      readonly events: readonly CaseEvent[]
    }
  | { readonly outcome: 'unchanged'; readonly case: Case; readonly version: number }
  | { readonly outcome: 'answered-before'; readonly found: StoredRecord }

const ATTEMPTS = 10

const auditOf = (order: CaseOrder, prepared: Prepared, at: string): AuditEntry => ({
  at,
  by: order.by,
  action: prepared.command.command === 'submit' ? 'create' : 'change',
  operation: order.operation,
  outcome: 'success',
  referralId: order.referralId,
  ...(order.requestId === undefined ? {} : { requestId: order.requestId }),
  ...prepared.audit,
})

/** Load, decide, commit; again when the case changed meanwhile, unless the caller named the version they meant. */
export async function commandCase(ports: CommandPorts, order: CaseOrder): Promise<CaseCommanded> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pauseAfter(attempt)
    const done = await attemptCommand(ports, order)
    if (done !== undefined) return done
  }
  throw new Refusal('busy', { what: 'case' })
}

async function attemptCommand(ports: CommandPorts, order: CaseOrder): Promise<CaseCommanded | undefined> {
  const loaded = await loadCase(ports.store, order.referralId)
  await order.admit?.(loaded)
  if (order.expectedVersion !== undefined && loaded !== undefined && loaded.version !== order.expectedVersion) {
    throw new Refusal('stale-version', { currentVersion: loaded.version, state: loaded.case.phase.state })
  }
  const prepared = await order.prepare(loaded)
  const at = ports.clock.now()
  const newId = () => ports.ids.next()
  const decision = decideCase(loaded?.case, prepared.command, { at, by: order.by, directory: order.directory, newId })
  if (decision.kind === 'refused') {
    if (loaded === undefined && (await isErased(ports, order.referralId))) throw new CaseErased()
    throw new Refusal(decision.code, decision.facts)
  }
  if (
    decision.events.length === 0 &&
    loaded !== undefined &&
    prepared.writes === undefined &&
    order.remember === undefined
  ) {
    return { outcome: 'unchanged', case: loaded.case, version: loaded.version }
  }
  const version = (loaded?.version ?? 0) + 1
  const remember = order.remember?.(decision.case, version)
  const outcome = await commitCase(ports.store, {
    loaded,
    after: decision.case,
    events: decision.events,
    audit: [auditOf(order, prepared, at)],
    newId,
    ...(prepared.writes === undefined ? {} : { writes: prepared.writes }),
    ...(remember === undefined ? {} : { remember }),
  })
  switch (outcome.outcome) {
    case 'committed':
      return { outcome: 'changed', case: decision.case, version: outcome.version, events: decision.events }
    case 'answered-before':
      return { outcome: 'answered-before', found: outcome.found }
    case 'guarded':
      throw (await order.guarded?.(outcome.at)) ?? new Error('a guarded write without a refusal for it')
    case 'case-changed':
      return undefined
  }
}
