import { RemovalPolicy } from 'aws-cdk-lib'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { bucketClasses, type BucketClass } from '../../shared/contracts/bucket-classes.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { keyPolicy, type KeyUse, type ServiceUse } from './key-policy.ts'
import { bucketArn, logGroupArn, pascal, sweepRuleArn } from './names.ts'

type ClassKey =
  BucketClass | 'table' | 'queues' | 'logs' | 'environment' | 'seal' | 'mac' | 'copy-names' | 'sign' | 'issuer'

interface KeyPlan {
  readonly purpose: string
  readonly use: KeyUse
  readonly services?: readonly ServiceUse[]
  readonly spec?: KeySpec
  readonly usage?: KeyUsage
}

const via = (service: string, grants = false): KeyUse => ({ kind: 'service', via: [service], grants })

/** One key a class (KMS-01): losing or retiring one never opens, or closes, another. */
const plans = (cell: CellDeployment): Record<Exclude<ClassKey, BucketClass>, KeyPlan> => ({
  table: { purpose: 'records', use: via('dynamodb', true) },
  queues: {
    purpose: 'queues and dead letters',
    use: via('sqs'),
    services: [
      // Not the key of the bucket: a bucket that needs its queue's key and a key that names its bucket is a cycle.
      {
        service: 's3.amazonaws.com',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        sourceArn: bucketArn(cell, 'incoming'),
      },
      {
        service: 'events.amazonaws.com',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        sourceArn: sweepRuleArn(cell),
      },
    ],
  },
  logs: {
    purpose: 'logs',
    use: { kind: 'service', via: ['logs', 's3'], grants: false },
    services: [
      {
        service: `logs.${cell.region}.amazonaws.com`,
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        sourceArn: logGroupArn(cell, '*'),
        encryptionContext: { 'aws:logs:arn': logGroupArn(cell, '*') },
      },
      {
        service: 'logging.s3.amazonaws.com',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        sourceArn: bucketArn(cell, '*'),
      },
    ],
  },
  environment: { purpose: 'environment of the functions', use: via('lambda', true) },
  seal: {
    purpose: 'patient fields, sealed by the functions',
    use: { kind: 'direct', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  },
  mac: {
    purpose: 'cursors and guards',
    use: { kind: 'direct', actions: ['kms:GenerateMac'] },
    spec: KeySpec.HMAC_256,
    usage: KeyUsage.GENERATE_VERIFY_MAC,
  },
  'copy-names': {
    purpose: 'pseudonyms of de-identified copies',
    use: { kind: 'direct', actions: ['kms:GenerateMac'] },
    spec: KeySpec.HMAC_256,
    usage: KeyUsage.GENERATE_VERIFY_MAC,
  },
  sign: {
    purpose: 'signatures of reports and audit checkpoints',
    use: { kind: 'direct', actions: ['kms:GetPublicKey', 'kms:Sign'] },
    spec: KeySpec.ECC_NIST_P256,
    usage: KeyUsage.SIGN_VERIFY,
  },
  issuer: {
    purpose: 'access tokens of systems',
    use: { kind: 'direct', actions: ['kms:GetPublicKey', 'kms:Sign'] },
    spec: KeySpec.RSA_2048,
    usage: KeyUsage.SIGN_VERIFY,
  },
})

/** The customer-managed keys of a cell. Retained when a stack goes: what they encrypted may have to be read for years. */
export class CellKeys extends Construct {
  readonly of: Readonly<Record<ClassKey, Key>>

  constructor(scope: Construct, id: string, cell: CellDeployment) {
    super(scope, id)
    const make = (name: ClassKey, plan: KeyPlan): Key =>
      new Key(this, pascal(name), {
        description: `Overread ${cell.cellId}: ${plan.purpose}`,
        policy: keyPolicy(cell, plan.use, plan.services ?? []),
        multiRegion: false,
        // KMS rotates symmetric encryption keys only.
        ...(plan.spec === undefined ? { enableKeyRotation: true } : { keySpec: plan.spec }),
        ...(plan.usage === undefined ? {} : { keyUsage: plan.usage }),
        removalPolicy: RemovalPolicy.RETAIN,
      })
    const others = Object.entries(plans(cell)).map(([name, plan]) => [name, make(name as ClassKey, plan)])
    const buckets = bucketClasses.map((name) => [name, make(name, { purpose: `${name} bucket`, use: via('s3') })])
    this.of = Object.fromEntries([...others, ...buckets]) as Record<ClassKey, Key>
  }
}
