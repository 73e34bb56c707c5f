import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam'
import type { BucketClass } from '../../shared/contracts/bucket-classes.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { administratorsOf } from './key-policy.ts'
import { bucketArn } from './names.ts'

interface Denial {
  readonly sid: string
  readonly actions: readonly string[]
  readonly on: 'bucket' | 'objects' | 'both'
  readonly conditions?: Readonly<Record<string, unknown>>
}

/** Longest age of a signature in milliseconds: what the signers give, and nothing that was signed otherwise. */
const signatureAge = (bucket: BucketClass) => (['images', 'copies', 'reports'].includes(bucket) ? 300_000 : 900_000)

/**
 * Said, and said otherwise. A part of an upload and a write that leaves it to the bucket say nothing, and get the bucket's own
 * key; `IfExists` on a negated operator would refuse those too.
 */
const saidOtherwise = (key: string, value: string) => ({ Null: { [key]: 'false' }, StringNotEquals: { [key]: value } })

const everywhere = (cell: CellDeployment, bucket: BucketClass, keyArn: string): Denial[] => [
  {
    sid: 'OtherAccounts',
    actions: ['s3:*'],
    on: 'both',
    conditions: {
      StringNotEquals: { 'aws:PrincipalAccount': cell.account },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  },
  {
    sid: 'OldSignature',
    actions: ['s3:*'],
    on: 'both',
    conditions: { NumericGreaterThan: { 's3:signatureAge': String(signatureAge(bucket)) } },
  },
  {
    sid: 'SignatureVersion2',
    actions: ['s3:*'],
    on: 'both',
    conditions: { StringEquals: { 's3:signatureversion': 'AWS' } },
  },
  {
    sid: 'OtherKey',
    actions: ['s3:PutObject'],
    on: 'objects',
    conditions: saidOtherwise('s3:x-amz-server-side-encryption-aws-kms-key-id', keyArn),
  },
  {
    sid: 'OtherEncryption',
    actions: ['s3:PutObject'],
    on: 'objects',
    conditions: saidOtherwise('s3:x-amz-server-side-encryption', 'aws:kms'),
  },
  { sid: 'NeverReplicated', actions: ['s3:PutReplicationConfiguration'], on: 'bucket' },
]

const ofClass = (cell: CellDeployment, bucket: BucketClass): Denial[] => {
  const locked: Denial = {
    sid: 'LockHeldByAdministrators',
    actions: ['s3:BypassGovernanceRetention', 's3:PutBucketObjectLockConfiguration'],
    on: 'both',
    conditions: { ArnNotLike: { 'aws:PrincipalArn': administratorsOf(cell) } },
  }
  switch (bucket) {
    case 'incoming':
      return [
        {
          // Only where a request makes an object: a part of an upload makes none, its completion does.
          sid: 'CreateOnly',
          actions: ['s3:PutObject'],
          on: 'objects',
          conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
        },
      ]
    case 'images':
    case 'reports':
    case 'audit':
      return [locked]
    case 'copies':
    case 'quarantine':
    case 'network':
      return []
  }
}

/** What nobody may do to a bucket of the cell, whatever their own policy says (UP-02 to UP-06, residency rows 1 and 2). */
export const bucketDenials = (cell: CellDeployment, bucket: BucketClass, keyArn: string): PolicyStatement[] => {
  const arn = bucketArn(cell, bucket)
  const resources = { bucket: [arn], objects: [`${arn}/*`], both: [arn, `${arn}/*`] }
  return [...everywhere(cell, bucket, keyArn), ...ofClass(cell, bucket)].map(
    ({ sid, actions, on, conditions }) =>
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: [...actions],
        resources: resources[on],
        ...(conditions === undefined ? {} : { conditions: { ...conditions } }),
      }),
  )
}
