import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  BlockedEncryptionType,
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectLockRetention,
  ObjectOwnership,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { bucketClasses, type BucketClass } from '../../shared/contracts/bucket-classes.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { bucketDenials } from './bucket-policy.ts'
import type { CellKeys } from './cell-keys.ts'
import { bucketName, pascal } from './names.ts'

const always = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  versioned: true,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies BucketProps

const abandoned = { abortIncompleteMultipartUploadAfter: Duration.days(1) }

/** GOVERNANCE where an erasure must stay possible; COMPLIANCE for the audit alone, which nobody may shorten (RET-01). */
const lockOf = ({ retention }: CellDeployment, bucket: BucketClass): ObjectLockRetention | undefined => {
  switch (bucket) {
    case 'images':
      return ObjectLockRetention.governance(Duration.days(retention.imageDays))
    case 'reports':
      return ObjectLockRetention.governance(Duration.days(retention.reportDays))
    case 'audit':
      return ObjectLockRetention.compliance(Duration.days(retention.auditDays))
    // Copies can be made again: nothing is lost with one, and an erasure need not wait for it.
    case 'copies':
    case 'incoming':
    case 'quarantine':
    case 'network':
      return undefined
  }
}

const lifecycleOf = ({ retention }: CellDeployment, bucket: BucketClass): LifecycleRule[] => {
  switch (bucket) {
    case 'incoming':
      // Everything here is copied or rejected within minutes; a month is for an upload that nobody finished.
      return [{ ...abandoned, expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(1) }]
    case 'quarantine':
      return [
        {
          ...abandoned,
          expiration: Duration.days(retention.quarantineDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ]
    case 'copies':
      return [{ ...abandoned, noncurrentVersionExpiration: Duration.days(1) }]
    case 'images':
    case 'reports':
    case 'audit':
    case 'network':
      return [abandoned]
  }
}

/** The buckets of a cell: one a class, each under its own key. */
export class CellBuckets extends Construct {
  readonly of: Readonly<Record<BucketClass, Bucket>>

  constructor(scope: Construct, id: string, cell: CellDeployment, keys: CellKeys) {
    super(scope, id)
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...always,
      bucketName: bucketName(cell, 'access-logs'),
      // Not locked: S3 delivers no access logs to a locked bucket.
      encryption: BucketEncryption.KMS,
      // By its ARN: to a key of its own kind CDK adds the log service without naming account or source (KMS-03).
      encryptionKey: Key.fromKeyArn(this, 'LogKey', keys.of.logs.keyArn),
      bucketKeyEnabled: true,
      lifecycleRules: [{ ...abandoned, expiration: Duration.days(cell.retention.auditDays) }],
    })
    this.of = Object.fromEntries(
      bucketClasses.map((bucket) => [bucket, this.make(cell, bucket, keys, accessLogs)]),
    ) as Record<BucketClass, Bucket>
  }

  private make(cell: CellDeployment, bucket: BucketClass, keys: CellKeys, accessLogs: Bucket): Bucket {
    const key = keys.of[bucket]
    const lock = lockOf(cell, bucket)
    const made = new Bucket(this, pascal(bucket), {
      ...always,
      bucketName: bucketName(cell, bucket),
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: `${bucket}/`,
      lifecycleRules: lifecycleOf(cell, bucket),
      ...(lock === undefined ? {} : { objectLockEnabled: true, objectLockDefaultRetention: lock }),
      ...(cell.corsOrigins.length === 0 ? {} : { cors: corsOf(cell, bucket) }),
    })
    for (const denial of bucketDenials(cell, bucket, key.keyArn)) made.addToResourcePolicy(denial)
    return made
  }
}

/** A browser sends uploads and opens images; it never lists, deletes or heads. */
const corsOf = ({ corsOrigins }: CellDeployment, bucket: BucketClass) => [
  {
    allowedOrigins: [...corsOrigins],
    allowedMethods: [bucket === 'incoming' ? HttpMethods.PUT : HttpMethods.GET],
    allowedHeaders: ['*'],
    exposedHeaders: ['ETag', 'x-amz-checksum-sha256'],
    maxAge: 3000,
  },
]
