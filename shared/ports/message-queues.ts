import type { QueueMessage, QueueName } from '../contracts/messages.ts'

/** At-least-once, unordered. A message that fails its last attempt ends in the queue's DLQ. */
export interface MessageQueues {
  /** `delaySeconds` 0 to 900. */
  send<Q extends QueueName>(
    queue: Q,
    message: QueueMessage<Q>,
    options?: { readonly delaySeconds?: number },
  ): Promise<void>
  /** However many; the answer says of each, in order, whether the queue has it. */
  sendAll<Q extends QueueName>(
    queue: Q,
    messages: readonly QueueMessage<Q>[],
  ): Promise<readonly PromiseSettledResult<void>[]>
}
