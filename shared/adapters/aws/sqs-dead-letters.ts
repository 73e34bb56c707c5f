import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { caseOfBody, type QueueName } from '../../contracts/messages.ts'
import type { ReferralId } from '../../domain/case/case.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Eraser } from '../../ports/eraser.ts'

interface DeadLetterQueues {
  readonly client: SQSClient
  /** Of the dead letters of each queue; some queues share one. */
  readonly deadLetterUrls: Readonly<Partial<Record<QueueName, string>>>
}

/** SQS knows no search: what was looked at is hidden, so that it is not looked at twice, and shown again at the end. */
const HIDDEN_SECONDS = 60
/** Ten messages each: what waits here beyond that is for an operator to send again first. */
const ROUNDS = 60

async function take(client: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      // Without a wait SQS asks some of its servers only, and an empty answer says nothing.
      WaitTimeSeconds: 1,
    }),
  )
  return Messages
}

async function eraseFrom(client: SQSClient, QueueUrl: string, referralId: ReferralId): Promise<void> {
  const others: Message[] = []
  let round = 0
  for (let messages = await take(client, QueueUrl); messages.length > 0; messages = await take(client, QueueUrl)) {
    for (const message of messages) {
      const { Body = '', ReceiptHandle } = message
      if (caseOfBody(Body) === referralId) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      else others.push(message)
    }
    if (++round === ROUNDS) break
  }
  for (const { ReceiptHandle } of others)
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
  if (round === ROUNDS) throw new Refusal('busy', { what: 'dead-letters' })
}

export const sqsDeadLetters = ({ client, deadLetterUrls }: DeadLetterQueues): Pick<Eraser, 'eraseDeadLetters'> => ({
  eraseDeadLetters: async (referralId) => {
    const urls = [...new Set(Object.values(deadLetterUrls))]
    await Promise.all(urls.map((url) => eraseFrom(client, url, referralId)))
  },
})
