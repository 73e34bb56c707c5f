import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { ReferralId } from '../domain/case/case.ts'
import { Refusal } from '../domain/refusal.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import { AnsweredBefore, type Asking } from './asking.ts'
import { auditWrites, caseChain, pauseAfter } from './audit-chain.ts'
import { transactBesideCase } from './erased-case.ts'
import { keys } from './keys.ts'
import { rememberWrites } from './remembered-answers.ts'

export interface BesideCase<Answer extends object> {
  readonly referralId: ReferralId
  /** Called again when something it rests on has changed under it. */
  readonly prepare: () => Promise<{
    readonly answer: Answer
    readonly writes: readonly RecordWrite[]
    readonly facts?: AuditEntry['facts']
  }>
}

const ATTEMPTS = 10

/**
 * A command that changes records of a case but not the case: what it writes, its audit record and the answer kept for a repeat,
 * in one transaction.
 */
export async function answerBesideCase<Answer extends object>(
  ports: { readonly store: RecordStore; readonly clock: Clock },
  context: Asking,
  { referralId, prepare }: BesideCase<Answer>,
): Promise<Answer> {
  const chain = caseChain(referralId)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pauseAfter(attempt)
    const head = await ports.store.read(keys.auditHead(chain))
    const { answer, writes, facts } = await prepare()
    const entry: AuditEntry = {
      at: ports.clock.now(),
      by: context.actor,
      action: 'change',
      operation: context.operation,
      outcome: 'success',
      referralId,
      requestId: context.requestId,
      ...(facts === undefined ? {} : { facts }),
    }
    const remember = context.remember?.(answer)
    const outcome = await transactBesideCase(ports, referralId, [
      ...rememberWrites(referralId, remember),
      ...writes,
      ...auditWrites(chain, head, [entry]),
    ])
    if (outcome.outcome === 'committed') return answer
    const before = remember?.key.partition === outcome.at.partition ? outcome.found : undefined
    if (before !== undefined) throw new AnsweredBefore(before)
  }
  throw new Refusal('busy', { what: 'case' })
}
