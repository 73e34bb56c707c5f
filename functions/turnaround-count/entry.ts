import type { Log } from '../../shared/runtime/log.ts'
import { decodeJson, inTurn, queueFunction } from '../../shared/runtime/queue-function.ts'
import { countEvents, type CountPorts } from './count-events.ts'

/**
 * A figure that could not be counted is no exception of the case: the patient's report does not wait for it. The message ends
 * in the dead-letter queue, whose alarm names it, and counts when it is sent again.
 */
const leaveToTheAlarm = (): Promise<void> => Promise.resolve()

export const entry = (ports: CountPorts & { readonly log: Log }) =>
  queueFunction(ports, 'numbers', decodeJson, {
    // The messages of a batch add to the counters of the same organisations.
    handle: inTurn<'numbers'>(async (message) => {
      await countEvents(ports, message)
      return 'done'
    }),
    giveUp: leaveToTheAlarm,
  })
