import type { CaseStatus } from '../contracts/http/referrals.ts'
import type { PermittedOperation } from '../domain/access/permissions.ts'
import type { ReferralId } from '../domain/case/case.ts'
import { caseDirectory } from '../domain/case/directory.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import type { Refusal } from '../domain/refusal.ts'
import { AnsweredBefore, type Asking } from './asking.ts'
import type { NetworkDirectory } from '../ports/network-directory.ts'
import { authorise } from './authorised-case.ts'
import type { LoadedCase } from './case-ledger.ts'
import { caseStatus } from './case-status.ts'
import { commandCase, type CaseCommanded, type CommandPorts, type Prepared } from './command-case.ts'

export interface DeskPorts extends CommandPorts {
  readonly network: NetworkDirectory
}

export interface PersonOrder {
  readonly referralId: ReferralId
  readonly operation: PermittedOperation
  /** Refuses whom the permission table lets in and who may not be told: before anything is, the version included. */
  readonly admit?: (loaded: LoadedCase, network: NetworkIndex) => Promise<void>
  readonly prepare: (loaded: LoadedCase, network: NetworkIndex) => Prepared | Promise<Prepared>
  /** The answer to remember and give; the status of the case where nothing else is named. */
  readonly answer?: (status: CaseStatus) => object
  /** Which refusal it means when a guard among the writes is somebody else's. */
  readonly guarded?: () => Refusal
}

/** A person's command on a case: permission on the version that is changed, the change, and the answer kept for a repeat. */
export async function answerCommand(ports: DeskPorts, context: Asking, order: PersonOrder): Promise<CaseStatus> {
  const network = await ports.network.current()
  const answerOf = order.answer ?? ((status: CaseStatus) => status)
  const { remember } = context
  const commanded = await commandCase(ports, {
    referralId: order.referralId,
    by: context.actor,
    operation: order.operation,
    directory: caseDirectory(network),
    requestId: context.requestId,
    ...(context.expectedVersion === undefined ? {} : { expectedVersion: context.expectedVersion }),
    admit: async (loaded) => {
      const admitted = authorise(loaded, order.operation, context.principal, network)
      await order.admit?.(admitted, network)
    },
    prepare: (loaded) => order.prepare(authorise(loaded, order.operation, context.principal, network), network),
    ...(order.guarded === undefined ? {} : { guarded: order.guarded }),
    ...(remember === undefined ? {} : { remember: (after, version) => remember(answerOf(caseStatus(after, version))) }),
  })
  return statusOf(commanded)
}

/** A command that had been answered before gets that answer, by way of the HTTP stack. */
export function statusOf(commanded: CaseCommanded): CaseStatus {
  if (commanded.outcome === 'answered-before') throw new AnsweredBefore(commanded.found)
  return caseStatus(commanded.case, commanded.version)
}
