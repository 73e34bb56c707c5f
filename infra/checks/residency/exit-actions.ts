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

const CALL_NAMES: readonly string[] = [
  ...EXIT_ACTIONS.map((action) => action.split(':')[1] ?? ''),
  'PutBucketReplication',
  'PutBucketAccelerateConfiguration',
]

const CALL = new RegExp(
  `(?:aws-sdk:[a-z0-9]+:|"action"\\s*:\\s*"|"Action"\\s*:\\s*")(${CALL_NAMES.join('|')})(?![A-Za-z])`,
  'i',
)

/** A call that makes a copy, written into a state machine, a schedule or a custom resource. */
export const exitCallIn = (text: string): string | undefined => CALL.exec(text)?.[1]
