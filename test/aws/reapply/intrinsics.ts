import type { TemplateValue } from './assembly.ts'

/** What a template's intrinsic functions refer to, after deployment. */
export interface ResolutionScope {
  readonly account: string
  readonly region: string
  readonly stackName: string
  /** Physical id and type by logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>
  /** Exported values by export name. */
  readonly exports: ReadonlyMap<string, string>
}

type Attribute = (physicalId: string, scope: ResolutionScope) => string

const arn =
  (service: string, prefix = ''): Attribute =>
  (id, { region, account }) =>
    `arn:aws:${service}:${region}:${account}:${prefix}${id}`

const lastSegment = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** `Fn::GetAtt` of the types whose attributes appear in properties we re-apply. */
const attributes: Readonly<Record<string, Attribute>> = {
  'AWS::S3::Bucket.Arn': (id) => `arn:aws:s3:::${id}`,
  'AWS::SQS::Queue.Arn': (url, scope) => arn('sqs')(lastSegment(url), scope),
  'AWS::SQS::Queue.QueueName': lastSegment,
  'AWS::KMS::Key.Arn': arn('kms', 'key/'),
  'AWS::KMS::Key.KeyId': (id) => id,
  'AWS::DynamoDB::Table.Arn': arn('dynamodb', 'table/'),
  'AWS::DynamoDB::GlobalTable.Arn': arn('dynamodb', 'table/'),
  'AWS::Lambda::Function.Arn': arn('lambda', 'function:'),
  'AWS::Logs::LogGroup.Arn': (id, scope) => `${arn('logs', 'log-group:')(id, scope)}:*`,
  'AWS::IAM::Role.Arn': (id, { account }) => `arn:aws:iam::${account}:role/${id}`,
}

const pseudo = (name: string, scope: ResolutionScope): string | undefined =>
  ({
    'AWS::AccountId': scope.account,
    'AWS::Region': scope.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': scope.stackName,
  })[name]

function reference(name: string, scope: ResolutionScope): string {
  const value = pseudo(name, scope) ?? scope.resources.get(name)?.physicalId
  if (value === undefined) throw new Error(`Ref ${name} of ${scope.stackName} names nothing that was deployed.`)
  return value
}

function attribute(logicalId: string, name: string, scope: ResolutionScope): string {
  const resource = scope.resources.get(logicalId)
  const rule = resource && attributes[`${resource.type}.${name}`]
  if (!resource || !rule) {
    throw new Error(
      `GetAtt ${logicalId}.${name} (${resource?.type ?? 'absent'}): add it to test/aws/reapply/intrinsics.ts`,
    )
  }
  return rule(resource.physicalId, scope)
}

function substitute(text: string, scope: ResolutionScope): string {
  return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    // IAM policy variables such as ${aws:PrincipalTag/org} are written ${!...} in Fn::Sub.
    if (name.startsWith('!')) return whole.replace('!', '')
    const [logicalId = '', ...rest] = name.split('.')
    return rest.length > 0 ? attribute(logicalId, rest.join('.'), scope) : reference(name, scope)
  })
}

const asText = (value: TemplateValue): string => {
  if (typeof value !== 'string')
    throw new Error(`Expected text in an intrinsic function, found ${JSON.stringify(value)}`)
  return value
}

/** Each intrinsic function on its already resolved argument. */
const functions: Readonly<Record<string, (argument: TemplateValue, scope: ResolutionScope) => TemplateValue>> = {
  Ref: (name, scope) => reference(asText(name), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId = '', ...name] = Array.isArray(argument) ? argument.map(asText) : asText(argument).split('.')
    return attribute(logicalId, name.join('.'), scope)
  },
  'Fn::Join': (argument) => {
    const [separator, parts] = argument as [string, TemplateValue[]]
    return parts.map(asText).join(separator)
  },
  'Fn::Sub': (argument, scope) => substitute(asText(argument), scope),
  'Fn::ImportValue': (argument, scope) => {
    const value = scope.exports.get(asText(argument))
    if (value === undefined) throw new Error(`Nothing is exported as ${asText(argument)}`)
    return value
  },
  'Fn::Select': (argument) => {
    const [index, list] = argument as [number | string, TemplateValue[]]
    return list[Number(index)] ?? null
  },
  'Fn::Split': (argument) => {
    const [separator, text] = argument as [string, string]
    return text.split(separator)
  },
}

/** A property's value with every intrinsic function replaced by what it stands for; an unknown one is an error. */
export function resolve(value: TemplateValue, scope: ResolutionScope): TemplateValue {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    const apply = functions[first[0]]
    if (!apply) throw new Error(`${first[0]} is not known to test/aws/reapply/intrinsics.ts`)
    return apply(resolve(first[1], scope), scope)
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, scope)]))
}
