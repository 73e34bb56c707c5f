import type { QueueMessage } from '../../shared/contracts/messages.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import { isAbandoned } from '../../shared/domain/case/states.ts'
import { withheldOf, type StudyCopies } from '../../shared/domain/deidentification/study-copies.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { commandCase, type CommandPorts, type Prepared } from '../../shared/ledger/command-case.ts'
import { copiesWrite, loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { outboxWrite } from '../../shared/ledger/outbox.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'

export interface ConcludingPorts extends CommandPorts {
  readonly network: NetworkDirectory
}

export const copier: Actor = { kind: 'overread', id: 'copier' }

/** A case that waits for a reader may have one now: not at its next timer, at once. */
const routeWrites = (ports: ConcludingPorts, c: Case, { released }: StudyCopies): RecordWrite[] => {
  if (c.phase.state !== 'study-available' || released === 0) return []
  const { referralId, urgency } = c
  const writtenAt = ports.clock.now()
  const message = { kind: 'route-case' as const, referralId }
  return [outboxWrite(referralId, ports.ids.next(), { queue: `route-${urgency}`, message, writtenAt })]
}

/**
 * Once nothing is left to try: somebody by name is called to what is held back, once for each time it grew, and a reader who
 * can be shown nothing does not keep the case from one who can.
 */
export async function concludeCopies(ports: ConcludingPorts, message: QueueMessage<'copies'>): Promise<void> {
  const { referralId, readerId } = message
  await commandCase(ports, {
    referralId,
    by: copier,
    operation: 'copyStudy',
    directory: caseDirectory(await ports.network.current()),
    guarded: () => new Refusal('busy', { what: 'copies' }),
    prepare: async (loaded): Promise<Prepared> => {
      const found = await loadCopies(ports.store, referralId)
      if (loaded === undefined || found === undefined || isAbandoned(loaded.case.phase.state)) {
        return { command: { command: 'nothing' } }
      }
      const { copies, version } = found
      const { released, held, blocked } = copies
      const withheld = withheldOf(copies)
      return {
        command: {
          command: 'withhold-copies',
          call: withheld > copies.called,
          ...(released === 0 && withheld > 0 && readerId !== undefined ? { withdraw: readerId } : {}),
        },
        writes: [
          copiesWrite(referralId, { ...copies, called: withheld }, version),
          ...routeWrites(ports, loaded.case, copies),
        ],
        audit: { facts: { released, held, blocked } },
      }
    },
  })
}
