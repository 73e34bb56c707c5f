import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { queues, senderOf, type QueueMessage, type QueueName } from '../../contracts/messages.ts'
import type { MessageQueues } from '../../ports/message-queues.ts'

interface CellQueues {
  readonly client: SQSClient
  readonly queueUrls: Readonly<Partial<Record<QueueName, string>>>
}

/** As many as SQS takes in one call. */
const AT_ONCE = 10

/** Messages are checked on the way out: a consumer must never find one that its producer could not have meant. */
const checked = <Q extends QueueName>(queue: Q, message: QueueMessage<Q>) => {
  const sender = senderOf(message)
  return {
    MessageBody: JSON.stringify(queues[queue].message.parse(message)),
    // On a standard queue no order, but turns: one organisation's backlog does not hold up another's message.
    ...(sender === undefined ? {} : { MessageGroupId: sender }),
  }
}
type Checked = ReturnType<typeof checked>

async function sendBatch(
  client: SQSClient,
  QueueUrl: string,
  messages: readonly Checked[],
): Promise<PromiseSettledResult<void>[]> {
  const Entries = messages.map((message, at) => ({ Id: String(at), ...message }))
  try {
    const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    const taken = new Set(Successful.map(({ Id }) => Id))
    return Entries.map(({ Id }) =>
      taken.has(Id)
        ? { status: 'fulfilled', value: undefined }
        : { status: 'rejected', reason: new Error('SQS took others of the batch, not this one') },
    )
  } catch (reason) {
    return messages.map(() => ({ status: 'rejected', reason }))
  }
}

export const sqsMessageQueues = ({ client, queueUrls }: CellQueues): MessageQueues => {
  const urlOf = (queue: QueueName): string => {
    const url = queueUrls[queue]
    if (url === undefined) throw new Error(`this function may not send to ${queue}`)
    return url
  }
  return {
    send: async (queue, message, { delaySeconds = 0 } = {}) => {
      const QueueUrl = urlOf(queue)
      if (delaySeconds < 0 || delaySeconds > 900) throw new RangeError('SQS holds a message back for 0 to 900 s')
      await client.send(new SendMessageCommand({ QueueUrl, DelaySeconds: delaySeconds, ...checked(queue, message) }))
    },
    sendAll: async (queue, messages) => {
      const QueueUrl = urlOf(queue)
      const bodies = messages.map((message) => checked(queue, message))
      const sent: PromiseSettledResult<void>[] = []
      for (let at = 0; at < bodies.length; at += AT_ONCE)
        sent.push(...(await sendBatch(client, QueueUrl, bodies.slice(at, at + AT_ONCE))))
      return sent
    },
  }
}
