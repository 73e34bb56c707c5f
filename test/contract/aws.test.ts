import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { dynamoRecordStore } from '../../shared/adapters/aws/dynamo-record-store.ts'
import { kmsKeyVault } from '../../shared/adapters/aws/kms-key-vault.ts'
import { roleCredentials } from '../../shared/adapters/aws/role-credentials.ts'
import { s3ConditionalGet } from '../../shared/adapters/aws/s3-conditional-get.ts'
import { s3DownloadSigner } from '../../shared/adapters/aws/s3-download-signer.ts'
import { s3Eraser } from '../../shared/adapters/aws/s3-eraser.ts'
import { networkKey } from '../../shared/contracts/network-objects.ts'
import { s3NetworkDirectory } from '../../shared/adapters/aws/s3-network-directory.ts'
import { s3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts'
import { s3UploadSigner } from '../../shared/adapters/aws/s3-upload-signer.ts'
import { sqsDeadLetters } from '../../shared/adapters/aws/sqs-dead-letters.ts'
import { sqsMessageQueues } from '../../shared/adapters/aws/sqs-message-queues.ts'
import type { QueueName } from '../../shared/contracts/messages.ts'
import { eraserContract } from './eraser-contract.ts'
import { keyVaultContract } from './key-vault-contract.ts'
import { messageQueuesContract, type TakenMessage } from './message-queues-contract.ts'
import { networkDirectoryContract } from './network-directory-contract.ts'
import { objectStoreContract } from './object-store-contract.ts'
import { presignedRequestsContract } from './presigned-requests-contract.ts'
import { recordStoreContract } from './record-store-contract.ts'
import { scratchCell } from './scratch-cell.ts'

const cell = await scratchCell(process.env['AWS_REGION'] ?? 'eu-central-1')
const clock = { now: () => new Date().toISOString() }
const buckets = { client: cell.s3, accountId: '000000000000', bucketNames: cell.bucketNames }
const objects = s3ObjectStore(buckets)
const presigning = {
  ...buckets,
  credentials: roleCredentials,
  region: cell.region,
  origin: 'EU',
  clock,
  keyArns: { incoming: cell.sealKeyArn },
  endpointUrl: process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'],
}

recordStoreContract('DynamoDB', () =>
  Promise.resolve(dynamoRecordStore({ client: cell.dynamo, tableName: cell.tableName, clock })),
)

objectStoreContract('S3', () => Promise.resolve(objects))

const versionsUnder = async (Bucket: string, Prefix: string) => {
  const { Versions = [], DeleteMarkers = [] } = await cell.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }))
  const { Uploads = [] } = await cell.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
  return [...Versions, ...DeleteMarkers, ...Uploads]
}

const sendDeadLetter = (MessageBody: string) =>
  cell.sqs.send(new SendMessageCommand({ QueueUrl: cell.queueUrls.copies, MessageBody }))

eraserContract('S3', () =>
  Promise.resolve({
    eraser: {
      ...s3Eraser(buckets),
      // What is an ordinary queue of the scratch cell stands for its dead letters.
      ...sqsDeadLetters({ client: cell.sqs, deadLetterUrls: { copies: cell.queueUrls.copies } }),
    },
    objects,
    uploads: s3UploadSigner(presigning),
    bury: (bodies) => Promise.all(bodies.map(sendDeadLetter)),
    buried: async () => (await take('copies')).map(({ body }) => body),
    left: async (bucket, prefix) => (await versionsUnder(cell.bucketNames[bucket], prefix)).length,
  }),
)

presignedRequestsContract('S3', () =>
  Promise.resolve({ uploads: s3UploadSigner(presigning), downloads: s3DownloadSigner(presigning), objects }),
)

keyVaultContract('KMS', () =>
  Promise.resolve(
    kmsKeyVault({
      client: cell.kms,
      region: cell.region,
      sealKeyArn: cell.sealKeyArn,
      macKeyArn: cell.macKeyArn,
      copyNamesKeyArn: cell.copyNamesKeyArn,
      signKeyArn: cell.signKeyArn,
      tokenKeyArn: cell.tokenKeyArn,
    }),
  ),
)

const take = async (queue: QueueName): Promise<TakenMessage[]> => {
  const QueueUrl = cell.queueUrls[queue]
  const { Messages = [] } = await cell.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  )
  for (const { ReceiptHandle } of Messages) await cell.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  return Messages.map(({ Body = '', Attributes }) => ({ body: Body, sender: Attributes?.MessageGroupId }))
}

messageQueuesContract('SQS', () =>
  Promise.resolve({ queues: sqsMessageQueues({ client: cell.sqs, queueUrls: cell.queueUrls }), take }),
)

const getNetworkObject = s3ConditionalGet({
  region: cell.region,
  bucketName: cell.bucketNames.network,
  accountId: buckets.accountId,
  clock,
  credentials: roleCredentials,
  endpointUrl: presigning.endpointUrl,
})

networkDirectoryContract('S3', async (definition) => {
  let elapsedMs = 0
  const replace = async (next: unknown): Promise<void> => {
    const bytes = Buffer.from(JSON.stringify(next))
    await objects.put({ bucket: 'network', key: networkKey }, bytes, { contentType: 'application/json', replace: true })
  }
  await replace(definition)
  return {
    directory: s3NetworkDirectory(getNetworkObject, () => Date.now() + elapsedMs),
    replace,
    elapse: () => {
      elapsedMs += 60_000
      return Promise.resolve()
    },
  }
})
