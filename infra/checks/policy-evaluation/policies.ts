import { identityOf, type Place } from '../cloudformation/identity.ts'
import { isObject } from '../cloudformation/json.ts'
import { isPlainObject, listOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import { createResolver, type Resolver, type Resource } from '../cloudformation/resolver.ts'
import { readTemplate, type Template } from '../cloudformation/template.ts'
import { partitionOf } from '../residency/regions.ts'
import { RESOURCE_POLICIES, type AttachedDocument } from './resource-policies.ts'
import { readDocument, type Statement } from './statement.ts'
import { UnknownPolicy } from './unknown-policy.ts'

/** A synthesized template under the name its stack goes by. */
export interface NamedTemplate {
  readonly name: string
  readonly template: unknown
}

/** What a role may do by itself. */
export interface RolePolicies {
  readonly statements: readonly Statement[]
  /** Attached policies whose text is not in the templates, such as AWS managed ones. */
  readonly unseen: readonly string[]
  readonly boundary: readonly Statement[] | undefined
}

/** Every policy of some templates, by the ARN of what it is attached to. */
export interface Policies {
  readonly place: Place & { readonly account: string }
  readonly roles: ReadonlyMap<string, RolePolicies>
  readonly resources: ReadonlyMap<string, readonly Statement[]>
  /** Service or resource control policies of the organisation: only what they deny is looked at. */
  readonly guardrails: readonly Statement[]
  /** The ARN of a resource, as the policies of these templates spell it. */
  arn(stack: string, logicalId: string): string
}

/** Where the templates are deployed, and what stands above them. */
export interface PolicyOptions {
  readonly region: string
  readonly account: string
  readonly guardrails?: readonly { readonly name: string; readonly document: unknown }[]
}

interface Stack {
  readonly name: string
  readonly template: Template
  readonly resolver: Resolver
  readonly resources: readonly Resource[]
}

const readStacks = (templates: readonly NamedTemplate[], place: Place): Stack[] => {
  const exports = new Map<string, () => Plain | undefined>()
  const stacks = templates.map(({ name, template: json }) => {
    const template = readTemplate(json)
    const resolver = createResolver(template, {
      place,
      physicalNames: true,
      namespace: name,
      exported: (exported) => exports.get(exported)?.(),
    })
    return { name, template, resolver }
  })
  for (const { template, resolver } of stacks) {
    for (const output of Object.values(template.outputs)) {
      const exported =
        isObject(output) && isObject(output['Export']) ? textsOf(resolver.resolve(output['Export']['Name'])) : []
      for (const name of exported)
        exports.set(name, () => (isObject(output) ? resolver.resolve(output['Value']) : undefined))
    }
  }
  return stacks.map((stack) => ({ ...stack, resources: stack.resolver.resources() }))
}

const push = <T>(map: Map<string, T[]>, key: string, values: readonly T[]): void => {
  map.set(key, [...(map.get(key) ?? []), ...values])
}

const arnIn = (stack: Stack, { logicalId, type }: Resource, place: Place): string =>
  identityOf(type, stack.resolver.nameOf(logicalId), 'Arn', place) ?? stack.resolver.nameOf(logicalId)

const roleArn = (name: string, place: Place): string => identityOf('AWS::IAM::Role', name, 'Arn', place) ?? name

const inlinePolicies = (properties: PlainObject, owner: string): Statement[] =>
  listOf(properties['Policies']).flatMap((policy) =>
    isPlainObject(policy) ? readDocument(policy['PolicyDocument'], owner) : [],
  )

const readRoles = (stacks: readonly Stack[], place: Place): Map<string, RolePolicies> => {
  const attached = new Map<string, Statement[]>()
  const managed = new Map<string, Statement[]>()
  const each = (types: readonly string[], visit: (stack: Stack, resource: Resource, owner: string) => void): void => {
    for (const stack of stacks)
      for (const resource of stack.resources)
        if (types.includes(resource.type)) visit(stack, resource, `${stack.name}/${resource.logicalId}`)
  }
  each(['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'], (stack, resource, owner) => {
    const statements = readDocument(resource.properties['PolicyDocument'], owner)
    for (const role of [...textsOf(resource.properties['Roles']), ...textsOf(resource.properties['RoleName'])])
      push(attached, roleArn(role, place), statements)
    if (resource.type === 'AWS::IAM::ManagedPolicy') managed.set(arnIn(stack, resource, place), statements)
  })
  const roles = new Map<string, RolePolicies>()
  each(['AWS::IAM::Role'], (stack, resource, owner) => {
    const arn = arnIn(stack, resource, place)
    const arns = textsOf(resource.properties['ManagedPolicyArns'])
    const [boundary] = textsOf(resource.properties['PermissionsBoundary'])
    if (boundary !== undefined && !managed.has(boundary)) throw new UnknownPolicy(`${owner}: boundary ${boundary}`)
    roles.set(arn, {
      statements: [
        ...inlinePolicies(resource.properties, owner),
        ...(attached.get(arn) ?? []),
        ...arns.flatMap((policy) => managed.get(policy) ?? []),
      ],
      unseen: arns.filter((policy) => !managed.has(policy)),
      boundary: boundary === undefined ? undefined : managed.get(boundary),
    })
  })
  return roles
}

const readResourcePolicies = (stacks: readonly Stack[], place: Place): Map<string, Statement[]> => {
  const policies = new Map<string, Statement[]>()
  for (const stack of stacks) {
    for (const resource of stack.resources) {
      const own = arnIn(stack, resource, place)
      const documents: AttachedDocument[] = Object.hasOwn(RESOURCE_POLICIES, resource.type)
        ? (RESOURCE_POLICIES[resource.type]?.(resource.properties, { own, place }) ?? [])
        : []
      for (const { arn, document } of documents)
        push(policies, arn, readDocument(document, `${stack.name}/${resource.logicalId}`))
    }
  }
  return policies
}

/** Reads every policy of some synthesized templates. Throws {@link UnknownPolicy} on what it cannot evaluate. */
export const readPolicies = (templates: readonly NamedTemplate[], options: PolicyOptions): Policies => {
  const { region, account, guardrails = [] } = options
  const place = { region, account, partition: partitionOf(region) }
  const stacks = readStacks(templates, place)
  return {
    place,
    roles: readRoles(stacks, place),
    resources: readResourcePolicies(stacks, place),
    guardrails: guardrails.flatMap(({ name, document }) => readDocument(document as Plain, name)),
    arn: (name, logicalId) => {
      const stack = stacks.find((one) => one.name === name)
      const resource = stack?.resources.find((one) => one.logicalId === logicalId)
      if (stack === undefined || resource === undefined) throw new UnknownPolicy(`no resource ${name}/${logicalId}`)
      return arnIn(stack, resource, place)
    },
  }
}
