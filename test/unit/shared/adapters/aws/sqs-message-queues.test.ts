import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
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

describe('many at once', () => {
  const arrivals = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'object-arrived' as const,
      key: `stat/donau-klinikum.${'0'.repeat(26)}/${'1'.repeat(26)}/${index}`,
    }))
  const statuses = async (count: number) =>
    (await queues.sendAll('ingest', arrivals(count))).map(({ status }) => status === 'fulfilled')

  test('go in calls of ten, each message with its organisation', async () => {
    sqs.on(SendMessageBatchCommand).callsFake(({ Entries = [] }: { Entries?: { Id: string }[] }) => ({
      Successful: Entries.map(({ Id }) => ({ Id })),
    }))
    expect(await statuses(23)).toEqual(Array(23).fill(true))
    const entries = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? [])
    expect(entries.map(({ length }) => length)).toEqual([10, 10, 3])
    expect(entries.flat().map(({ MessageBody }) => MessageBody)).toEqual(arrivals(23).map((one) => JSON.stringify(one)))
    expect(new Set(entries.flat().map(({ MessageGroupId }) => MessageGroupId))).toEqual(new Set(['donau-klinikum']))
  })

  test('are sent but for those that SQS does not name as taken', async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: 'x' }],
      Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }],
    })
    expect(await statuses(3)).toEqual([true, false, false])
  })

  test('are not lost with a call that fails, and cost those of the other calls nothing', async () => {
    const taken = Array.from({ length: 10 }, (_, at) => ({ Id: String(at), MessageId: 'm', MD5OfMessageBody: 'x' }))
    sqs.on(SendMessageBatchCommand).rejectsOnce(new Error('throttled')).resolves({ Successful: taken })
    expect(await statuses(20)).toEqual([...Array<boolean>(10).fill(false), ...Array<boolean>(10).fill(true)])
  })

  test('are never sent where one would not be understood, or to a queue that the function was not given', async () => {
    await expect(queues.sendAll('ingest', [...arrivals(1), { kind: 'object-arrived', key: '' }])).rejects.toThrow()
    await expect(queues.sendAll('ingest-stat', arrivals(1))).rejects.toThrow('may not send')
    expect(sqs.calls()).toHaveLength(0)
  })
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
