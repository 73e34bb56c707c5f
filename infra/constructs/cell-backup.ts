import { RemovalPolicy } from 'aws-cdk-lib'
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { CellDeployment } from '../deployments/deployment.ts'
import { placeOf } from '../stacks/cell-stack.ts'
import { keyPolicy } from './key-policy.ts'

const retainedDays = 35

/**
 * Daily backups beside point-in-time recovery, in a vault of this region under its own key. Nothing copies them anywhere: the
 * vault refuses it, and they expire after five weeks so that an erasure reaches them too (RET-03).
 */
export class CellBackup extends Construct {
  constructor(scope: Construct, id: string, cell: CellDeployment, table: Table) {
    super(scope, id)
    const key = new Key(this, 'Key', {
      description: `Overread ${cell.cellId}: backups`,
      policy: keyPolicy(cell, { kind: 'service', via: ['backup'], grants: true }, []),
      enableKeyRotation: true,
      multiRegion: false,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: `overread-${cell.cellId}`,
      encryptionKeyArn: key.keyArn,
      accessPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'NeverCopied', Effect: 'Deny', Principal: '*', Action: 'backup:CopyFromBackupVault', Resource: '*' },
        ],
      },
    })
    vault.applyRemovalPolicy(RemovalPolicy.RETAIN)
    const plan = new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: `overread-${cell.cellId}`,
        backupPlanRule: [
          {
            ruleName: 'daily',
            targetBackupVault: vault.ref,
            scheduleExpression: 'cron(0 3 * * ? *)',
            lifecycle: { deleteAfterDays: retainedDays },
          },
        ],
      },
    })
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.ref,
      backupSelection: {
        selectionName: 'records',
        iamRoleArn: this.makeRole(cell, table, key.keyArn).roleArn,
        resources: [table.tableArn],
      },
    })
  }

  private makeRole(cell: CellDeployment, table: Table, keyArn: string): Role {
    const { partition, region, account } = placeOf(cell)
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:backup:${region}:${account}:backup-plan:*` },
        },
      }),
    })
    const policy = new ManagedPolicy(this, 'Policy', {
      statements: [
        new PolicyStatement({
          actions: ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
          resources: [table.tableArn],
        }),
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
          resources: [keyArn, ...(table.encryptionKey === undefined ? [] : [table.encryptionKey.keyArn])],
        }),
      ],
    })
    role.addManagedPolicy(policy)
    return role
  }
}
