import { giveUpOnCase } from '../../shared/ledger/give-up.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { decodeJson, each, queueFunction } from '../../shared/runtime/queue-function.ts'
import { routeCase, router, type RoutingPorts } from './route-case.ts'

/** One function for the three queues: stat, urgent and routine are apart so that none waits behind another. */
export const entry = (ports: RoutingPorts & { readonly log: Log }) =>
  queueFunction(ports, 'route-stat', decodeJson, {
    handle: each<'route-stat'>((message) => routeCase(ports, message.referralId)),
    giveUp: (message) => giveUpOnCase(ports, message.referralId, router),
  })
