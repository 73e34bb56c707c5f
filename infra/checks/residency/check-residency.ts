import { isObject } from '../cloudformation/json.ts'
import { textsOf } from '../cloudformation/plain.ts'
import { createResolver, type Resolver, type Resource } from '../cloudformation/resolver.ts'
import { readTemplate, type Template } from '../cloudformation/template.ts'
import type { Cell } from './cell.ts'
import type { Finding, Observation } from './finding.ts'
import { observeGrants } from './grants.ts'
import { inferAccount } from './own-account.ts'
import { observePermission, observeStatementPrincipals } from './principals.ts'
import { partitionOf } from './regions.ts'
import { applyRule } from './rule.ts'
import { ALL_RULES } from './rules/all-rules.ts'
import { allowStatementsIn } from './statements.ts'
import { observeTexts } from './texts.ts'
import { observeWorkflowCopies } from './workflow-copies.ts'

/** The cell a template is checked against. */
export interface ResidencyOptions {
  readonly region: string
  /** Taken from the template where it shows its own account. */
  readonly account?: string | undefined
  readonly partition?: string | undefined
  /** Where the origin's data may be stored at all; a stack in any other region is a finding by itself. */
  readonly storageRegions?: readonly string[] | undefined
  /** Other templates of the same cell: their account and their buckets are the cell's own. */
  readonly siblings?: readonly unknown[] | undefined
  /** File names of those templates: a nested template is known by its own. */
  readonly siblingNames?: readonly string[] | undefined
}

/** The property in which a resource of the cell says under which name it is reached. */
const BUCKET_NAMES = [
  ['AWS::S3::Bucket', 'BucketName'] as const,
  ['AWS::S3Express::DirectoryBucket', 'BucketName'] as const,
]
const DOMAIN_NAMES = [
  ['AWS::Route53::HostedZone', 'Name'] as const,
  ['AWS::CertificateManager::Certificate', 'DomainName'] as const,
  ['AWS::ApiGateway::DomainName', 'DomainName'] as const,
  ['AWS::ApiGatewayV2::DomainName', 'DomainName'] as const,
]

const namesOf = (resources: readonly Resource[], kinds: readonly (readonly [type: string, property: string])[]) =>
  new Set(
    resources.flatMap((resource) =>
      kinds
        .filter(([type]) => type === resource.type)
        .flatMap(([, property]) => textsOf(resource.properties[property])),
    ),
  )

/** Types of other vendors run their own code while deploying, and a module is a template of its own. */
const observeType = ({ type }: Resource): Observation[] =>
  /^(?:(?:AWS|Custom)::(?!.*::MODULE$)|Fn::)/.test(type)
    ? []
    : [{ path: 'Type', rule: 'unseen-type', why: `nobody can see what ${type} makes, or whom it tells` }]

const observe = (resource: Resource, cell: Cell): Observation[] => {
  const named = ALL_RULES.flatMap((rule) => applyRule(rule, resource, cell))
  const statements = allowStatementsIn(resource.properties, 'Properties')
  const policies = statements.flatMap((statement) => [
    ...observeStatementPrincipals(statement, resource, cell),
    ...observeGrants(statement, cell),
  ])
  return [
    ...observeType(resource),
    ...named,
    ...observeWorkflowCopies(resource, cell),
    ...observePermission(resource, cell),
    ...policies,
    ...observeTexts(resource, cell),
  ]
}

/** What a template hands to other stacks and to whoever may describe it. */
const outputsOf = (template: Template, resolver: Resolver): Resource => ({
  logicalId: '(template)',
  type: 'AWS::CloudFormation::Template',
  properties: Object.fromEntries(
    Object.entries(template.outputs).flatMap(([name, output]) => {
      const value = isObject(output) ? resolver.resolve(output['Value']) : undefined
      return value === undefined ? [] : [[`Outputs.${name}`, value]]
    }),
  ),
  metadata: {},
})

/** One way out is reported once: a general remark about a text gives way to the rule that knows what the text does. */
const withoutEchoes = (observations: readonly Observation[]): Observation[] =>
  observations.filter(
    (one, index) =>
      !observations
        .slice(0, index)
        .some(({ path }) => path === 'Type' || one.path === path || one.path.startsWith(`${path}.`)),
  )

const MACROS =
  /^AWS::(?:Serverless-2016-10-31|LanguageExtensions|SecretsManager-\d{4}-\d{2}-\d{2}|CodeDeployBlueGreen)$/

const templateFindings = (template: Template, options: ResidencyOptions): Finding[] => {
  const of = (path: string, rule: string, why: string): Finding => ({
    resource: '(template)',
    type: 'AWS::CloudFormation::Template',
    path,
    rule,
    why,
  })
  const unseen = template.macros.filter((macro) => !MACROS.test(macro))
  const { storageRegions, region } = options
  return [
    ...unseen.map((macro) =>
      of('Transform', 'unresolved-macro', `macro ${macro} rewrites the template after this walk`),
    ),
    ...(storageRegions === undefined || storageRegions.includes(region)
      ? []
      : [of('Region', 'storage-region', `the origin's data may not be stored in ${region}`)]),
  ]
}

/**
 * Walks a synthesized template and returns every way in which data could leave the cell. It reads JSON, not constructs,
 * so a raw resource or a property override is seen like any other. Throws `NotATemplate` on anything else.
 */
export const checkResidency = (json: unknown, options: ResidencyOptions): Finding[] => {
  const { region } = options
  const partition = options.partition ?? partitionOf(region)
  const template = readTemplate(json)
  const cellTemplates = [template, ...(options.siblings ?? []).map(readTemplate)]
  const resourcesFor = (account: string | undefined) =>
    cellTemplates.map((one) => createResolver(one, { place: { region, account, partition } }).resources())
  const account = options.account ?? inferAccount(resourcesFor(undefined).flat(), region)
  const [resources = [], ...siblings] = resourcesFor(account)
  const together = [resources, ...siblings].flat()
  const cell: Cell = {
    region,
    partition,
    account,
    buckets: namesOf(together, BUCKET_NAMES),
    domains: namesOf(together, DOMAIN_NAMES),
    walked: new Set(options.siblingNames),
  }
  const outputs = outputsOf(template, createResolver(template, { place: { region, account, partition } }))
  const found = [...resources, outputs].flatMap((resource) =>
    withoutEchoes(observe(resource, cell)).map((observation): Finding => ({
      resource: resource.logicalId,
      type: resource.type,
      ...observation,
    })),
  )
  return [...templateFindings(template, options), ...found]
}
