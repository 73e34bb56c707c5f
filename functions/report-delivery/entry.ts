import { giveUpOnCase } from '../../shared/ledger/give-up.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { decodeJson, each, queueFunction } from '../../shared/runtime/queue-function.ts'
import { delivery, deliverReport, type DeliveryPorts } from './deliver-report.ts'

export const entry = (ports: DeliveryPorts & { readonly log: Log }) =>
  queueFunction(ports, 'delivery', decodeJson, {
    handle: each<'delivery'>(async ({ referralId }) => {
      await deliverReport(ports, referralId)
      return 'done'
    }),
    giveUp: ({ referralId }) => giveUpOnCase(ports, referralId, delivery, 'delivery-failed'),
  })
