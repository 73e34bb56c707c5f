import type { QueueName } from '../../shared/contracts/messages.ts'
import type { MessageQueues } from '../../shared/ports/message-queues.ts'

export interface ToldQueues extends MessageQueues {
  readonly sent: readonly (readonly [QueueName, unknown])[]
}

/** Queues that nobody consumes: they keep what they were told, but for what they refuse. */
export const toldQueues = (refuses: (message: unknown) => boolean = () => false): ToldQueues => {
  const sent: [QueueName, unknown][] = []
  const tell = (queue: QueueName, message: unknown): Promise<void> => {
    if (refuses(message)) return Promise.reject(new Error('refused'))
    sent.push([queue, message])
    return Promise.resolve()
  }
  return {
    sent,
    send: tell,
    sendAll: (queue, messages) => Promise.allSettled(messages.map((message) => tell(queue, message))),
  }
}
