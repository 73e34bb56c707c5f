import {
  AccountRootPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
  StarPrincipal,
} from 'aws-cdk-lib/aws-iam'
import type { CellDeployment } from '../deployments/deployment.ts'
import { placeOf } from '../stacks/cell-stack.ts'

const administration = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetPublicKey',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
]

const encryption = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey']

/** Who, of AWS's own services, may use a key, and for which resource: never without account and source (KMS-03). */
export interface ServiceUse {
  readonly service: string
  readonly actions: readonly string[]
  readonly sourceArn: string
  readonly encryptionContext?: Readonly<Record<string, string>>
}

export type KeyUse =
  /** Only through one service of this region, and with grants where that service works by them. */
  | { readonly kind: 'service'; readonly via: readonly string[]; readonly grants: boolean }
  /** By the functions themselves. */
  | { readonly kind: 'direct'; readonly actions: readonly string[] }

const useStatements = (cell: CellDeployment, use: KeyUse): PolicyStatement[] => {
  const principals = [new AccountRootPrincipal()]
  const account = { 'kms:CallerAccount': cell.account }
  if (use.kind === 'direct') {
    const conditions = { StringEquals: account }
    return [new PolicyStatement({ sid: 'Use', principals, actions: [...use.actions], resources: ['*'], conditions })]
  }
  const { region, partition } = placeOf(cell)
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const via = use.via.map((service) => `${service}.${region}.${suffix}`)
  const conditions = { StringEquals: { ...account, 'kms:ViaService': via } }
  const statements = [
    new PolicyStatement({ sid: 'Use', principals, actions: encryption, resources: ['*'], conditions }),
  ]
  if (use.grants) {
    statements.push(
      new PolicyStatement({
        sid: 'Grants',
        principals,
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        conditions: { ...conditions, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    )
  }
  return statements
}

const serviceStatement = (cell: CellDeployment, use: ServiceUse): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal(use.service)],
    actions: [...use.actions],
    resources: ['*'],
    conditions: {
      StringEquals: { 'aws:SourceAccount': cell.account },
      ArnLike: {
        'aws:SourceArn': use.sourceArn,
        ...Object.fromEntries(
          Object.entries(use.encryptionContext ?? {}).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
        ),
      },
    },
  })

/** Roles that may retire a key: the deployer's, those the deployment names, and the account's root, against a lockout. */
export const administratorsOf = (cell: CellDeployment): string[] => {
  const { partition, account } = placeOf(cell)
  return [
    `arn:${partition}:iam::${account}:root`,
    `arn:${partition}:iam::${account}:role/cdk-*-cfn-exec-role-${account}-${cell.region}`,
    ...cell.keyAdministrators,
  ]
}

/**
 * The key policy of a cell. Not CDK's default, which gives the account `kms:*` and so leaves every key to IAM alone: here the
 * account may administer and, by IAM, use a key only for what it is for. Destruction takes an administrator.
 */
export const keyPolicy = (cell: CellDeployment, use: KeyUse, services: readonly ServiceUse[]): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'Administration',
        principals: [new AccountRootPrincipal()],
        actions: administration,
        resources: ['*'],
      }),
      ...useStatements(cell, use),
      ...services.map((service) => serviceStatement(cell, service)),
      new PolicyStatement({
        sid: 'NeverInAnotherRegion',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['kms:ReplicateKey', 'kms:UpdatePrimaryRegion'],
        resources: ['*'],
      }),
      new PolicyStatement({
        sid: 'RetiredByAdministratorsOnly',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: { ArnNotLike: { 'aws:PrincipalArn': administratorsOf(cell) } },
      }),
    ],
  })
