import { ingestQueueOf, type QueueMessage } from '../../shared/contracts/messages.ts'
import type { MessageQueues } from '../../shared/ports/message-queues.ts'
import type { Handled } from '../../shared/runtime/queue-function.ts'

export interface ArrivalDispatchPorts {
  readonly queues: MessageQueues
}

type Arrival = QueueMessage<'arrivals'>

/**
 * Sends arrivals to the ingest queue of their urgency, where their organisations have turns: the queue learns the organisation
 * from who sends the message, and a bucket names none. One sent twice is borne by its consumer; none counts as done before it was sent.
 */
export async function dispatchArrivals(
  { queues }: ArrivalDispatchPorts,
  arrivals: readonly Arrival[],
): Promise<PromiseSettledResult<Handled>[]> {
  const results: PromiseSettledResult<Handled>[] = arrivals.map(() => ({
    status: 'rejected',
    reason: new Error('the key begins with no prefix of arrivals'),
  }))
  const placed = arrivals.flatMap((arrival, at) => {
    const queue = ingestQueueOf(arrival.key)
    return queue === undefined ? [] : [{ queue, arrival, at }]
  })
  for (const [queue, group] of Map.groupBy(placed, ({ queue: to }) => to)) {
    const sent = await queues.sendAll(
      queue,
      group.map(({ arrival }) => arrival),
    )
    for (const [n, { at }] of group.entries()) {
      const one = sent[n] ?? { status: 'rejected', reason: new Error('no answer for a message') }
      results[at] = one.status === 'fulfilled' ? { status: 'fulfilled', value: 'done' } : one
    }
  }
  return results
}
