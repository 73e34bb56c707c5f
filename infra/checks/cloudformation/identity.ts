import { entryOf } from './json.ts'

/** Where a template is deployed. */
export interface Place {
  readonly region: string
  /** Not every template is synthesized for one account. */
  readonly account: string | undefined
  readonly partition: string
}

type Shape = (name: string, place: { region: string; account: string; partition: string }) => string

const regional =
  (service: string, before = ''): Shape =>
  (name, { region, account, partition }) =>
    `arn:${partition}:${service}:${region}:${account}:${before}${name}`

const iam =
  (kind: string): Shape =>
  (name, { account, partition }) =>
    `arn:${partition}:iam::${account}:${kind}/${name}`

const bucket: Shape = (name, { partition }) => `arn:${partition}:s3:::${name}`

interface Identity {
  /** The property that holds a name chosen by the author. */
  readonly nameProperty?: string
  readonly arn: Shape
  /** True where `Ref` answers the ARN and not the name. */
  readonly refIsArn?: true
}

const table: Identity = { nameProperty: 'TableName', arn: regional('dynamodb', 'table/') }

/** How the ARN of a resource is made, for the types whose ARNs policies name. */
const IDENTITIES: Readonly<Record<string, Identity>> = {
  'AWS::S3::Bucket': { nameProperty: 'BucketName', arn: bucket },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': { nameProperty: 'QueueName', arn: regional('sqs') },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', arn: regional('sns'), refIsArn: true },
  'AWS::KMS::Key': { arn: regional('kms', 'key/') },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', arn: regional('lambda', 'function:') },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    arn: (name, place) => `${regional('logs', 'log-group:')(name, place)}:*`,
  },
  'AWS::Events::EventBus': { nameProperty: 'Name', arn: regional('events', 'event-bus/') },
  'AWS::Events::Rule': { nameProperty: 'Name', arn: regional('events', 'rule/') },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    arn: regional('states', 'stateMachine:'),
    refIsArn: true,
  },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', arn: regional('secretsmanager', 'secret:'), refIsArn: true },
  'AWS::IAM::Role': { nameProperty: 'RoleName', arn: iam('role') },
  'AWS::IAM::User': { nameProperty: 'UserName', arn: iam('user') },
  'AWS::IAM::ManagedPolicy': { nameProperty: 'ManagedPolicyName', arn: iam('policy'), refIsArn: true },
}

const IDENTITY_ATTRIBUTES: readonly string[] = ['Arn', 'TopicArn', 'PolicyArn', 'Id']

/** The property under which a resource of this type carries its own name, if its ARN has a known shape. */
export const namePropertyOf = (type: string): string | undefined => entryOf(IDENTITIES, type)?.nameProperty

/** The ARN of a resource called `name`, if the type's ARNs have a known shape. */
export const arnOf = (type: string, name: string, place: Place): string | undefined =>
  entryOf(IDENTITIES, type)?.arn(name, { ...place, account: place.account ?? '⟦pseudo:AccountId⟧' })

/** What `Fn::GetAtt` (or `Ref`, with no attribute) answers for a resource, if it identifies the resource. */
export const identityOf = (
  type: string,
  name: string,
  attribute: string | undefined,
  place: Place,
): string | undefined => {
  const refersToArn =
    attribute === undefined ? entryOf(IDENTITIES, type)?.refIsArn === true : IDENTITY_ATTRIBUTES.includes(attribute)
  return refersToArn ? arnOf(type, name, place) : undefined
}
