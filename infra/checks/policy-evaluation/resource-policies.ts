import { arnOf, type Place } from '../cloudformation/identity.ts'
import { textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'

/** A policy document and the ARN of the resource it guards. */
export interface AttachedDocument {
  readonly arn: string
  readonly document: Plain | undefined
}

interface Owner {
  /** ARN of the resource that carries the properties. */
  readonly own: string
  readonly place: Place
}

type Reader = (properties: PlainObject, owner: Owner) => AttachedDocument[]

const onItself =
  (property: string): Reader =>
  (properties, { own }) =>
    properties[property] === undefined ? [] : [{ arn: own, document: properties[property] }]

/** A policy resource names what it guards by name or by ARN. */
const onNamed =
  (type: string, nameProperty: string, documentProperty = 'PolicyDocument'): Reader =>
  (properties, { place }) =>
    textsOf(properties[nameProperty]).map((name) => ({
      arn: name.startsWith('arn:') ? name : (arnOf(type, name, place) ?? name),
      document: properties[documentProperty],
    }))

const principalOf = (text: string): Plain =>
  text === '*' ? '*' : /\.amazonaws\.com/.test(text) ? { Service: text } : { AWS: text }

/** A permission says in properties what other policies say in a statement. */
const permission: Reader = (properties, { place }) => {
  const [name = ''] = textsOf(properties['FunctionName'])
  const tests: PlainObject = {
    ...(properties['SourceArn'] === undefined ? {} : { ArnLike: { 'aws:SourceArn': properties['SourceArn'] } }),
    ...(properties['SourceAccount'] === undefined
      ? {}
      : { StringEquals: { 'aws:SourceAccount': properties['SourceAccount'] } }),
  }
  const arn = name.startsWith('arn:') ? name : (arnOf('AWS::Lambda::Function', name, place) ?? name)
  const [principal = ''] = textsOf(properties['Principal'])
  const Statement: PlainObject = {
    Effect: 'Allow',
    Principal: principalOf(principal),
    Action: properties['Action'] ?? '',
    Resource: arn,
    Condition: tests,
  }
  return [{ arn, document: { Statement: [Statement] } }]
}

/** How each type of resource carries the policy of a resource. */
export const RESOURCE_POLICIES: Readonly<Record<string, Reader>> = {
  'AWS::S3::BucketPolicy': onNamed('AWS::S3::Bucket', 'Bucket'),
  'AWS::SQS::QueuePolicy': onNamed('AWS::SQS::Queue', 'Queues'),
  'AWS::SNS::TopicPolicy': onNamed('AWS::SNS::Topic', 'Topics'),
  'AWS::SecretsManager::ResourcePolicy': onNamed('AWS::SecretsManager::Secret', 'SecretId', 'ResourcePolicy'),
  'AWS::Lambda::Permission': permission,
  'AWS::KMS::Key': onItself('KeyPolicy'),
  'AWS::IAM::Role': onItself('AssumeRolePolicyDocument'),
  'AWS::DynamoDB::Table': (properties, { own }) => {
    const policy = properties['ResourcePolicy']
    const isWrapped = typeof policy === 'object' && policy !== null && 'PolicyDocument' in policy
    return policy === undefined ? [] : [{ arn: own, document: isWrapped ? policy['PolicyDocument'] : policy }]
  },
  'AWS::Backup::BackupVault': onItself('AccessPolicy'),
}
