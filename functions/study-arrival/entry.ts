import { decodeArrival } from '../../shared/contracts/bucket-notification.ts'
import { placeOf } from '../../shared/domain/upload/upload-session.ts'
import { giveUpOnCase } from '../../shared/ledger/give-up.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { queueFunction } from '../../shared/runtime/queue-function.ts'
import { ingest } from './record-arrival.ts'
import { receiveObjects, type ArrivalPorts } from './receive-objects.ts'

export const entry = (given: Omit<ArrivalPorts, 'inflateRaw'> & { readonly log: Log }) => {
  const ports: ArrivalPorts & { readonly log: Log } = { ...given, inflateRaw: inflateRawBounded }
  // Until `arrival-dispatch` came the bucket told these queues itself: what waits from then, dead letters too, is its notification.
  return queueFunction(ports, 'ingest', decodeArrival, {
    handle: (messages) => receiveObjects(ports, messages),
    giveUp: async (message) => {
      const referralId = message.kind === 'object-arrived' ? placeOf(message.key)?.referralId : message.referralId
      if (referralId !== undefined) await giveUpOnCase(ports, referralId, ingest)
    },
  })
}
