import * as cdk from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as s3 from 'aws-cdk-lib/aws-s3'
import * as notifications from 'aws-cdk-lib/aws-s3-notifications'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { evaluate, type AccessRequest } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { readPolicies } from '../../infra/checks/policy-evaluation/policies.ts'
import { UnknownPolicy } from '../../infra/checks/policy-evaluation/unknown-policy.ts'

const ACCOUNT = '111122223333'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/`
const allow = (action: string | string[], resource: string, conditions: Record<string, Record<string, string>> = {}) =>
  new iam.PolicyStatement({ actions: [action].flat(), resources: [resource], conditions })
const deny = (action: string, resource: string, conditions: Record<string, Record<string, string>>) =>
  new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: [action],
    resources: [resource],
    conditions,
  })

/** Two stacks of one cell, in the forms CDK gives policies: cross-stack imports, inline, managed and resource policies. */
const cell = (() => {
  const app = new cdk.App({ analyticsReporting: false })
  const env = { account: ACCOUNT, region: 'eu-central-1' }
  const state = new cdk.Stack(app, 'State', { env })
  const service = new cdk.Stack(app, 'Service', { env })
  const key = new kms.Key(state, 'Key')
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:ReplicateKey', 'kms:ScheduleKeyDeletion'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': `${ROLE}admin` } },
    }),
  )
  const images = new s3.Bucket(state, 'Images', {
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryptionKey: key,
  })
  images.addToResourcePolicy(
    deny('s3:PutObject', images.arnForObjects('incoming/*'), {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    }),
  )
  images.addToResourcePolicy(
    deny('s3:*', images.arnForObjects('*'), { NumericGreaterThan: { 's3:signatureAge': '900000' } }),
  )
  images.addToResourcePolicy(
    deny('s3:*', images.arnForObjects('*'), {
      StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT },
      Bool: { 'aws:PrincipalIsAWSService': 'false' },
    }),
  )
  const queue = new sqs.Queue(state, 'Arrivals', { enforceSSL: true })
  images.addEventNotification(s3.EventType.OBJECT_CREATED, new notifications.SqsDestination(queue))
  const table = new dynamodb.Table(state, 'Cases', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
  })

  const role = (id: string, ...statements: iam.PolicyStatement[]) => {
    const made = new iam.Role(service, id, {
      roleName: id,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    })
    if (statements.length > 0) new iam.ManagedPolicy(service, `${id}Policy`, { statements, roles: [made] })
    return made
  }
  role(
    'intake',
    allow('s3:PutObject', images.arnForObjects('incoming/${aws:PrincipalTag/org}/*')),
    allow(['dynamodb:PutItem', 'dynamodb:Query'], table.tableArn, {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': '${aws:PrincipalTag/org}#*' },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }),
    allow('kms:GenerateDataKey*', key.keyArn, {
      StringEquals: { 'kms:EncryptionContext:org': '${aws:PrincipalTag/org}' },
    }),
    allow('kms:ReplicateKey', key.keyArn),
    allow('sts:AssumeRole', `${ROLE}reader`),
  )
  role('bystander')
  role('helped').addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'))
  const fenced = role('fenced', allow('s3:GetObject', images.arnForObjects('*')))
  iam.PermissionsBoundary.of(fenced).apply(
    new iam.ManagedPolicy(service, 'Fence', { statements: [allow('s3:GetObject', images.arnForObjects('reports/*'))] }),
  )
  new iam.Role(service, 'reader', { roleName: 'reader', assumedBy: new iam.ArnPrincipal(`${ROLE}intake`) })
  queue.grantSendMessages(new iam.ArnPrincipal('arn:aws:iam::999988887777:role/partner'))
  const handler = new lambda.Function(service, 'Handler', {
    functionName: 'handler',
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'i.h',
    code: lambda.Code.fromInline('//'),
  })
  handler.addPermission('Events', {
    principal: new iam.ServicePrincipal('events.amazonaws.com'),
    sourceArn: `arn:aws:events:eu-central-1:${ACCOUNT}:rule/sweep`,
    sourceAccount: ACCOUNT,
  })
  const assembly = app.synth()
  const id = (construct: cdk.IResource) => state.getLogicalId(construct.node.defaultChild as cdk.CfnElement)
  const templates = ['State', 'Service'].map((name) => ({
    name,
    template: assembly.getStackByName(name).template as unknown,
  }))
  return { templates, ids: { key: id(key), images: id(images), queue: id(queue), table: id(table) } }
})()

const guardrails = [
  {
    name: 'SCP',
    document: {
      Statement: [
        {
          Effect: 'Deny',
          NotAction: ['iam:*', 'sts:*'],
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1'] } },
        },
      ],
    },
  },
]
const policies = readPolicies(cell.templates, { region: 'eu-central-1', account: ACCOUNT, guardrails })
const images = policies.arn('State', cell.ids.images)
const key = policies.arn('State', cell.ids.key)
const queue = policies.arn('State', cell.ids.queue)
const table = policies.arn('State', cell.ids.table)
const handler = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:handler`

const north = { 'aws:PrincipalTag/org': 'north' }
const create = { ...north, 's3:if-none-match': '*', 's3:ObjectCreationOperation': true }

type Row = [
  sentence: string,
  allowed: boolean,
  principal: string,
  action: string,
  resource: string,
  context?: NonNullable<AccessRequest['context']>,
]

const ROWS: readonly Row[] = [
  ['a site uploads below its own prefix', true, 'intake', 's3:PutObject', `${images}/incoming/north/1`, create],
  ['action names know no case', true, 'intake', 'S3:putobject', `${images}/incoming/north/1`, create],
  ['no site uploads below another one', false, 'intake', 's3:PutObject', `${images}/incoming/south/1`, create],
  ['a prefix is not a part of a name', false, 'intake', 's3:PutObject', `${images}/incoming/northern/1`, create],
  [
    'without a tag there is no prefix',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming//1`,
    { ...create, 'aws:PrincipalTag/org': null },
  ],
  [
    'an organisation called * is just called so',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/south/1`,
    { ...create, 'aws:PrincipalTag/org': '*' },
  ],
  [
    'an upload cannot overwrite',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 's3:if-none-match': null },
  ],
  [
    'a part of a multipart upload needs no precondition',
    true,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...north, 's3:ObjectCreationOperation': false },
  ],
  [
    'an old URL is refused',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 's3:signatureAge': 900_001 },
  ],
  [
    'a fresh URL is taken',
    true,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 's3:signatureAge': 900_000 },
  ],
  [
    'nothing travels in the clear',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 'aws:SecureTransport': false },
  ],
  [
    'old TLS is refused',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 's3:TlsVersion': 1.1 },
  ],
  [
    'the region fence holds',
    false,
    'intake',
    's3:PutObject',
    `${images}/incoming/north/1`,
    { ...create, 'aws:RequestedRegion': 'us-east-1' },
  ],
  ['a right to write is no right to read', false, 'intake', 's3:GetObject', `${images}/incoming/north/1`, north],
  ['nor to list', false, 'intake', 's3:ListBucket', images, north],
  ['a role without policies may nothing', false, 'bystander', 's3:PutObject', `${images}/incoming/north/1`, create],
  ['anonymous callers are refused', false, 'anonymous', 's3:GetObject', `${images}/incoming/north/1`],
  ['own rows', true, 'intake', 'dynamodb:PutItem', table, { ...north, 'dynamodb:LeadingKeys': ['north#1', 'north#2'] }],
  [
    'no rows of others among the own',
    false,
    'intake',
    'dynamodb:PutItem',
    table,
    { ...north, 'dynamodb:LeadingKeys': ['north#1', 'south#1'] },
  ],
  ['no request without keys', false, 'intake', 'dynamodb:Query', table, north],
  [
    'a key in its own context',
    true,
    'intake',
    'kms:GenerateDataKey',
    key,
    { ...north, 'kms:EncryptionContext:org': 'north' },
  ],
  [
    'no key in the context of another',
    false,
    'intake',
    'kms:GenerateDataKey',
    key,
    { ...north, 'kms:EncryptionContext:org': 'south' },
  ],
  ['no key without a context', false, 'intake', 'kms:GenerateDataKey', key, north],
  ['no key is replicated, whatever a role policy says', false, 'intake', 'kms:ReplicateKey', key],
  [
    'a right on the key alone does not decrypt',
    false,
    'intake',
    'kms:Decrypt',
    key,
    { ...north, 'kms:EncryptionContext:org': 'north' },
  ],
  ['the bucket tells the queue', true, 's3.amazonaws.com', 'sqs:SendMessage', queue, { 'aws:SourceArn': images }],
  [
    'another bucket does not',
    false,
    's3.amazonaws.com',
    'sqs:SendMessage',
    queue,
    { 'aws:SourceArn': 'arn:aws:s3:::other' },
  ],
  ['another service does not', false, 'sns.amazonaws.com', 'sqs:SendMessage', queue, { 'aws:SourceArn': images }],
  [
    'a service in the clear does not',
    false,
    's3.amazonaws.com',
    'sqs:SendMessage',
    queue,
    { 'aws:SourceArn': images, 'aws:SecureTransport': false },
  ],
  ['a partner the queue names', true, 'arn:aws:iam::999988887777:role/partner', 'sqs:SendMessage', queue],
  ['nobody else of that account', false, 'arn:aws:iam::999988887777:role/other', 'sqs:SendMessage', queue],
  ['inside the boundary', true, 'fenced', 's3:GetObject', `${images}/reports/1`],
  ['outside the boundary', false, 'fenced', 's3:GetObject', `${images}/incoming/north/1`],
  ['a role that trusts this one', true, 'intake', 'sts:AssumeRole', `${ROLE}reader`],
  ['a role that trusts another', false, 'bystander', 'sts:AssumeRole', `${ROLE}reader`],
  ['the service a role is for', true, 'lambda.amazonaws.com', 'sts:AssumeRole', `${ROLE}intake`],
  ['no other service', false, 'ec2.amazonaws.com', 'sts:AssumeRole', `${ROLE}intake`],
  [
    'the sweep calls its function',
    true,
    'events.amazonaws.com',
    'lambda:InvokeFunction',
    handler,
    { 'aws:SourceArn': `arn:aws:events:eu-central-1:${ACCOUNT}:rule/sweep`, 'aws:SourceAccount': ACCOUNT },
  ],
  [
    'a rule of another account does not',
    false,
    'events.amazonaws.com',
    'lambda:InvokeFunction',
    handler,
    { 'aws:SourceArn': 'arn:aws:events:eu-central-1:999988887777:rule/sweep', 'aws:SourceAccount': '999988887777' },
  ],
]

const ask = (
  principal: string,
  action: string,
  resource: string,
  context: NonNullable<AccessRequest['context']> = {},
) =>
  evaluate(
    { principal: /[.:]|anonymous/.test(principal) ? principal : ROLE + principal, action, resource, context },
    policies,
  )

describe('who may do what, by the synthesized policies', () => {
  it.each(ROWS)('%s: %s', (_, allowed, ...request) => {
    const verdict = ask(...request)
    expect(verdict, verdict.because).toMatchObject({ allowed })
  })

  it('names the statement that decided', () => {
    expect(ask('intake', 'kms:ReplicateKey', key).because).toBe(`denied by State/${cell.ids.key} statement 1`)
    expect(ask('bystander', 'sqs:SendMessage', queue).because).toBe('no statement allows it')
    expect(ask('intake', 's3:PutObject', `${images}/incoming/north/1`, create).because).toMatch(
      /^allowed by Service\/intakePolicy\w+ statement 0$/,
    )
  })
})

describe('what the evaluator does not know, it refuses to judge', () => {
  const world = (statement: Record<string, unknown>, sections: Record<string, unknown> = {}) =>
    readPolicies(
      [
        {
          name: 'S',
          template: {
            ...sections,
            Resources: {
              Role: {
                Type: 'AWS::IAM::Role',
                Properties: {
                  RoleName: 'r',
                  Policies: [
                    { PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...statement } } },
                  ],
                },
              },
            },
          },
        },
      ],
      { region: 'eu-central-1', account: ACCOUNT },
    )
  const judge = (
    statement: Record<string, unknown>,
    context: NonNullable<AccessRequest['context']> = {},
    sections: Record<string, unknown> = {},
  ) =>
    evaluate(
      { principal: `${ROLE}r`, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context },
      world(statement, sections),
    )

  it.each<[string, Record<string, unknown>, NonNullable<AccessRequest['context']>?, Record<string, unknown>?]>([
    ['an operator', { Condition: { StringSounds: { k: 'v' } } }],
    ['an operator behind one that fails', { Condition: { StringEquals: { a: 'b' }, DateLessThan: { k: 'v' } } }],
    ['an inherited name as operator', { Condition: { constructor: { k: 'v' } } }],
    ['an intrinsic', { Resource: { 'Fn::Brew': 'tea' } }],
    ['a parameter', { Resource: { Ref: 'P' } }, {}, { Parameters: { P: { Type: 'String' } } }],
    ['an import from elsewhere', { Resource: { 'Fn::ImportValue': 'x' } }],
    ['a branch the deployer decides', { Resource: { 'Fn::If': ['C', 'a', 'b'] } }],
    ['an element', { Perhaps: true }],
    ['NotPrincipal', { NotPrincipal: { AWS: '*' } }],
    ['an effect', { Effect: 'Maybe' }],
    ['several values under a plain operator', { Condition: { StringEquals: { k: 'v' } } }, { k: ['v', 'w'] }],
    ['a number that is none', { Condition: { NumericLessThan: { k: '3' } } }, { k: 'many' }],
    ['Null of nothing', { Condition: { Null: { k: 'maybe' } } }],
  ])('%s', (_, statement, context, sections) => {
    expect(() => judge(statement, context, sections)).toThrow(UnknownPolicy)
  })

  it('a role whose AWS managed policy might allow what nothing here does', () => {
    expect(() => ask('helped', 's3:GetObject', `${images}/reports/1`)).toThrow('ReadOnlyAccess')
  })

  it('roles and resources that are not in the templates', () => {
    expect(() => ask('nobody', 's3:GetObject', images)).toThrow('no role')
    expect(() => policies.arn('State', 'Nothing')).toThrow('no resource')
    expect(() => evaluate({ principal: 'who', action: 'a:b', resource: 'c' }, policies)).toThrow('principal who')
  })

  const tenancy = { 'aws:PrincipalTag/org': 'north' }
  it.each<[string, boolean, Record<string, unknown>, NonNullable<AccessRequest['context']>?]>([
    ['StringEquals absent', false, { StringEquals: { k: 'v' } }],
    ['StringEqualsIfExists absent', true, { StringEqualsIfExists: { k: 'v' } }],
    ['StringEqualsIfExists other', false, { StringEqualsIfExists: { k: 'v' } }, { k: 'w' }],
    ['StringNotEquals absent', true, { StringNotEquals: { k: 'v' } }],
    ['StringNotEquals one of several', false, { StringNotEquals: { k: ['v', 'w'] } }, { k: 'w' }],
    ['StringNotEqualsIfExists other', true, { StringNotEqualsIfExists: { k: 'v' } }, { k: 'w' }],
    ['StringEqualsIgnoreCase', true, { StringEqualsIgnoreCase: { k: 'V' } }, { k: 'v' }],
    ['StringLike', true, { StringLike: { k: 'a?c*' } }, { K: 'abcdef' }],
    ['StringNotLike', false, { StringNotLike: { k: 'a*' } }, { k: 'abc' }],
    ['Bool', true, { Bool: { k: 'true' } }, { k: true }],
    ['Bool absent', false, { Bool: { k: 'false' } }],
    ['BoolIfExists absent', true, { BoolIfExists: { k: 'false' } }],
    ['Null true', true, { Null: { k: 'true' } }],
    ['Null false', false, { Null: { k: 'false' } }],
    ['ArnLike in fields', true, { ArnLike: { k: 'arn:aws:s3:*:*:b*' } }, { k: 'arn:aws:s3:::bucket' }],
    ['ArnLike past fields', false, { ArnLike: { k: 'arn:aws:*:bucket' } }, { k: 'arn:aws:s3:::bucket' }],
    ['ArnEquals', false, { ArnEquals: { k: 'arn:aws:s3:::a' } }, { k: 'arn:aws:s3:::b' }],
    ['ArnNotEquals absent', true, { ArnNotEquals: { k: 'arn:aws:s3:::a' } }],
    ['NumericLessThan', true, { NumericLessThan: { k: '1.2' } }, { k: 1.1 }],
    ['NumericLessThan equal', false, { NumericLessThan: { k: '1.2' } }, { k: 1.2 }],
    ['NumericLessThanEquals', true, { NumericLessThanEquals: { k: '1.2' } }, { k: 1.2 }],
    ['NumericGreaterThanEquals', true, { NumericGreaterThanEquals: { k: '2' } }, { k: 2 }],
    ['NumericNotEquals', false, { NumericNotEquals: { k: '2' } }, { k: 2 }],
    ['NumericGreaterThan absent', false, { NumericGreaterThan: { k: '2' } }],
    ['IpAddress inside', true, { IpAddress: { k: '203.0.113.0/24' } }, { k: '203.0.113.9' }],
    ['IpAddress outside', false, { IpAddress: { k: ['203.0.113.0/24', '2001:db8::/32'] } }, { k: '198.51.100.1' }],
    ['NotIpAddress', true, { NotIpAddress: { k: '203.0.113.7' } }, { k: '2001:db8::1' }],
    ['ForAnyValue some', true, { 'ForAnyValue:StringEquals': { k: ['v', 'w'] } }, { k: ['x', 'w'] }],
    ['ForAnyValue none', false, { 'ForAnyValue:StringEquals': { k: 'v' } }, { k: ['x'] }],
    ['ForAnyValue absent', false, { 'ForAnyValue:StringNotEquals': { k: 'v' } }],
    ['ForAllValues all', true, { 'ForAllValues:StringLike': { k: 'v*' } }, { k: ['v1', 'v2'] }],
    ['ForAllValues one not', false, { 'ForAllValues:StringLike': { k: 'v*' } }, { k: ['v1', 'w'] }],
    ['ForAllValues absent', true, { 'ForAllValues:StringLike': { k: 'v*' } }],
    ['a variable', true, { StringEquals: { k: '${aws:PrincipalTag/org}' } }, { ...tenancy, k: 'north' }],
    ['a variable that is absent', false, { StringEquals: { k: '${aws:PrincipalTag/org}' } }, { k: '' }],
    ['a variable with a default', true, { StringEquals: { k: "${aws:PrincipalTag/org, 'none'}" } }, { k: 'none' }],
    ['a literal star', false, { StringLike: { k: 'a${*}' } }, { k: 'abc' }],
    ['two tests, one failing', false, { StringEquals: { k: 'v', l: 'w' } }, { k: 'v', l: 'v' }],
  ])('%s is %s', (_, allowed, Condition, context) => {
    expect(judge({ Condition }, context).allowed).toBe(allowed)
  })

  it.each<[string, boolean, Record<string, unknown>]>([
    ['NotAction of this', false, { NotAction: 's3:*', Resource: '*' }],
    ['NotAction of others', true, { NotAction: 'iam:*', Resource: '*' }],
    ['NotResource of this', false, { Action: '*', NotResource: 'arn:aws:s3:::b/*' }],
    ['NotResource of others', true, { Action: '*', NotResource: 'arn:aws:s3:::c/*' }],
  ])('%s is %s', (_, allowed, statement) => {
    const present = { Effect: 'Allow', ...statement }
    const template = {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { RoleName: 'r', Policies: [{ PolicyDocument: { Statement: [present] } }] },
        },
      },
    }
    const own = readPolicies([{ name: 'S', template }], { region: 'eu-central-1', account: ACCOUNT })
    expect(evaluate({ principal: `${ROLE}r`, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }, own).allowed).toBe(
      allowed,
    )
  })
})
