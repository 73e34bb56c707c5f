import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { TemplateValue } from './assembly.ts'

/** Clients of one region, with the emulator's root credentials. */
export interface RegionClients {
  readonly dynamodb: DynamoDBClient
  readonly kms: KMSClient
  readonly lambda: LambdaClient
  readonly s3: S3Client
  readonly sqs: SQSClient
}

/** A deployed resource whose property is looked at. */
export interface DeployedResource extends RegionClients {
  readonly physicalId: string
  readonly region: string
  /** A property of the template, resolved; undefined when the template does not set it. */
  readonly value: (name: string) => TemplateValue | undefined
}

/** How one template property is read from the service and put there. */
export interface Property {
  readonly type: string
  readonly name: string
  /** Which part of it, where one property holds several settings. */
  readonly part?: string
  /** The property in the shape that `read` returns. An unknown part is an error, never dropped. */
  readonly desired: (value: TemplateValue, resource: DeployedResource) => unknown
  readonly read: (resource: DeployedResource) => Promise<unknown>
  readonly apply: (resource: DeployedResource, desired: unknown) => Promise<unknown>
}

/** A row whose parts agree on the API's type, which the table then forgets. */
export function property<Desired>(row: {
  type: string
  name: string
  part?: string
  desired: (value: TemplateValue, resource: DeployedResource) => Desired
  read: (resource: DeployedResource) => Promise<unknown>
  apply: (resource: DeployedResource, desired: Desired) => Promise<unknown>
}): Property {
  return { ...row, apply: (resource, desired) => row.apply(resource, desired as Desired) }
}
