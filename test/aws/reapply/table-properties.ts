import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { TemplateValue } from './assembly.ts'
import { property, type DeployedResource, type Property } from './property.ts'

const TimeToLive = z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() })
const Recovery = z.strictObject({
  PointInTimeRecoveryEnabled: z.boolean(),
  RecoveryPeriodInDays: z.number().optional(),
})
const Encryption = z.looseObject({ KMSMasterKeyId: z.string().optional() })
const Replica = z.looseObject({
  Region: z.string(),
  PointInTimeRecoverySpecification: Recovery.optional(),
  SSESpecification: Encryption.optional(),
})

/** A global table states encryption and recovery per replica; ours has one, in its own region. */
function ownReplica(value: TemplateValue, { region }: DeployedResource): z.infer<typeof Replica> {
  const replica = z
    .array(Replica)
    .parse(value)
    .find((candidate) => candidate.Region === region)
  if (!replica) throw new Error(`The table has no replica in its own region ${region}.`)
  return replica
}

interface TimeToLiveDesired {
  TimeToLiveStatus: string
  AttributeName: string
}

const timeToLive = (type: string): Property =>
  property<TimeToLiveDesired>({
    type,
    name: 'TimeToLiveSpecification',
    desired: (value) => {
      const { AttributeName, Enabled } = TimeToLive.parse(value)
      return { AttributeName, TimeToLiveStatus: Enabled ? 'ENABLED' : 'DISABLED' }
    },
    read: async ({ dynamodb, physicalId: TableName }) =>
      (await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription,
    apply: ({ dynamodb, physicalId: TableName }, { AttributeName, TimeToLiveStatus }) =>
      dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName, Enabled: TimeToLiveStatus === 'ENABLED' },
        }),
      ),
  })

/** Where a template writes a setting. */
type Place = Pick<Property, 'name' | 'part'>

type Desired = z.infer<typeof Recovery> | undefined

const recovery = (
  type: string,
  place: Place,
  pick: (value: TemplateValue, table: DeployedResource) => Desired,
): Property =>
  property({
    type,
    ...place,
    desired: (value, table) => {
      const enabled = pick(value, table)?.PointInTimeRecoveryEnabled ?? false
      return { PointInTimeRecoveryStatus: enabled ? 'ENABLED' : 'DISABLED' }
    },
    read: async ({ dynamodb, physicalId: TableName }) =>
      (await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
        ?.PointInTimeRecoveryDescription,
    apply: ({ dynamodb, physicalId: TableName }, { PointInTimeRecoveryStatus }) =>
      dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: PointInTimeRecoveryStatus === 'ENABLED' },
        }),
      ),
  })

interface EncryptionDesired {
  Status: string
  SSEType: string
  KMSMasterKeyArn: string | undefined
}

const encryption = (
  type: string,
  place: Place,
  keyOf: (value: TemplateValue, table: DeployedResource) => string | undefined,
): Property =>
  property<EncryptionDesired>({
    type,
    ...place,
    desired: (value, table) => ({ Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyOf(value, table) }),
    read: async ({ dynamodb, physicalId: TableName }) =>
      (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.SSEDescription,
    apply: ({ dynamodb, physicalId: TableName }, { KMSMasterKeyArn }) =>
      dynamodb.send(
        new UpdateTableCommand({
          TableName,
          SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: KMSMasterKeyArn },
        }),
      ),
  })

const [single, global] = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']
const recoveryName = 'PointInTimeRecoverySpecification'
const encryptionName = 'SSESpecification'
const replica = (part: string): Place => ({ name: 'Replicas', part })

/** Tables in both forms the CDK writes. */
export const tableProperties: readonly Property[] = [
  timeToLive(single),
  timeToLive(global),
  recovery(single, { name: recoveryName }, (value) => Recovery.parse(value)),
  recovery(global, replica(recoveryName), (value, table) => ownReplica(value, table)[recoveryName]),
  encryption(single, { name: encryptionName }, (value) => Encryption.parse(value).KMSMasterKeyId),
  encryption(
    global,
    replica(encryptionName),
    (value, table) => ownReplica(value, table)[encryptionName]?.KMSMasterKeyId,
  ),
]
