import { evaluateCondition } from './conditions.ts'
import { identityOf, namePropertyOf, type Place } from './identity.ts'
import { evaluateIntrinsic, type Scope } from './intrinsics.ts'
import { entryOf, everyText, isObject } from './json.ts'
import { eitherOf, isPlainObject, textsOf, type Plain, type PlainObject } from './plain.ts'
import { markDynamicReferences, ownMark, parameterMark, pseudoMark, unknownMark } from './symbols.ts'
import type { RawResource } from './raw-resource.ts'
import type { Template } from './template.ts'

/** A resource whose properties hold no intrinsic any more. */
export interface Resource {
  readonly logicalId: string
  readonly type: string
  readonly properties: PlainObject
  readonly metadata: PlainObject
}

/** How marks are written and what lies outside the template. */
export interface ResolverOptions {
  readonly place: Place
  /** Name resources as their authors did where they did; otherwise by logical id, whatever they are called. */
  readonly physicalNames?: boolean
  /** Exports of other templates; without it an import stays a mark. */
  readonly exported?: (name: string) => Plain | undefined
  /** Keeps the logical ids of several templates apart. */
  readonly namespace?: string
}

/** Evaluates what the template alone decides. */
export interface Resolver {
  resolve(node: unknown): Plain | undefined
  isLive(resource: RawResource): boolean
  nameOf(logicalId: string): string
  resources(): Resource[]
}

/** The amazonaws domain differs by partition, and a foreign one is a foreign place. */
const URL_SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
}

const pseudoParameters = (place: Place): Readonly<Record<string, Plain | undefined>> => {
  const account = place.account ?? pseudoMark('AccountId')
  const stack = `${pseudoMark('StackName')}/${pseudoMark('StackGuid')}`
  return {
    'AWS::Region': place.region,
    'AWS::AccountId': account,
    'AWS::Partition': place.partition,
    'AWS::URLSuffix': URL_SUFFIXES[place.partition] ?? 'amazonaws.com',
    'AWS::StackName': pseudoMark('StackName'),
    'AWS::StackId': `arn:${place.partition}:cloudformation:${place.region}:${account}:stack/${stack}`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  }
}

const defaultOf = (parameter: Readonly<Record<string, unknown>>): Plain | undefined => {
  const { Type: type, Default: value } = parameter
  // The default of an SSM parameter type is where the value is kept, not the value.
  if (typeof type === 'string' && type.startsWith('AWS::SSM::')) return undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return undefined
  return typeof type === 'string' && /^(?:CommaDelimitedList|List<)/.test(type)
    ? value.split(',').map((item) => item.trim())
    : value
}

const isIntrinsic = (keys: readonly string[]): boolean =>
  keys.length === 1 && (keys[0] === 'Ref' || keys[0]?.startsWith('Fn::') === true)

class TemplateScope implements Scope, Resolver {
  readonly region: string
  readonly #template: Template
  readonly #options: ResolverOptions
  readonly #pseudo: Readonly<Record<string, Plain | undefined>>
  readonly #useDefaults: boolean
  readonly #conditions = new Map<string, boolean | undefined>()

  constructor(template: Template, options: ResolverOptions, useDefaults: boolean) {
    this.region = options.place.region
    this.#template = template
    this.#options = options
    this.#pseudo = pseudoParameters(options.place)
    this.#useDefaults = useDefaults
  }

  resolve(node: unknown): Plain | undefined {
    if (Array.isArray(node)) return node.map((entry) => this.resolve(entry)).filter((entry) => entry !== undefined)
    if (typeof node === 'string') return markDynamicReferences(node)
    if (!isObject(node)) return typeof node === 'number' || typeof node === 'boolean' ? node : null
    const keys = Object.keys(node)
    const [first] = keys
    if (first !== undefined && isIntrinsic(keys)) return evaluateIntrinsic(first, node[first], this)
    const entries = Object.entries(node).map(([key, value]) => [key, this.resolve(value)] as const)
    return Object.fromEntries(entries.filter((entry): entry is [string, Plain] => entry[1] !== undefined))
  }

  reference(name: string): Plain | undefined {
    if (Object.hasOwn(this.#pseudo, name)) return this.#pseudo[name]
    const parameter = this.#template.parameters.get(name)
    if (parameter !== undefined) return this.#parameter(name, parameter)
    return this.#identify(name, undefined)
  }

  attribute(logicalId: string, attribute: string): Plain | undefined {
    return this.#identify(logicalId, attribute)
  }

  mapping(name: string): unknown {
    return entryOf(this.#template.mappings, name)
  }

  exported(name: string): Plain | undefined {
    return this.#options.exported?.(name)
  }

  condition(name: string): boolean | undefined {
    if (!this.#conditions.has(name)) {
      this.#conditions.set(name, undefined)
      const scope = new TemplateScope(this.#template, this.#options, false)
      const verdict = evaluateCondition(entryOf(this.#template.conditions, name), {
        condition: (other) => this.condition(other),
        resolve: (node) => scope.resolve(node),
      })
      this.#conditions.set(name, verdict)
    }
    return this.#conditions.get(name)
  }

  isLive(resource: RawResource): boolean {
    return resource.condition === undefined || this.condition(resource.condition) !== false
  }

  nameOf(logicalId: string): string {
    const resource = this.#template.resources.get(logicalId)
    const property =
      this.#options.physicalNames === true && resource !== undefined ? namePropertyOf(resource.type) : undefined
    const written = property !== undefined && isObject(resource?.properties) ? resource.properties[property] : undefined
    const [name, ...others] = written === undefined ? [] : textsOf(this.resolve(written))
    return name !== undefined && others.length === 0 ? name : ownMark(this.#qualified(logicalId))
  }

  resources(): Resource[] {
    return [...this.#template.resources]
      .filter(([, raw]) => this.isLive(raw))
      .map(([logicalId, raw]) => {
        const properties = this.resolve(raw.properties)
        const metadata = this.resolve(raw.metadata)
        const isMapping = isPlainObject(properties)
        return {
          logicalId,
          type: raw.type,
          properties: isMapping ? properties : { Properties: properties ?? null },
          metadata: isPlainObject(metadata) ? metadata : {},
        }
      })
  }

  #parameter(name: string, parameter: Readonly<Record<string, unknown>>): Plain | undefined {
    const written = this.#useDefaults ? defaultOf(parameter) : undefined
    const open = parameterMark(name, everyText(parameter['AllowedValues']))
    // Nothing as a default waits for the deployer to say something.
    return written === '' ? eitherOf([written, open]) : (written ?? open)
  }

  #qualified(logicalId: string): string {
    return this.#options.namespace === undefined ? logicalId : `${this.#options.namespace}~${logicalId}`
  }

  #identify(logicalId: string, attribute: string | undefined): Plain {
    const resource = this.#template.resources.get(logicalId)
    if (resource === undefined)
      return unknownMark(attribute === undefined ? 'Ref' : 'Fn::GetAtt', `${logicalId} ${attribute ?? ''}`)
    const identity = identityOf(resource.type, this.nameOf(logicalId), attribute, this.#options.place)
    if (identity !== undefined) return identity
    return attribute === undefined ? this.nameOf(logicalId) : ownMark(this.#qualified(logicalId), attribute)
  }
}

/** Makes the resolver of one template. */
export const createResolver = (template: Template, options: ResolverOptions): Resolver =>
  new TemplateScope(template, options, true)
