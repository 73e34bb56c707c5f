import * as cdk from 'aws-cdk-lib'
import * as efs from 'aws-cdk-lib/aws-efs'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as s3 from 'aws-cdk-lib/aws-s3'
import * as deployment from 'aws-cdk-lib/aws-s3-deployment'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { checkResidency } from '../../infra/checks/residency/check-residency.ts'
import { documentedPolicies } from '../../infra/checks/residency/managed-policies.ts'
import {
  hardenedStack,
  naiveStack,
  OWN_ACCOUNT,
  SIX_REGIONS,
  synthesize,
  webStack,
} from '../fixtures/foreign-stacks.ts'

const REGIONS = [...SIX_REGIONS, 'cn-north-1', 'us-gov-west-1']
const ENVIRONMENTS = REGIONS.flatMap((region) => [
  [region, 'its account', { region, account: OWN_ACCOUNT }] as const,
  [region, 'any account', undefined] as const,
])

const summary = (template: unknown, region: string): string[] =>
  checkResidency(template, { region }).map(({ rule, type }) => `${rule} ${type}`)

const resources = (Resources: Record<string, unknown>, sections: Record<string, unknown> = {}) => ({
  ...sections,
  Resources,
})
const one = (Type: string, Properties: Record<string, unknown>) => resources({ It: { Type, Properties } })
const policy = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement })
const environment = (TARGET: unknown) => one('AWS::Lambda::Function', { Environment: { Variables: { TARGET } } })

describe('templates that were written without this check in mind', () => {
  it.each(ENVIRONMENTS)('a careful stack in %s for %s keeps everything at home', (region, _, env) => {
    expect(summary(synthesize('hardened', hardenedStack, env), region)).toEqual([])
  })

  it.each(ENVIRONMENTS)('a quick stack in %s for %s has two ways out: its REST API and its trail', (region, _, env) => {
    expect(summary(synthesize('naive', naiveStack, env), region)).toEqual([
      'edge-rest-api AWS::ApiGateway::RestApi',
      'multi-region-trail AWS::CloudTrail::Trail',
    ])
  })

  it.each(ENVIRONMENTS)('a web tier in %s for %s trusts the sign-in of its deployer', (region, _, env) => {
    expect(summary(synthesize('web', webStack, env), region)).toEqual([
      'identity-provider Custom::AWSCDKOpenIdConnectProvider',
    ])
  })

  it('a stack checked against another region than its own gives itself away', () => {
    const template = synthesize('hardened', hardenedStack, { region: 'eu-central-1', account: OWN_ACCOUNT })
    expect(summary(template, 'us-east-1').length).toBeGreaterThan(0)
  })

  it('deployed files, mounted file systems and nested stacks stay at home', () => {
    const template = synthesize('files', (stack) => {
      new deployment.BucketDeployment(stack, 'Deploy', {
        sources: [deployment.Source.data('a.txt', 'a')],
        destinationBucket: new s3.Bucket(stack, 'Site') as s3.IBucket,
      })
      new efs.FileSystem(stack, 'Files', { vpc: new ec2.Vpc(stack, 'Vpc') as ec2.IVpc, allowAnonymousAccess: false })
      new sqs.Queue(new cdk.NestedStack(stack, 'Nested'), 'Queue')
    })
    expect(summary(template, 'eu-north-1')).toEqual([])
  })

  it('references across regions are found on both sides', () => {
    const app = new cdk.App({ analyticsReporting: false })
    const stackIn = (id: string, region: string) =>
      new cdk.Stack(app, id, { env: { region, account: OWN_ACCOUNT }, crossRegionReferences: true })
    const queue = new sqs.Queue(stackIn('Far', 'us-east-1'), 'Queue')
    new lambda.Function(stackIn('Near', 'eu-central-1'), 'Reader', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('//'),
      environment: { QUEUE: queue.queueUrl },
    })
    const assembly = app.synth()
    expect(summary(assembly.getStackByName('Near').template, 'eu-central-1')).toEqual([
      'cross-region-reference Custom::CrossRegionExportReader',
    ])
    expect(summary(assembly.getStackByName('Far').template, 'us-east-1')).toContain(
      'cross-region-reference Custom::CrossRegionExportWriter',
    )
  })
})

describe('what looks like a way out and is none', () => {
  const role = (...statements: unknown[]) => one('AWS::IAM::Policy', { PolicyDocument: policy(...statements) })
  const bucketPolicy = (statement: Record<string, unknown>) =>
    one('AWS::S3::BucketPolicy', {
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...statement }),
    })

  it.each<[string, unknown]>([
    ['its own region, spelled out', environment('sqs.eu-central-1.amazonaws.com')],
    ['its own zones', environment('eu-central-1a,eu-central-1b euc1-az2')],
    ['words that resemble regions', environment('us-central ap-east eu-west usa-east-1 the-eu-central-12')],
    ...documentedPolicies.map((name): [string, unknown] => [
      `what ${name} is documented to grant`,
      one('AWS::IAM::Role', { ManagedPolicyArns: [`arn:aws:iam::aws:policy/service-role/${name}`] }),
    ]),
    [
      'the role that the backup service alone may take',
      one('AWS::IAM::Role', {
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: ['backup.amazonaws.com'] },
          Action: 'sts:AssumeRole',
        }),
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup'],
      }),
    ],
    [
      'a description',
      one('AWS::CloudWatch::Alarm', {
        AlarmDescription: 'as in us-east-1',
        Tags: [{ Key: 'twin', Value: 'us-east-1' }],
      }),
    ],
    ['its own name', one('AWS::S3::Bucket', { BucketName: 'copied-from-us-east-1' })],
    [
      'DNS',
      one('AWS::Route53::RecordSet', { Name: 'a.example', AliasTarget: { DNSName: 'x.us-east-1.elb.amazonaws.com' } }),
    ],
    [
      'a refusal',
      role({
        Effect: 'Deny',
        Action: 's3:*',
        Resource: 'arn:aws:s3:::far',
        Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      }),
    ],
    [
      'an exclusion',
      role({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } },
      }),
    ],
    [
      'reading from a bucket by name',
      role({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::public-templates/*' }),
    ],
    [
      'writing within the account',
      role({
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: '*',
        Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ],
    [
      'everything on one table',
      role({
        Effect: 'Allow',
        Action: 'dynamodb:*',
        Resource: { 'Fn::Sub': 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/x' },
      }),
    ],
    ['tracing', role({ Effect: 'Allow', Action: ['xray:PutTraceSegments', 'logs:PutLogEvents'], Resource: '*' })],
    ['a service', bucketPolicy({ Principal: { Service: 'cloudtrail.amazonaws.com' } })],
    ['the own account', bucketPolicy({ Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } })],
    ['load balancer logs of this region', bucketPolicy({ Principal: { AWS: 'arn:aws:iam::054676820928:root' } })],
    [
      'a role of the own account by pattern',
      bucketPolicy({
        Principal: '*',
        Condition: { ArnLike: { 'aws:PrincipalArn': { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/*' } } },
      }),
    ],
    [
      'events of another region, only chosen',
      one('AWS::Events::Rule', { EventPattern: { region: ['us-east-1'], detail: { awsRegion: ['us-east-1'] } } }),
    ],
    [
      'a workflow that writes to the own bucket',
      resources({
        Images: { Type: 'AWS::S3::Bucket' },
        Flow: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            DefinitionString:
              '{"States":{"A":{"Resource":"arn:aws:states:::aws-sdk:s3:copyObject","Parameters":{"Bucket":"${Target}"}}}}',
            DefinitionSubstitutions: { Target: { Ref: 'Images' } },
          },
        },
      }),
    ],
    [
      'a grant for a service of AWS',
      role({
        Effect: 'Allow',
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    ],
    [
      'the provider of a cluster of this region',
      one('AWS::IAM::OIDCProvider', { Url: 'https://oidc.eks.eu-central-1.amazonaws.com/id/A1' }),
    ],
    [
      'anyone in the network',
      bucketPolicy({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
    ],
    [
      'an endpoint policy',
      one('AWS::EC2::VPCEndpoint', {
        PolicyDocument: policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
      }),
    ],
    [
      'an import',
      one('AWS::S3::Bucket', {
        ReplicationConfiguration: { Rules: [{ Destination: { Bucket: { 'Fn::ImportValue': 'Copies' } } }] },
      }),
    ],
    [
      'a template of the own assets',
      one('AWS::CloudFormation::Stack', {
        TemplateURL: {
          'Fn::Sub':
            'https://s3.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/a.json',
        },
      }),
    ],
    [
      'switches that are off',
      one('AWS::CloudTrail::Trail', {
        IsMultiRegionTrail: 'false',
        IsOrganizationTrail: false,
        S3BucketName: { 'Fn::ImportValue': 'TrailBucket' },
      }),
    ],
    [
      'a table in its own region',
      one('AWS::DynamoDB::GlobalTable', { Replicas: [{ Region: { Ref: 'AWS::Region' } }] }),
    ],
    [
      'a balancer behind the API',
      resources({
        Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
        Way: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: { IntegrationType: 'HTTP_PROXY', IntegrationUri: { 'Fn::Sub': 'https://${Balancer.DNSName}/x' } },
        },
      }),
    ],
    [
      'a host behind a VPC link',
      one('AWS::ApiGatewayV2::Integration', {
        IntegrationType: 'HTTP_PROXY',
        ConnectionType: 'VPC_LINK',
        IntegrationUri: 'https://pacs.hospital.example',
      }),
    ],
    [
      'a map of all regions, read for this one',
      resources(
        {
          F: {
            Type: 'AWS::Lambda::Function',
            Properties: { Runtime: { 'Fn::FindInMap': ['Latest', { Ref: 'AWS::Region' }, 'v'] } },
          },
        },
        { Mappings: { Latest: { 'us-east-1': { v: 'us-east-1' }, 'eu-central-1': { v: 'nodejs24.x' } } } },
      ),
    ],
    [
      'a resource made elsewhere only',
      resources(
        { Url: { Type: 'AWS::Lambda::Url', Condition: 'Far' } },
        { Conditions: { Far: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] } } },
      ),
    ],
    [
      'a regional SAM API',
      resources(
        {
          F: {
            Type: 'AWS::Serverless::Function',
            Properties: { Events: { Get: { Type: 'Api', Properties: { Path: '/' } } } },
          },
        },
        { Transform: 'AWS::Serverless-2016-10-31', Globals: { Api: { EndpointConfiguration: 'REGIONAL' } } },
      ),
    ],
  ])('%s', (_, template) => {
    expect(checkResidency(template, { region: 'eu-central-1' })).toEqual([])
  })
})

describe('what hides, and is found', () => {
  const rules = (template: unknown, options: Partial<Parameters<typeof checkResidency>[1]> = {}) =>
    checkResidency(template, { region: 'eu-central-1', ...options }).map(
      ({ resource, path, rule }) => `${resource} ${path} ${rule}`,
    )

  it.each<[string, unknown, string[]]>([
    [
      'the API that SAM makes unasked',
      resources({ F: { Type: 'AWS::Serverless::Function', Properties: { Events: { Get: { Type: 'Api' } } } } }),
      ['ServerlessRestApi Properties.EndpointConfiguration edge-rest-api'],
    ],
    [
      'a resource behind a switch of the deployer',
      resources(
        { Url: { Type: 'AWS::Lambda::Url', Condition: 'Wanted' } },
        {
          Parameters: { P: { Type: 'String', Default: 'no' } },
          Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'P' }, 'yes'] } },
        },
      ),
      ['Url Type lambda-url'],
    ],
    [
      'tables made by a loop',
      resources({
        'Fn::ForEach::Tables': [
          'Where',
          ['eu-central-1', 'eu-west-1'],
          {
            'Table&{Where}': {
              Type: 'AWS::DynamoDB::GlobalTable',
              Properties: { Replicas: [{ Region: { Ref: 'Where' } }] },
            },
          },
        ],
      }),
      ['Tableeuwest1 Properties.Replicas.0.Region dynamodb-replica'],
    ],
    [
      'a loop over a list nobody shows',
      resources(
        { 'Fn::ForEach::Tables': ['Where', { Ref: 'List' }, { 'T${Where}': { Type: 'X' } }] },
        { Parameters: { List: { Type: 'CommaDelimitedList' } } },
      ),
      ['Fn::ForEach::Tables Type unresolved-loop'],
    ],
    [
      'a macro of somebody',
      { Transform: ['AWS::LanguageExtensions', 'Rewrite'], Resources: {} },
      ['(template) Transform unresolved-macro'],
    ],
    [
      'an included fragment',
      one('AWS::S3::Bucket', { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://x/y' } } }),
      ['It Properties.Properties unresolved-include'],
    ],
    [
      'one item where a list is meant',
      one('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: 'EDGE' } }),
      ['It Properties.EndpointConfiguration.Types edge-rest-api'],
    ],
    [
      'a template that hands out another region',
      resources({}, { Outputs: { Far: { Value: 'us-east-1' } } }),
      ['(template) Properties.Outputs.Far other-region-name'],
    ],
    ['a zone id', environment('use1-az4'), ['It Properties.Environment.Variables.TARGET other-region-name']],
    [
      'a policy kept as text',
      one('AWS::Logs::ResourcePolicy', {
        PolicyDocument: JSON.stringify(
          policy({ Effect: 'Allow', Principal: { AWS: '999988887777' }, Action: 'logs:*', Resource: '*' }),
        ),
      }),
      ['It Properties.PolicyDocument.Statement.0.Principal.AWS foreign-principal'],
    ],
    [
      'a website of another region',
      environment('http://x.s3-website-us-east-1.amazonaws.com'),
      ['It Properties.Environment.Variables.TARGET other-region-name'],
    ],
  ])('%s', (_, template, expected) => {
    expect(rules(template)).toEqual(expected)
  })

  it('a region in which the origin may not store', () => {
    expect(rules({ Resources: {} }, { storageRegions: ['eu-west-1'] })).toEqual(['(template) Region storage-region'])
    expect(rules({ Resources: {} }, { storageRegions: ['eu-central-1'] })).toEqual([])
  })

  it('another account keeps being foreign, however much of the template is for the own one', () => {
    const template = synthesize('hardened', hardenedStack, { region: 'eu-central-1', account: OWN_ACCOUNT })
    const planted = {
      ...template,
      Resources: {
        ...(template['Resources'] as object),
        Pipe: { Type: 'AWS::Pipes::Pipe', Properties: { Target: 'arn:aws:sqs:eu-central-1:999988887777:work' } },
      },
    }
    expect(rules(planted)).toEqual(['Pipe Properties.Target pipe-target'])
    expect(rules(planted, { account: OWN_ACCOUNT })).toEqual(['Pipe Properties.Target pipe-target'])
    expect(rules(planted, { account: '999988887777' })).not.toContain('Pipe Properties.Target pipe-target')
  })
})

describe('whose account a template is for', () => {
  const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` })
  const allow = (Principal: unknown, Action: unknown, Condition: Record<string, unknown> = {}) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
    Condition,
  })
  const foreign = '999988887777'
  const partner = {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { PolicyDocument: policy(allow(root(foreign), 's3:GetObject')) },
  }
  const ownRole = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: policy(allow(root(OWN_ACCOUNT), 'sts:AssumeRole')) },
  }

  it.each<[string, Record<string, unknown>]>([
    [
      'a key its account administers',
      { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policy(allow(root(OWN_ACCOUNT), 'kms:*')) } },
    ],
    [
      'a key with narrow administrators',
      {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: policy(
            allow(root(OWN_ACCOUNT), ['kms:Describe*', 'kms:PutKeyPolicy']),
            allow(root(foreign), 'kms:Decrypt'),
          ),
        },
      },
    ],
    [
      'callers it confines',
      {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          PolicyDocument: policy(
            allow({ Service: 's3.amazonaws.com' }, 'sqs:SendMessage', {
              StringEquals: { 'aws:SourceAccount': OWN_ACCOUNT },
            }),
          ),
        },
      },
    ],
    [
      'its asset bucket',
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Bucket: `cdk-hnb659fds-assets-${OWN_ACCOUNT}-eu-central-1`, S3Key: 'a.zip' } },
      },
    ],
    [
      'the ARN of its own resource',
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::Sub': `arn:aws:events:eu-central-1:${OWN_ACCOUNT}:rule/\${Own}` },
        },
      },
    ],
    [
      'the prefix of its trail',
      {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          PolicyDocument: policy({
            ...allow({ Service: 'cloudtrail.amazonaws.com' }, 's3:PutObject'),
            Resource: { 'Fn::Sub': `arn:aws:s3:::\${Trails}/AWSLogs/${OWN_ACCOUNT}/*` },
          }),
        },
      },
    ],
  ])('shows in %s', (_, sign) => {
    const found = checkResidency(
      resources({ Sign: sign, Own: ownRole, Trails: { Type: 'AWS::S3::Bucket' }, Partner: partner }),
      { region: 'eu-central-1' },
    )
    expect(found.map(({ resource }) => resource).filter((resource) => resource !== 'Sign')).toEqual(['Partner'])
  })

  it('stays unknown where nothing shows it, and then every account is foreign', () => {
    const found = checkResidency(resources({ Own: ownRole, Partner: partner }), { region: 'eu-central-1' })
    expect(found.map(({ resource }) => resource)).toEqual(['Own', 'Partner'])
  })
})
