import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionStorageClass,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import { property } from './property.ts'

const Rule = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  TagFilters: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: z.number() }).optional(),
  ExpirationInDays: z.number().optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: z.number(), NewerNoncurrentVersions: z.number().optional() })
    .optional(),
  NoncurrentVersionExpirationInDays: z.number().optional(),
  Transitions: z.array(z.strictObject({ StorageClass: z.string(), TransitionInDays: z.number() })).optional(),
  NoncurrentVersionTransitions: z
    .array(z.strictObject({ StorageClass: z.string(), TransitionInDays: z.number() }))
    .optional(),
})

function filterOf({ Prefix, TagFilters = [] }: z.infer<typeof Rule>): LifecycleRule['Filter'] {
  const [tag] = TagFilters
  if (!tag) return { Prefix: Prefix ?? '' }
  if (TagFilters.length === 1 && Prefix === undefined) return { Tag: tag }
  return { And: { Prefix, Tags: TagFilters } }
}

function expirationOf(rule: z.infer<typeof Rule>): LifecycleRule['Expiration'] {
  if (rule.ExpirationInDays === undefined && rule.ExpiredObjectDeleteMarker === undefined) return undefined
  return { Days: rule.ExpirationInDays, ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker }
}

function toApi(rule: z.infer<typeof Rule>): LifecycleRule {
  const noncurrentDays = rule.NoncurrentVersionExpirationInDays
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: filterOf(rule),
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    Expiration: expirationOf(rule),
    NoncurrentVersionExpiration:
      rule.NoncurrentVersionExpiration ??
      (noncurrentDays === undefined ? undefined : { NoncurrentDays: noncurrentDays }),
    Transitions: rule.Transitions?.map(({ StorageClass, TransitionInDays }) => ({
      StorageClass: StorageClass as TransitionStorageClass,
      Days: TransitionInDays,
    })),
    NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map(({ StorageClass, TransitionInDays }) => ({
      StorageClass: StorageClass as TransitionStorageClass,
      NoncurrentDays: TransitionInDays,
    })),
  }
}

/** `LifecycleConfiguration` of a bucket: the template and the API name nearly every part differently. */
export const lifecycle = property({
  type: 'AWS::S3::Bucket',
  name: 'LifecycleConfiguration',
  desired: (value) =>
    z
      .strictObject({ Rules: z.array(Rule) })
      .parse(value)
      .Rules.map(toApi),
  read: async ({ s3, physicalId: Bucket }) =>
    (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules,
  apply: ({ s3, physicalId: Bucket }, Rules) =>
    s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } })),
})
