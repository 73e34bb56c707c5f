import { describe, expect, it } from 'vitest'
import { readTemplateText } from '../../infra/checks/cloudformation/template-text.ts'
import { checkResidency, type ResidencyOptions } from '../../infra/checks/residency/check-residency.ts'
import { OWN_ACCOUNT } from '../fixtures/foreign-stacks.ts'

const findings = (yaml: string, options: Partial<ResidencyOptions> = {}): string[] =>
  checkResidency(readTemplateText(yaml), { region: 'eu-central-1', account: OWN_ACCOUNT, ...options }).map(
    ({ resource, path, rule }) => `${resource} ${path} ${rule}`,
  )

const inline = (program: string): string => `
Resources:
  It:
    Type: AWS::Lambda::Function
    Properties:
      Code:
        ZipFile: |
${program.replace(/^/gm, '          ')}
`

describe('nothing is found in what a stranger only says', () => {
  it.each([
    [
      'comments of a program',
      inline('# as in us-east-1\nimport boto3\n  // us-west-2 had another limit\n/* us-east-1\n */'),
    ],
    [
      'a program that sends to its own region and fetches elsewhere',
      inline(`requests.post('https://sqs.eu-central-1.amazonaws.com/x')`) +
        inline(`const r = await fetch('https://ip-ranges.amazonaws.com/ip-ranges.json')`)
          .replace('Resources:', '')
          .replace('It:', 'Too:'),
    ],
    [
      'a program that writes to a bucket of the template',
      inline(`s3.put_object(Bucket='images-here', Key=k)`) +
        '  B: {Type: AWS::S3::Bucket, Properties: {BucketName: images-here}}',
    ],
    [
      'comments of a workflow',
      `Resources: {It: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: '{"Comment": "was in us-east-1", "States": {"A": {"Type": "Pass", "Comment": "us-west-2"}}}'}}}`,
    ],
    [
      'titles and console pages of a dashboard',
      `Resources: {It: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: '{"widgets":[{"properties":{"title":"was us-east-1","region":"eu-central-1","markdown":"us-east-1"}}]}'}}}`,
    ],
    [
      'a page of the console',
      `{Resources: {}, Outputs: {Console: {Value: 'https://us-east-1.console.aws.amazon.com/s3/buckets/b?region=us-east-1'}}}`,
    ],
    ['a name for people', 'Resources: {It: {Type: AWS::SNS::Topic, Properties: {DisplayName: from us-east-1}}}'],
    [
      'descriptions in a document',
      'Resources: {It: {Type: AWS::SSM::Document, Properties: {Content: {description: was us-east-1, parameters: {Id: {description: us-east-1}}}}}}',
    ],
    [
      'a question saved for people',
      `Resources: {It: {Type: AWS::Logs::QueryDefinition, Properties: {QueryString: 'filter @message like "us-east-1"'}}}`,
    ],
    [
      'where an instance fetches its packages',
      `Resources: {It: {Type: AWS::EC2::Instance, Properties: {UserData: "#cloud-config\\nyum_repos:\\n  epel:\\n    baseurl: https://mirror.example.org/epel\\n"}}}`,
    ],
    [
      'a configuration for the own network',
      `Resources: {It: {Type: AWS::SSM::Parameter, Properties: {Value: "sink:\\n  host: db.internal\\n  url: https://sqs.eu-central-1.amazonaws.com/x\\n"}}}`,
    ],
    [
      'which lines are counted',
      `Resources: {It: {Type: AWS::Logs::MetricFilter, Properties: {FilterPattern: '{ $.awsRegion = "us-east-1" }'}}}`,
    ],
    [
      'which events are chosen',
      'Resources: {It: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: EventBridgeRule, Properties: {Pattern: {region: [us-east-1]}}}}}}}',
    ],
    [
      'an image that AWS gives out in this region',
      'Resources: {It: {Type: AWS::SageMaker::Model, Properties: {PrimaryContainer: {Image: 763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch:2}}}}',
    ],
    [
      'rights to read',
      'Resources: {It: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"]}}}',
    ],
    [
      'writing to the own bucket by the name that the deployer gives it',
      `
Parameters: {Name: {Type: String}}
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'x-\${Name}'}}
  It: {Type: AWS::IAM::Policy, Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:PutObject', Resource: !Sub 'arn:aws:s3:::x-\${Name}/*'}]}}}`,
    ],
    [
      'choices that are no places',
      'Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}\nResources: {It: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Stage}}}',
    ],
    [
      'numbers',
      `Resources: {It: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: ${OWN_ACCOUNT}}, Action: 'sts:AssumeRole'}]}}}}`,
    ],
  ])('%s', (_, yaml) => {
    expect(findings(yaml)).toEqual([])
  })
})

describe('a nested template', () => {
  const parent = (url: string): string =>
    `Resources: {Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '${url}'}}}`

  it.each([
    './net.yaml',
    'https://templates.s3.eu-central-1.amazonaws.com/v1/net.yaml?versionId=1',
    'https://s3.amazonaws.com/templates/net.yaml',
  ])('is seen where its file is checked in the same call: %s', (url) => {
    expect(findings(parent(url), { siblingNames: ['net.yaml'] })).toEqual([])
    expect(findings(parent(url))).toEqual(['Net Properties.TemplateURL nested-template'])
  })

  it('of another region is a finding, whatever it is called', () => {
    const url = 'https://templates.s3.us-east-1.amazonaws.com/net.yaml'
    expect(findings(parent(url), { siblingNames: ['net.yaml'] })).toEqual([
      'Net Properties.TemplateURL nested-template',
    ])
  })

  it('may be a serverless application', () => {
    const yaml = 'Resources: {App: {Type: AWS::Serverless::Application, Properties: {Location: ./app.yaml}}}'
    expect(findings(yaml)).toEqual(['App Properties.Location nested-template'])
    expect(findings(yaml, { siblingNames: ['app.yaml'] })).toEqual([])
  })
})
