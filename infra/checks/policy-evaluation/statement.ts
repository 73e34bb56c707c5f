import { isPlainObject, listOf, optionsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import { isOpenText } from '../cloudformation/symbols.ts'
import { UnknownPolicy } from './unknown-policy.ts'

/** Who a resource policy's statement speaks of. */
export interface PrincipalElement {
  readonly everyone: boolean
  readonly aws: readonly string[]
  readonly services: readonly string[]
}

/** One test of a condition block: all must hold. */
export interface ConditionTest {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

/** A policy statement, every element known. */
export interface Statement {
  /** Where it stands, for the reader of a verdict. */
  readonly name: string
  readonly effect: 'Allow' | 'Deny'
  readonly principal: PrincipalElement | undefined
  readonly actions: readonly string[]
  readonly notActions: readonly string[] | undefined
  readonly resources: readonly string[]
  readonly notResources: readonly string[] | undefined
  readonly conditions: readonly ConditionTest[]
}

const KNOWN_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** The one value a policy element has; a choice of the deployer cannot be evaluated. */
const certain = (value: Plain | undefined, name: string): Plain | undefined => {
  const options = optionsOf(value)
  if (options.length > 1) throw new UnknownPolicy(`${name}: a condition of the template decides this element`)
  return options[0]
}

const textOf = (value: Plain, name: string): string => {
  const one = certain(value, name)
  if (typeof one === 'boolean' || typeof one === 'number') return String(one)
  if (typeof one !== 'string') throw new UnknownPolicy(`${name}: expected a text`)
  if (isOpenText(one) || one.includes('⟦import:'))
    throw new UnknownPolicy(`${name}: ${one} is not decided by the template`)
  return one
}

const textsOf = (value: Plain | undefined, name: string): string[] => {
  const one = certain(value, name)
  return one === undefined ? [] : listOf(one).map((item) => textOf(item, name))
}

const mappingOf = (value: Plain | undefined, name: string): PlainObject => {
  const one = certain(value, name)
  if (one === undefined) return {}
  if (!isPlainObject(one)) throw new UnknownPolicy(`${name}: expected a mapping`)
  return one
}

const principalOf = (value: Plain | undefined, name: string): PrincipalElement | undefined => {
  const one = certain(value, name)
  if (one === undefined) return undefined
  if (one === '*') return { everyone: true, aws: [], services: [] }
  const kinds = mappingOf(one, name)
  const unknown = Object.keys(kinds).find((kind) => !['AWS', 'Service', 'Federated'].includes(kind))
  if (unknown !== undefined) throw new UnknownPolicy(`${name}: principals of kind ${unknown}`)
  const aws = textsOf(kinds['AWS'], name)
  return { everyone: aws.includes('*'), aws, services: textsOf(kinds['Service'], name) }
}

const conditionsOf = (value: Plain | undefined, name: string): ConditionTest[] =>
  Object.entries(mappingOf(value, name)).flatMap(([operator, tests]) =>
    Object.entries(mappingOf(tests, name)).map(([key, values]) => ({ operator, key, values: textsOf(values, name) })),
  )

const readStatement = (raw: PlainObject, name: string): Statement => {
  const unknown = Object.keys(raw).find((element) => !KNOWN_ELEMENTS.has(element))
  if (unknown !== undefined) throw new UnknownPolicy(`${name}: element ${unknown}`)
  const effect = textOf(raw['Effect'] ?? '', name)
  if (effect !== 'Allow' && effect !== 'Deny') throw new UnknownPolicy(`${name}: effect ${effect}`)
  return {
    name,
    effect,
    principal: principalOf(raw['Principal'], name),
    actions: textsOf(raw['Action'], name),
    notActions: raw['NotAction'] === undefined ? undefined : textsOf(raw['NotAction'], name),
    resources: textsOf(raw['Resource'], name),
    notResources: raw['NotResource'] === undefined ? undefined : textsOf(raw['NotResource'], name),
    conditions: conditionsOf(raw['Condition'], name),
  }
}

/** Reads a policy document whose intrinsics are resolved. Throws {@link UnknownPolicy} on anything unfamiliar. */
export const readDocument = (document: Plain | undefined, owner: string): Statement[] => {
  const body = mappingOf(document, owner)
  return listOf(body['Statement']).map((raw, index) => {
    const statement = mappingOf(raw, owner)
    const sid = statement['Sid']
    return readStatement(
      statement,
      `${owner} statement ${index}${typeof sid === 'string' && sid !== '' ? ` (${sid})` : ''}`,
    )
  })
}
