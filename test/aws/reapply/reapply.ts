import { CloudFormationClient, DescribeStackResourcesCommand, ListExportsCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { SynthesizedStack, TemplateValue } from './assembly.ts'
import { bucketProperties } from './bucket-properties.ts'
import { covers } from './covers.ts'
import { functionProperties } from './function-properties.ts'
import { resolve, type ResolutionScope } from './intrinsics.ts'
import { keyProperties } from './key-properties.ts'
import type { DeployedResource, Property, RegionClients } from './property.ts'
import { queueProperties } from './queue-properties.ts'
import { tableProperties } from './table-properties.ts'

const properties: readonly Property[] = [
  ...keyProperties,
  ...queueProperties,
  ...tableProperties,
  ...functionProperties,
  ...bucketProperties,
]

/**
 * What one pass over the deployed templates did. Resources of a type the emulator does not know are deployed in name only
 * (emulator/inert_resources.py); they are reported, not counted.
 */
export interface Reapplication {
  /** Properties that read back as the template has them. */
  readonly kept: number
  /** Properties the emulator had dropped, put there from the template, and read back. */
  readonly reapplied: number
  /** Properties that do not read back even then. */
  readonly lost: readonly string[]
}

/** How to reach the emulator. */
export interface ClientSettings {
  readonly endpoint: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

async function resolutionScope(client: CloudFormationClient, stack: SynthesizedStack): Promise<ResolutionScope> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack.name }))
  const exported = new Map<string, string>()
  let NextToken: string | undefined
  do {
    const page = await client.send(new ListExportsCommand({ NextToken }))
    for (const { Name = '', Value = '' } of page.Exports ?? []) exported.set(Name, Value)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return {
    account: stack.account,
    region: stack.region,
    stackName: stack.name,
    exports: exported,
    resources: new Map(
      StackResources.map((resource) => [
        resource.LogicalResourceId ?? '',
        { type: resource.ResourceType ?? '', physicalId: resource.PhysicalResourceId ?? '' },
      ]),
    ),
  }
}

/** Absent is an answer here (NoSuchLifecycleConfiguration and its like), whatever the service calls it. */
const readBack = (row: Property, resource: DeployedResource): Promise<unknown> =>
  row.read(resource).catch(() => undefined)

async function settle(
  row: Property,
  value: TemplateValue,
  resource: DeployedResource,
): Promise<'kept' | 'reapplied' | 'lost'> {
  const desired = row.desired(value, resource)
  if (covers(await readBack(row, resource), desired)) return 'kept'
  await row.apply(resource, desired)
  return covers(await readBack(row, resource), desired) ? 'reapplied' : 'lost'
}

function clientsOf(region: string, settings: ClientSettings): RegionClients {
  const common = { region, ...settings }
  return {
    dynamodb: new DynamoDBClient(common),
    kms: new KMSClient(common),
    lambda: new LambdaClient(common),
    s3: new S3Client({ ...common, forcePathStyle: true }),
    sqs: new SQSClient({ ...common, useQueueUrlAsEndpoint: false }),
  }
}

interface Finding {
  readonly outcome: 'kept' | 'reapplied' | 'lost'
  /** `AWS::S3::Bucket.BucketEncryption` */
  readonly what: string
  /** `stack/logicalId` */
  readonly where: string
}

async function* settleStack(
  stack: SynthesizedStack,
  scope: ResolutionScope,
  clients: RegionClients,
): AsyncGenerator<Finding> {
  for (const row of properties) {
    for (const [logicalId, { Type, Properties }] of Object.entries(stack.resources)) {
      const value = Properties[row.name]
      if (Type !== row.type || value === undefined) continue
      const physicalId = scope.resources.get(logicalId)?.physicalId ?? ''
      const look = (name: string): TemplateValue | undefined => {
        const found = Properties[name]
        return found === undefined ? undefined : resolve(found, scope)
      }
      const resource = { ...clients, physicalId, region: stack.region, value: look }
      const outcome = await settle(row, resolve(value, scope), resource)
      const part = row.part === undefined ? '' : `.${row.part}`
      yield { outcome, what: `${Type}.${row.name}${part}`, where: `${stack.name}/${logicalId}` }
    }
  }
}

/**
 * Compare every property of the table above that a template sets with what reads back from the service, and put there
 * what the emulator's CloudFormation dropped. The templates say what is compared; no resource is named here.
 */
export async function reapplyDropped(
  stacks: readonly SynthesizedStack[],
  settings: ClientSettings,
  log: (line: string) => void,
): Promise<Reapplication> {
  const found: Finding[] = []
  const inert: Finding[] = []
  for (const stack of stacks) {
    const scope = await resolutionScope(new CloudFormationClient({ region: stack.region, ...settings }), stack)
    for (const [logicalId, { type, physicalId }] of scope.resources) {
      if (!physicalId.startsWith('inert-')) continue
      inert.push({ outcome: 'lost', what: type, where: `${stack.name}/${logicalId}` })
    }
    for await (const finding of settleStack(stack, scope, clientsOf(stack.region, settings))) found.push(finding)
  }
  const [kept, reapplied, lost] = (['kept', 'reapplied', 'lost'] as const).map((outcome) =>
    found.filter((finding) => finding.outcome === outcome),
  ) as [Finding[], Finding[], Finding[]]
  report('re-applied', reapplied, log)
  report('LOST', lost, log)
  report('in name only', inert, log)
  return { kept: kept.length, reapplied: reapplied.length, lost: lost.map(({ what, where }) => `${where} ${what}`) }
}

/** One line for each property: how many resources, and which. */
function report(verdict: string, findings: readonly Finding[], log: (line: string) => void): void {
  for (const [what, where] of Map.groupBy(findings, (finding) => finding.what)) {
    log(`${verdict}: ${what} of ${where.length}: ${where.map((finding) => finding.where).join(', ')}`)
  }
}
