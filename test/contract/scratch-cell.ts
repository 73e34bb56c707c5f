import { CreateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand } from '@aws-sdk/client-kms'
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { CreateQueueCommand } from '@aws-sdk/client-sqs'
import { randomBytes } from 'node:crypto'
import { dynamoClient, kmsClient, s3Client, sqsClient } from '../../shared/adapters/aws/clients.ts'
import { bucketClasses, type BucketClass } from '../../shared/contracts/bucket-classes.ts'
import { queueNames, type QueueName } from '../../shared/contracts/messages.ts'

const named = <Name extends string, Value>(entries: readonly (readonly [Name, Value])[]) =>
  Object.fromEntries(entries) as Record<Name, Value>

/**
 * Bare resources of an emulated region, made for one run: contract suites need stores that nobody else reads from, and
 * which the deployed functions do not empty.
 */
export const scratchCell = async (region: string) => {
  const clients = { dynamo: dynamoClient(region), s3: s3Client(region), sqs: sqsClient(region), kms: kmsClient(region) }
  const prefix = `contract-${randomBytes(4).toString('hex')}`

  const tableName = `${prefix}-records`
  await clients.dynamo.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  )
  await clients.dynamo.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    }),
  )

  const makeBucket = async (bucket: BucketClass): Promise<readonly [BucketClass, string]> => {
    const Bucket = `${prefix}-${bucket}`
    await clients.s3.send(new CreateBucketCommand({ Bucket }))
    await clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    return [bucket, Bucket]
  }
  const makeQueue = async (queue: QueueName): Promise<readonly [QueueName, string]> => {
    const { QueueUrl = '' } = await clients.sqs.send(new CreateQueueCommand({ QueueName: `${prefix}-${queue}` }))
    return [queue, QueueUrl]
  }
  const makeKey = async (spec: 'SYMMETRIC_DEFAULT' | 'HMAC_256' | 'ECC_NIST_P256' | 'RSA_2048'): Promise<string> => {
    const usage = {
      SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
      HMAC_256: 'GENERATE_VERIFY_MAC',
      ECC_NIST_P256: 'SIGN_VERIFY',
      RSA_2048: 'SIGN_VERIFY',
    } as const
    const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: usage[spec] }))
    if (KeyMetadata?.Arn === undefined) throw new Error(`no ${spec} key was made`)
    return KeyMetadata.Arn
  }

  return {
    ...clients,
    region,
    tableName,
    bucketNames: named(await Promise.all(bucketClasses.map(makeBucket))),
    queueUrls: named(await Promise.all(queueNames.map(makeQueue))),
    sealKeyArn: await makeKey('SYMMETRIC_DEFAULT'),
    macKeyArn: await makeKey('HMAC_256'),
    copyNamesKeyArn: await makeKey('HMAC_256'),
    signKeyArn: await makeKey('ECC_NIST_P256'),
    tokenKeyArn: await makeKey('RSA_2048'),
  }
}
