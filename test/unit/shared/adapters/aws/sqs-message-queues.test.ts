import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { sqsClient } from '../../../../../shared/adapters/aws/clients.ts'
import { ReferralIdSchema } from '../../../../../shared/domain/case/case.ts'
import { sqsMessageQueues } from '../../../../../shared/adapters/aws/sqs-message-queues.ts'

const sqs = mockClient(SQSClient)
const url = 'https://sqs.eu-central-1.amazonaws.com/111122223333/ingest'
const queues = sqsMessageQueues({ client: sqsClient('eu-central-1'), queueUrls: { ingest: url } })
const message = { kind: 'object-arrived', key: 'a' } as const

beforeEach(() => sqs.reset())

test('sends a message with its delay to the queue it is for', async () => {
  sqs.on(SendMessageCommand).resolves({})
  await queues.send('ingest', message, { delaySeconds: 30 })
  expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
    QueueUrl: url,
    MessageBody: JSON.stringify(message),
    DelaySeconds: 30,
  })
})

test('names the organisation whose case it is about: SQS is fair between these', async () => {
  sqs.on(SendMessageCommand).resolves({})
  const referralId = ReferralIdSchema.parse(`donau-klinikum.${'0'.repeat(26)}`)
  await queues.send('ingest', { kind: 'upload-completed', referralId })
  await queues.send('ingest', { kind: 'object-arrived', key: `stat/${referralId}/${'1'.repeat(26)}/0` })
  const inputs = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)
  expect(inputs.map(({ MessageGroupId }) => MessageGroupId)).toEqual(['donau-klinikum', 'donau-klinikum'])
})

test('a message that its consumer would not understand is never sent', async () => {
  await expect(queues.send('ingest', { ...message, key: '' })).rejects.toThrow()
  expect(sqs.calls()).toHaveLength(0)
})

test('a queue that the function was not given is a fault', async () => {
  await expect(
    queues.send('route-stat', { kind: 'route-case', referralId: ReferralIdSchema.parse(`donau.${'0'.repeat(26)}`) }),
  ).rejects.toThrow('may not send')
})
