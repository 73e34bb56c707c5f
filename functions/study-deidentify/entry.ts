import { giveUpOnCase } from '../../shared/ledger/give-up.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { decodeJson, inTurn, queueFunction } from '../../shared/runtime/queue-function.ts'
import { copyStudy, type CopyPorts } from './copy-study.ts'
import { copier } from './conclude-copies.ts'

export const entry = (given: Omit<CopyPorts, 'inflateRaw'> & { readonly log: Log }) => {
  const ports: CopyPorts & { readonly log: Log } = { ...given, inflateRaw: inflateRawBounded }
  return queueFunction(ports, 'copies', decodeJson, {
    // One after the other: each holds whole objects in memory.
    handle: inTurn<'copies'>((message) => copyStudy(ports, message)),
    giveUp: ({ referralId }) => giveUpOnCase(ports, referralId, copier),
  })
}
