import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { BucketClass } from '../../shared/contracts/bucket-classes.ts'
import { capability, type BucketRight, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { networkKey, policyKey } from '../../shared/contracts/network-objects.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { keyUses } from './key-uses.ts'
import { bucketArn, functionArn } from './names.ts'

const objectActions: Readonly<Record<BucketRight, readonly string[]>> = {
  read: ['s3:GetObject'],
  copy: ['s3:GetObjectTagging'],
  write: ['s3:PutObject', 's3:PutObjectTagging'],
  remove: ['s3:DeleteObject'],
  // Not BypassGovernanceRetention: what a lock holds waits for its day, whoever asks.
  erase: ['s3:AbortMultipartUpload', 's3:DeleteObjectVersion', 's3:GetObjectRetention'],
  'sign-put': ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject', 's3:PutObjectTagging'],
  'sign-get': ['s3:GetObject'],
}

const allow = (actions: readonly string[], ...resources: string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...new Set(actions)].sort(), resources })

/** By name where a function can know the names; everywhere else keys are drawn by chance or digested. */
const objectsOf = (bucket: BucketClass): readonly string[] => (bucket === 'network' ? [networkKey, policyKey] : ['*'])

const bucketStatements = (
  state: StateStack,
  bucket: BucketClass,
  rights: readonly BucketRight[],
): PolicyStatement[] => {
  const arn = bucketArn(state.cell, bucket)
  const writes = rights.some((right) => right === 'write' || right === 'sign-put')
  const statements = [
    allow(
      rights.flatMap((right) => objectActions[right]),
      ...objectsOf(bucket).map((key) => `${arn}/${key}`),
    ),
  ]
  // Whoever only erases never reads: the key stays closed to them.
  if (rights.some((right) => right !== 'erase'))
    statements.push(
      allow(writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'], state.keys.of[bucket].keyArn),
    )
  if (rights.includes('erase')) statements.push(allow(['s3:ListBucketMultipartUploads', 's3:ListBucketVersions'], arn))
  // Without it S3 answers 403 for what is absent, and an upload still under way could not be told from a missing right.
  // Never for a role that hands out reading URLs: it could then be made to enumerate (UP-08).
  if (rights.includes('read') && !rights.includes('sign-get')) statements.push(allow(['s3:ListBucket'], arn))
  return statements
}

const recordStatements = (state: StateStack): PolicyStatement[] => [
  allow(
    [
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    state.records.table.tableArn,
  ),
  allow(['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'], state.keys.of.table.keyArn),
]

const triggerStatements = (state: StateStack, name: CapabilityName): PolicyStatement[] => {
  const { trigger, consumes = [] } = capability(name)
  switch (trigger) {
    case 'queue':
      return [
        allow(
          ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          ...consumes.map((queue) => state.queues[queue].queue.queueArn),
        ),
      ]
    case 'outbox':
      return [
        allow(
          ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
          state.records.streamArn,
        ),
      ]
    case 'http':
    case 'minute':
      return []
  }
}

const keyStatements = (state: StateStack, name: CapabilityName): PolicyStatement[] =>
  (capability(name).keys ?? []).map((use) => {
    const { key, actions } = keyUses[use]
    return allow(actions, state.keys.of[key].keyArn)
  })

const runtimeStatements = (state: StateStack, name: CapabilityName, logGroup: ILogGroup): PolicyStatement[] => [
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
  // X-Ray has no resources to name.
  allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'),
  allow(['sqs:SendMessage'], state.unhandled.queueArn),
  new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [state.keys.of.environment.keyArn],
    conditions: { StringEquals: { 'kms:EncryptionContext:aws:lambda:FunctionArn': functionArn(state.cell, name) } },
  }),
]

/** What Lambda does in the function's name to stand it in the private network; most of it has no resource to name. */
const joining = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
]

/** Lambda asks with the role of the function, whose own code is denied what only Lambda needs. */
const networkStatements = (state: StateStack, name: CapabilityName): PolicyStatement[] => [
  allow(joining, '*'),
  new PolicyStatement({
    effect: Effect.DENY,
    actions: joining,
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn(state.cell, name) } },
  }),
]

/** Every right of one function, from the list of capabilities and nothing else (TEN-04). */
export const roleStatements = (state: StateStack, name: CapabilityName, logGroup: ILogGroup): PolicyStatement[] => {
  const { records, sends = [], buckets = {}, erasesDeadLetters = [] } = capability(name)
  return [
    ...runtimeStatements(state, name, logGroup),
    ...networkStatements(state, name),
    // A queue is sent to by every function: all have the dead-letter queue, under the same key.
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], state.keys.of.queues.keyArn),
    ...triggerStatements(state, name),
    ...(records ? recordStatements(state) : []),
    ...(sends.length === 0
      ? []
      : [allow(['sqs:SendMessage'], ...sends.map((queue) => state.queues[queue].queue.queueArn))]),
    ...(erasesDeadLetters.length === 0
      ? []
      : [
          allow(
            ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
            ...new Set(erasesDeadLetters.map((queue) => state.queues[queue].deadLetters.queueArn)),
          ),
        ]),
    ...(Object.entries(buckets) as [BucketClass, readonly BucketRight[]][]).flatMap(([bucket, rights]) =>
      bucketStatements(state, bucket, rights),
    ),
    ...keyStatements(state, name),
  ]
}
