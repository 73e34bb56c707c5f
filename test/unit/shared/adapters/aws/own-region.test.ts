import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { expect, test, vi } from 'vitest'
import { dynamoClient, kmsClient, s3Client, sqsClient } from '../../../../../shared/adapters/aws/clients.ts'
import { arnOfRegion, hostOfRegion, OutsideRegion, urlOfRegion } from '../../../../../shared/adapters/aws/own-region.ts'
import { DescribeKeyCommand } from '@aws-sdk/client-kms'
import { SendMessageCommand } from '@aws-sdk/client-sqs'

test.each([
  'arn:aws:kms:eu-central-1:111122223333:key/1',
  'arn:aws:s3:::a-bucket',
  'arn:aws-cn:kms:eu-central-1:1:key/1',
])('keeps an ARN of its own region: %s', (arn) => expect(arnOfRegion('eu-central-1', arn)).toBe(arn))

test.each(['arn:aws:kms:us-east-1:111122223333:key/1', 'arn:aws:kms:eu-central-2:1:key/1', 'alias/images', ''])(
  'refuses a key of another region or no ARN at all: %s',
  (arn) => expect(() => arnOfRegion('eu-central-1', arn)).toThrow(OutsideRegion),
)

test.each([
  ['sqs.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['bucket.s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['kms.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['127.0.0.1', 'eu-central-1'],
  ['emulator.internal', 'eu-central-1'],
])('takes %s as a host of %s', (host, region) => expect(hostOfRegion(region, host)).toBe(host))

test.each([
  'sqs.us-east-1.amazonaws.com',
  'bucket.s3.amazonaws.com',
  'bucket-eu-west-1.s3.eu-central-1.amazonaws.com',
  's3.dualstack.us-gov-west-1.amazonaws.com',
  'bucket.s3-accelerate.amazonaws.com',
  'kms.us-isob-east-1.sc2s.sgov.gov',
])('refuses the host %s in eu-central-1', (host) =>
  expect(() => hostOfRegion('eu-central-1', host)).toThrow(OutsideRegion),
)

test('refuses a queue URL of another region', () =>
  expect(() => urlOfRegion('eu-central-1', 'https://sqs.eu-west-1.amazonaws.com/1/q')).toThrow(OutsideRegion))

test('no client sends anything to an endpoint of another region', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_ENDPOINT_URL', 'https://gateway.us-east-1.example')
  const region = 'eu-central-1'
  const attempts = [
    () => dynamoClient(region).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })),
    () => s3Client(region).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
    () =>
      sqsClient(region).send(
        new SendMessageCommand({ QueueUrl: 'https://gateway.us-east-1.example/q', MessageBody: 'm' }),
      ),
    () => kmsClient(region).send(new DescribeKeyCommand({ KeyId: 'k' })),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow(OutsideRegion)
  vi.unstubAllEnvs()
})

test('an access point ARN of another region does not lead a request out of the cell', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  const Bucket = 'arn:aws:s3:us-west-2:111122223333:accesspoint/images'
  await expect(s3Client('eu-central-1').send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toThrow()
  vi.unstubAllEnvs()
})
