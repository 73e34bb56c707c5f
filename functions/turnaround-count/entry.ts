import type { Actor } from '../../shared/domain/case/events.ts'
import type { CommandPorts } from '../../shared/ledger/command-case.ts'
import { giveUpBesideCase } from '../../shared/ledger/give-up.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { decodeJson, inTurn, queueFunction } from '../../shared/runtime/queue-function.ts'
import { countEvents } from '../../shared/ledger/count-events.ts'

const counter: Actor = { kind: 'overread', id: 'counter' }

export const entry = (ports: CommandPorts & { readonly network: NetworkDirectory; readonly log: Log }) =>
  queueFunction(ports, 'numbers', decodeJson, {
    // The messages of a batch add to the counters of the same organisations.
    handle: inTurn<'numbers'>(async (message) => {
      await countEvents(ports, message)
      return 'done'
    }),
    // The patient's report does not leave its path for a figure; the desk sends the message again, which then counts.
    giveUp: ({ referralId }) => giveUpBesideCase(ports, referralId, counter, 'figures-uncounted'),
  })
