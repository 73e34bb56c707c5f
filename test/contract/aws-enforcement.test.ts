import { CreateTableCommand, DynamoDBClient, GetItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'

/**
 * The emulated cells are worth as much as the emulator's refusals: an upgrade that stopped refusing would leave every
 * other suite green. So it is asked here, with the least each test needs.
 */
const endpoint = process.env['AWS_ENDPOINT_URL'] ?? ''
const region = process.env['AWS_REGION'] ?? 'eu-central-1'
const name = `enforcement-${randomBytes(4).toString('hex')}`
const root = { s3: new S3Client({ region }), dynamo: new DynamoDBClient({ region }), kms: new KMSClient({ region }) }

/** IAM's query protocol as root, whose signature the emulator does not look at. */
async function iam(parameters: Record<string, string>): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20200101/${region}/iam/aws4_request, SignedHeaders=host, Signature=0`
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(endpoint, { method: 'POST', headers, body: new URLSearchParams(parameters).toString() })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.text()
}

let users = 0
async function someoneWho(statements: readonly object[]) {
  const UserName = `${name}-${++users}`
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await iam({ Action: 'CreateUser', UserName })
  await iam({ Action: 'PutUserPolicy', UserName, PolicyName: 'only', PolicyDocument })
  const made = await iam({ Action: 'CreateAccessKey', UserName })
  const part = (tag: string): string => new RegExp(`<${tag}>([^<]+)<`).exec(made)?.[1] ?? ''
  const credentials = { accessKeyId: part('AccessKeyId'), secretAccessKey: part('SecretAccessKey') }
  const settings = { region, credentials, maxAttempts: 1 }
  return { s3: new S3Client(settings), dynamo: new DynamoDBClient(settings), kms: new KMSClient(settings) }
}

const may = (Action: string | string[], Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})
const object = (Key: string) => ({ Bucket: name, Key })
const refused = expect.objectContaining({ name: expect.stringMatching(/^AccessDenied/) as unknown }) as unknown

describe('the emulator refuses', () => {
  let keyArn = ''
  beforeAll(async () => {
    keyArn = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ''
    await root.s3.send(new CreateBucketCommand({ Bucket: name }))
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } as const
    const Rules = [{ BucketKeyEnabled: true, ApplyServerSideEncryptionByDefault: byDefault }]
    const encryption = { Bucket: name, ServerSideEncryptionConfiguration: { Rules } }
    await root.s3.send(new PutBucketEncryptionCommand(encryption))
    await root.s3.send(new PutObjectCommand({ ...object('there'), Body: 'pixels' }))
  })

  it('an object to somebody without credentials', async () => {
    expect((await fetch(`${endpoint}/${name}/there`)).status).toBe(403)
  })

  it('an action that no policy grants, and one on another resource', async () => {
    const writer = await someoneWho([may('s3:PutObject', `arn:aws:s3:::${name}/mine/*`), may('kms:*', '*')])
    await writer.s3.send(new PutObjectCommand({ ...object('mine/a'), Body: 'a' }))
    await expect(writer.s3.send(new PutObjectCommand({ ...object('theirs/a'), Body: 'a' }))).rejects.toEqual(refused)
    await expect(writer.s3.send(new GetObjectCommand(object('mine/a')))).rejects.toEqual(refused)
  })

  it('a wrong secret', async () => {
    const { s3 } = await someoneWho([may('s3:*', '*')])
    const { accessKeyId } = await s3.config.credentials()
    const forged = new S3Client({ region, credentials: { accessKeyId, secretAccessKey: 'guessed' } })
    await expect(forged.send(new GetObjectCommand(object('there')))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    })
  })

  it('an encrypted object to a reader who may not decrypt with its key', async () => {
    const reading = may('s3:GetObject', `arn:aws:s3:::${name}/*`)
    const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } }
    const [without, withKey] = [
      await someoneWho([reading]),
      await someoneWho([reading, may('kms:Decrypt', '*', viaS3)]),
    ]
    await expect(without.s3.send(new GetObjectCommand(object('there')))).rejects.toEqual(refused)
    expect(await (await withKey.s3.send(new GetObjectCommand(object('there')))).Body?.transformToString()).toBe(
      'pixels',
    )
  })

  it('a data key outside the encryption context of the policy', async () => {
    const ofOrg = { StringEquals: { 'kms:EncryptionContext:org': 'a' } }
    const { kms } = await someoneWho([may('kms:GenerateDataKey', '*', ofOrg)])
    const dataKey = (org: string) =>
      kms.send(new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: { org } }))
    await dataKey('a')
    await expect(dataKey('b')).rejects.toEqual(refused)
  })

  it('a table read when only its writing is granted', async () => {
    const table = { TableName: name, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }] }
    const AttributeDefinitions = [{ AttributeName: 'pk', AttributeType: 'S' as const }]
    await root.dynamo.send(new CreateTableCommand({ ...table, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' }))
    await waitUntilTableExists({ client: root.dynamo, maxWaitTime: 30 }, { TableName: name })
    const { dynamo } = await someoneWho([may('dynamodb:PutItem', '*')])
    const get = new GetItemCommand({ TableName: name, Key: { pk: { S: 'a' } } })
    await expect(dynamo.send(get)).rejects.toEqual(refused)
  })

  it.each([
    ['an upload that could replace an object', { Null: { 's3:if-none-match': 'true' } }, {}, { IfNoneMatch: '*' }],
    [
      'an upload under another key than the bucket policy names',
      { StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'KEY' } },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'other' },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'KEY' },
    ],
  ] as const)('%s', async (_what, Condition, bad, good) => {
    const withKey = <Part>(part: Part): Part => JSON.parse(JSON.stringify(part).replaceAll('KEY', keyArn)) as Part
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${name}/*` }
    const Statement = [{ ...deny, Condition: withKey(Condition) }]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await root.s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }))
    const { s3 } = await someoneWho([may('s3:PutObject', '*'), may('kms:*', '*')])
    const upload = { ...object(randomBytes(4).toString('hex')), Body: 'x' }
    await expect(s3.send(new PutObjectCommand({ ...upload, ...withKey(bad) }))).rejects.toEqual(refused)
    await s3.send(new PutObjectCommand({ ...upload, ...withKey(good) }))
  })
})
