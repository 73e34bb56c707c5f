import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { hostOfRegion } from './own-region.ts'

/**
 * A hung connection must not eat the time a reader has: give up early, let the SDK's bounded retry try again. No endpoint is
 * set here: the SDK takes it from the environment, and `hostOfRegion` judges whatever it took.
 */
const settings = (region: string) => ({
  region,
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
})

const guardOptions = { step: 'finalizeRequest', name: 'ownRegionOnly', priority: 'high' } as const

/** Looks at the host each request is about to go to, after every ARN, redirect and endpoint setting has had its say. */
const refuseOtherRegions = (region: string, request: unknown): void => {
  if (typeof request !== 'object' || request === null || !('hostname' in request)) return
  hostOfRegion(region, String(request.hostname))
}

/** The only place where AWS clients are made; each refuses a host outside `region` (controls RES-04). */
export const dynamoClient = (region: string): DynamoDBDocumentClient => {
  const client = new DynamoDBClient(settings(region))
  client.middlewareStack.add(
    (next) => (args) => {
      refuseOtherRegions(region, args.request)
      return next(args)
    },
    guardOptions,
  )
  return DynamoDBDocumentClient.from(client)
}

export const s3Client = (region: string): S3Client => {
  const client = new S3Client({
    ...settings(region),
    // The default adds the CRC32 of nothing to whatever is signed before its body is known.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    useArnRegion: false,
    followRegionRedirects: false,
  })
  client.middlewareStack.add(
    (next) => (args) => {
      refuseOtherRegions(region, args.request)
      return next(args)
    },
    guardOptions,
  )
  return client
}

export const sqsClient = (region: string): SQSClient => {
  const client = new SQSClient({ ...settings(region), useQueueUrlAsEndpoint: false })
  client.middlewareStack.add(
    (next) => (args) => {
      refuseOtherRegions(region, args.request)
      return next(args)
    },
    guardOptions,
  )
  return client
}

export const kmsClient = (region: string): KMSClient => {
  const client = new KMSClient(settings(region))
  client.middlewareStack.add(
    (next) => (args) => {
      refuseOtherRegions(region, args.request)
      return next(args)
    },
    guardOptions,
  )
  return client
}
