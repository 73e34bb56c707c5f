import { GetQueueAttributesCommand, type QueueAttributeName, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { TemplateValue } from './assembly.ts'
import { property, type DeployedResource, type Property } from './property.ts'

/** Queue properties that are attributes of the same name; objects are kept as JSON text. */
const names = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'RedrivePolicy',
  'RedriveAllowPolicy',
] as const satisfies readonly QueueAttributeName[]

const asAttribute = (value: TemplateValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

async function readAttribute({ sqs }: DeployedResource, QueueUrl: string, name: QueueAttributeName): Promise<unknown> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }))
  return Attributes?.[name]
}

const queueAttribute = (name: QueueAttributeName): Property =>
  property({
    type: 'AWS::SQS::Queue',
    name,
    desired: asAttribute,
    read: (queue) => readAttribute(queue, queue.physicalId, name),
    apply: ({ sqs, physicalId }, value) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl: physicalId, Attributes: { [name]: value } })),
  })

const queuesOf = ({ value }: DeployedResource): string[] => z.array(z.string()).parse(value('Queues'))

const policy = property({
  type: 'AWS::SQS::QueuePolicy',
  name: 'PolicyDocument',
  desired: (value, resource) => queuesOf(resource).map(() => asAttribute(value)),
  read: (resource) => Promise.all(queuesOf(resource).map((url) => readAttribute(resource, url, 'Policy'))),
  apply: (resource, policies) =>
    Promise.all(
      queuesOf(resource).map((QueueUrl, index) =>
        resource.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policies[index] ?? '' } })),
      ),
    ),
})

/** Queues and their policies. */
export const queueProperties: readonly Property[] = [...names.map(queueAttribute), policy]
