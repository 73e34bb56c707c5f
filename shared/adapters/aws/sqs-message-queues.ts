import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { queues, senderOf, type QueueName } from '../../contracts/messages.ts'
import type { MessageQueues } from '../../ports/message-queues.ts'

interface CellQueues {
  readonly client: SQSClient
  readonly queueUrls: Readonly<Partial<Record<QueueName, string>>>
}

/** Messages are checked on the way out: a consumer must never find one that its producer could not have meant. */
export const sqsMessageQueues = ({ client, queueUrls }: CellQueues): MessageQueues => ({
  send: async (queue, message, { delaySeconds = 0 } = {}) => {
    const QueueUrl = queueUrls[queue]
    if (QueueUrl === undefined) throw new Error(`this function may not send to ${queue}`)
    if (delaySeconds < 0 || delaySeconds > 900) throw new RangeError('SQS holds a message back for 0 to 900 s')
    const sender = senderOf(message)
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: JSON.stringify(queues[queue].message.parse(message)),
        DelaySeconds: delaySeconds,
        // On a standard queue no order, but turns: one organisation's backlog does not hold up another's message.
        ...(sender === undefined ? {} : { MessageGroupId: sender }),
      }),
    )
  },
})
