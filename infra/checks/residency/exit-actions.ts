/** Calls that make a copy outside the cell, or open the door for one. An application role needs none of them. */
export const EXIT_ACTIONS: readonly string[] = [
  'backup:CopyFromBackupVault',
  'backup:CopyIntoBackupVault',
  'backup:StartCopyJob',
  'cloudformation:CreateStackSet',
  'dynamodb:CreateGlobalTable',
  'dynamodb:CreateTableReplica',
  'dynamodb:ExportTableToPointInTime',
  'dynamodb:RestoreTableToPointInTime',
  'dynamodb:UpdateGlobalTable',
  'ec2:CopyImage',
  'ec2:CopySnapshot',
  'ec2:ModifySnapshotAttribute',
  'ecr:PutReplicationConfiguration',
  'kms:ReplicateKey',
  'lambda:CreateFunctionUrlConfig',
  'logs:CreateExportTask',
  'logs:PutDestination',
  'logs:PutSubscriptionFilter',
  'oam:CreateLink',
  'rds:CopyDBClusterSnapshot',
  'rds:CopyDBSnapshot',
  'rds:StartExportTask',
  's3:CreateMultiRegionAccessPoint',
  's3:PutAccelerateConfiguration',
  's3:PutReplicationConfiguration',
  'secretsmanager:ReplicateSecretToRegions',
]

/**
 * Calls with which a role lets others in or adds a replica. A key or bucket policy must name them for its own
 * administrators; a role of the application never needs them.
 */
export const DOOR_ACTIONS: readonly string[] = [
  'dynamodb:PutResourcePolicy',
  'dynamodb:UpdateTable',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
  's3:PutAccessPointPolicy',
  's3:PutBucketPolicy',
  'secretsmanager:PutResourcePolicy',
  'sqs:AddPermission',
  'sns:AddPermission',
]

const CALL_NAMES: readonly string[] = [
  ...[...EXIT_ACTIONS, ...DOOR_ACTIONS].map((action) => action.split(':')[1] ?? ''),
  'PutBucketReplication',
  'PutBucketAccelerateConfiguration',
]

const NAMES = CALL_NAMES.join('|')

const CALL = new RegExp(
  `(?:aws-sdk:[a-z0-9]+:|(?<![a-z])(?:action|api)(?:\\\\*["'])?\\s*:\\s*(?:\\\\*["'])?)(${NAMES})(?![A-Za-z])`,
  'i',
)

const CALL_KEY = /^(?:action|api)$/i
const WHOLE_CALL = new RegExp(`^(?:${NAMES})$`, 'i')

/** A call that makes a copy, written into a state machine, a schedule, an automation document or a custom resource. */
export const exitCallIn = (text: string, key: string): string | undefined =>
  CALL_KEY.test(key) && WHOLE_CALL.test(text) ? text : CALL.exec(text)?.[1]
