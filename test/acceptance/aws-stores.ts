import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
  type ObjectVersion,
} from '@aws-sdk/client-s3'
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { bucketClasses, type BucketClass } from '../../shared/contracts/bucket-classes.ts'
import { queueNames, type QueueName } from '../../shared/contracts/messages.ts'
import { pascal } from '../../infra/constructs/names.ts'
import type { AwsRun } from './target.ts'

/** Something that a store of a deployed cell holds, its key included. */
export interface Held {
  readonly where: string
  readonly content: string
}

const PAGE = 1000

/** The stores of a deployed cell as an administrator of its account sees them, beside all of its own code. */
export function awsStores({ endpoint, cells: [cell] }: AwsRun) {
  if (cell === undefined) throw new Error('the run has no cell')
  const settings = { region: cell.region, endpoint }
  const s3 = new S3Client({ ...settings, forcePathStyle: true })
  const dynamo = new DynamoDBClient(settings)
  const sqs = new SQSClient(settings)
  const output = (name: string): string => {
    const value = cell.outputs[name]
    if (value === undefined) throw new Error(`the cell has no output ${name}`)
    return value
  }
  const nameOf = (bucket: BucketClass): string => output(`${pascal(bucket)}BucketName`)
  const deadLetterUrls = new Map(queueNames.map((queue) => [output(`${pascal(queue)}DeadLettersUrl`), queue]))

  async function records(): Promise<Held[]> {
    const held: Held[] = []
    for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: output('TableName') }))
      for (const item of Items)
        held.push({ where: `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`, content: JSON.stringify(item) })
    return held
  }

  async function versions(bucket: BucketClass, Prefix = ''): Promise<(ObjectVersion & { marker: boolean })[]> {
    const Bucket = nameOf(bucket)
    const found: (ObjectVersion & { marker: boolean })[] = []
    let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
    for (;;) {
      const one = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: PAGE, ...markers }))
      found.push(...(one.Versions ?? []).map((version) => ({ ...version, marker: false })))
      found.push(...(one.DeleteMarkers ?? []).map((version) => ({ ...version, marker: true })))
      if (one.IsTruncated !== true) return found
      markers = { KeyMarker: one.NextKeyMarker ?? '', VersionIdMarker: one.NextVersionIdMarker ?? '' }
    }
  }

  async function objects(bucket: BucketClass): Promise<Held[]> {
    const Bucket = nameOf(bucket)
    const held: Held[] = []
    for (const { Key = '', VersionId, marker } of await versions(bucket)) {
      const where = `${marker ? 'marker' : 'version'} in ${bucket}: ${Key}`
      const body = marker ? undefined : (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body
      held.push({ where, content: `${Key} ${(await body?.transformToString('latin1')) ?? ''}` })
    }
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
    return [
      ...held,
      ...Uploads.map(({ Key = '' }) => ({ where: `upload in parts in ${bucket}: ${Key}`, content: Key })),
    ]
  }

  async function messages(QueueUrl: string, name: string): Promise<Held[]> {
    const held: Held[] = []
    const handles: (string | undefined)[] = []
    for (;;) {
      const asked = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 1 }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked))
      if (Messages.length === 0) break
      held.push(...Messages.map(({ Body = '' }) => ({ where: `dead letter of ${name}`, content: Body })))
      handles.push(...Messages.map(({ ReceiptHandle }) => ReceiptHandle))
    }
    for (const ReceiptHandle of handles)
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
    return held
  }

  return {
    /** All that all stores hold: every record, every version and marker of every object, uploads in parts, dead letters. */
    held: async (): Promise<Held[]> => {
      const inBuckets = await Promise.all(bucketClasses.map(objects))
      const dead = await Promise.all([...deadLetterUrls].map(([url, name]) => messages(url, name)))
      return [...(await records()), ...inBuckets.flat(), ...dead.flat()]
    },
    put: async (bucket: BucketClass, Key: string, Body: string): Promise<void> => {
      // Elsewhere than in `incoming`, a second put is a second version.
      const createOnly = bucket === 'incoming' ? { IfNoneMatch: '*' } : {}
      await s3.send(new PutObjectCommand({ Bucket: nameOf(bucket), Key, Body, ...createOnly }))
    },
    mark: async (bucket: BucketClass, Key: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand({ Bucket: nameOf(bucket), Key }))
    },
    beginParts: async (bucket: BucketClass, Key: string): Promise<void> => {
      await s3.send(new CreateMultipartUploadCommand({ Bucket: nameOf(bucket), Key }))
    },
    bury: async (queue: QueueName, message: object): Promise<void> => {
      const QueueUrl = output(`${pascal(queue)}DeadLettersUrl`)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
    },
    /** Whether the store itself refuses to let a locked version go, to whoever does not ask to pass the lock over. */
    refusesToDelete: async (bucket: BucketClass, prefix: string): Promise<boolean> => {
      const [version] = (await versions(bucket, prefix)).filter(({ marker }) => !marker)
      const named = { Bucket: nameOf(bucket), Key: version?.Key, VersionId: version?.VersionId }
      return s3.send(new DeleteObjectCommand(named)).then(
        () => false,
        (thrown: unknown) => thrown instanceof Error && thrown.name === 'AccessDenied',
      )
    },
    /** As an administrator may, and no function: locks all versions there until then, later or earlier than before. */
    lockUntil: async (bucket: BucketClass, prefix: string, until: Date): Promise<void> => {
      const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: until }
      for (const { Key, VersionId, marker } of await versions(bucket, prefix)) {
        if (marker) continue
        const named = { Bucket: nameOf(bucket), Key, VersionId }
        await s3.send(new PutObjectRetentionCommand({ ...named, Retention, BypassGovernanceRetention: true }))
      }
    },
    close: () => [s3, dynamo, sqs].forEach((client) => client.destroy()),
  }
}
