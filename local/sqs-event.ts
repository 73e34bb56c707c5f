import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { createHash } from 'node:crypto'
import type { ReceivedMessage } from '../shared/adapters/embedded/sqlite-message-queues.ts'
import type { QueueName } from '../shared/contracts/messages.ts'

const recordOf = (queue: QueueName, region: string, message: ReceivedMessage): SQSRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  },
  messageAttributes: {},
  md5OfBody: createHash('md5').update(message.body).digest('hex'),
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:${region}:000000000000:${queue}`,
  awsRegion: region,
})

export const sqsEvent = (queue: QueueName, region: string, messages: readonly ReceivedMessage[]): SQSEvent => ({
  Records: messages.map((message) => recordOf(queue, region, message)),
})
