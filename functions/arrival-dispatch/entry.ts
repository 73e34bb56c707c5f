import { decodeArrival } from '../../shared/contracts/bucket-notification.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { queueFunction } from '../../shared/runtime/queue-function.ts'
import { dispatchArrivals, type ArrivalDispatchPorts } from './dispatch-arrivals.ts'

/**
 * No case is at fault, and this function may touch none: its images count as missing, which their sender sees and can announce
 * again, and the case has an owner and a timer. The dead-letter queue has an alarm.
 */
const leaveToTheAlarm = (): Promise<void> => Promise.resolve()

/** One function for the three queues that the bucket tells, each with places of its own: stat waits behind nothing. */
export const entry = (ports: ArrivalDispatchPorts & { readonly log: Log }) =>
  queueFunction(ports, 'arrivals', decodeArrival, {
    handle: (arrivals) => dispatchArrivals(ports, arrivals),
    giveUp: leaveToTheAlarm,
  })
