import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type ObjectLockConfiguration,
  type ObjectOwnership,
  type PublicAccessBlockConfiguration,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import { lifecycle } from './bucket-lifecycle.ts'
import { notification } from './bucket-notification.ts'
import { property, type DeployedResource, type Property } from './property.ts'

const type = 'AWS::S3::Bucket'
const bucketOf = ({ physicalId }: DeployedResource): { Bucket: string } => ({ Bucket: physicalId })

const Encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z.array(
    z.strictObject({
      BucketKeyEnabled: z.boolean().optional(),
      BlockedEncryptionTypes: z.strictObject({ EncryptionType: z.array(z.string()) }).optional(),
      ServerSideEncryptionByDefault: z.strictObject({
        SSEAlgorithm: z.string(),
        KMSMasterKeyID: z.string().optional(),
      }),
    }),
  ),
})

const encryption = property({
  type,
  name: 'BucketEncryption',
  desired: (value) =>
    Encryption.parse(value).ServerSideEncryptionConfiguration.map((rule) => ({
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: rule.ServerSideEncryptionByDefault.SSEAlgorithm as ServerSideEncryption,
        KMSMasterKeyID: rule.ServerSideEncryptionByDefault.KMSMasterKeyID,
      },
      BucketKeyEnabled: rule.BucketKeyEnabled,
    })),
  read: async (bucket) =>
    (await bucket.s3.send(new GetBucketEncryptionCommand(bucketOf(bucket)))).ServerSideEncryptionConfiguration?.Rules,
  apply: (bucket, Rules) =>
    bucket.s3.send(
      new PutBucketEncryptionCommand({ ...bucketOf(bucket), ServerSideEncryptionConfiguration: { Rules } }),
    ),
})

const Lock = z.strictObject({
  ObjectLockEnabled: z.literal('Enabled'),
  Rule: z
    .strictObject({
      DefaultRetention: z.strictObject({
        Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
        Days: z.number().optional(),
        Years: z.number().optional(),
      }),
    })
    .optional(),
})

const lock = {
  read: async (bucket: DeployedResource) =>
    (await bucket.s3.send(new GetObjectLockConfigurationCommand(bucketOf(bucket)))).ObjectLockConfiguration,
  apply: (bucket: DeployedResource, ObjectLockConfiguration: ObjectLockConfiguration) =>
    bucket.s3.send(new PutObjectLockConfigurationCommand({ ...bucketOf(bucket), ObjectLockConfiguration })),
}

const objectLockEnabled = property<ObjectLockConfiguration>({
  type,
  name: 'ObjectLockEnabled',
  desired: (value) => (value === true || value === 'true' ? { ObjectLockEnabled: 'Enabled' } : {}),
  ...lock,
})

const objectLock = property<ObjectLockConfiguration>({
  type,
  name: 'ObjectLockConfiguration',
  desired: (value) => Lock.parse(value),
  ...lock,
})

const versioning = property({
  type,
  name: 'VersioningConfiguration',
  desired: (value) => z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).parse(value),
  read: (bucket) => bucket.s3.send(new GetBucketVersioningCommand(bucketOf(bucket))),
  apply: (bucket, VersioningConfiguration) =>
    bucket.s3.send(new PutBucketVersioningCommand({ ...bucketOf(bucket), VersioningConfiguration })),
})

const publicAccess = property({
  type,
  name: 'PublicAccessBlockConfiguration',
  desired: (value) => z.record(z.string(), z.boolean()).parse(value) as PublicAccessBlockConfiguration,
  read: async (bucket) =>
    (await bucket.s3.send(new GetPublicAccessBlockCommand(bucketOf(bucket)))).PublicAccessBlockConfiguration,
  apply: (bucket, PublicAccessBlockConfiguration) =>
    bucket.s3.send(new PutPublicAccessBlockCommand({ ...bucketOf(bucket), PublicAccessBlockConfiguration })),
})

const ownership = property({
  type,
  name: 'OwnershipControls',
  desired: (value) =>
    z
      .strictObject({ Rules: z.array(z.strictObject({ ObjectOwnership: z.string() })) })
      .parse(value)
      .Rules.map(({ ObjectOwnership }) => ({ ObjectOwnership: ObjectOwnership as ObjectOwnership })),
  read: async (bucket) =>
    (await bucket.s3.send(new GetBucketOwnershipControlsCommand(bucketOf(bucket)))).OwnershipControls?.Rules,
  apply: (bucket, Rules) =>
    bucket.s3.send(new PutBucketOwnershipControlsCommand({ ...bucketOf(bucket), OwnershipControls: { Rules } })),
})

const CorsRule = z.strictObject({
  Id: z.string().optional(),
  AllowedHeaders: z.array(z.string()).optional(),
  AllowedMethods: z.array(z.string()),
  AllowedOrigins: z.array(z.string()),
  ExposedHeaders: z.array(z.string()).optional(),
  MaxAge: z.number().optional(),
})

const cors = property({
  type,
  name: 'CorsConfiguration',
  desired: (value) =>
    z
      .strictObject({ CorsRules: z.array(CorsRule) })
      .parse(value)
      .CorsRules.map(({ Id, ExposedHeaders, MaxAge, ...same }) => ({
        ...same,
        ID: Id,
        ExposeHeaders: ExposedHeaders,
        MaxAgeSeconds: MaxAge,
      })),
  read: async (bucket) => (await bucket.s3.send(new GetBucketCorsCommand(bucketOf(bucket)))).CORSRules,
  apply: (bucket, CORSRules) =>
    bucket.s3.send(new PutBucketCorsCommand({ ...bucketOf(bucket), CORSConfiguration: { CORSRules } })),
})

const policy = property({
  type: 'AWS::S3::BucketPolicy',
  name: 'PolicyDocument',
  desired: (value) => JSON.stringify(value),
  read: async ({ s3, value }) =>
    (await s3.send(new GetBucketPolicyCommand({ Bucket: z.string().parse(value('Bucket')) }))).Policy,
  apply: ({ s3, value }, Policy) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: z.string().parse(value('Bucket')), Policy })),
})

/** Buckets and their policies; the policy last, for it may forbid what the others do. */
export const bucketProperties: readonly Property[] = [
  versioning,
  encryption,
  objectLockEnabled,
  objectLock,
  lifecycle,
  publicAccess,
  ownership,
  cors,
  notification,
  policy,
]
