import { isPlainObject, listOf, optionsOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'

/** One `Allow` of a policy document, wherever in a resource it stands. */
export interface AllowStatement {
  readonly path: string
  readonly body: PlainObject
}

/** A text that is itself a JSON document, as several resource types and custom resources carry their policies. */
export const embeddedJson = (text: string): Plain | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as Plain
  } catch {
    return undefined
  }
}

/** The Allow statements below a value. A Deny takes rights away: whatever it names is no way out. */
export const allowStatementsIn = (value: Plain, path: string): AllowStatement[] =>
  optionsOf(value).flatMap((option) => {
    if (typeof option === 'string') {
      const document = embeddedJson(option)
      return document === undefined ? [] : allowStatementsIn(document, path)
    }
    if (Array.isArray(option)) return option.flatMap((entry, index) => allowStatementsIn(entry, `${path}.${index}`))
    if (!isPlainObject(option)) return []
    if (isStatement(option)) return textsOf(option['Effect']).includes('Allow') ? [{ path, body: option }] : []
    return Object.entries(option).flatMap(([key, entry]) => allowStatementsIn(entry, `${path}.${key}`))
  })

/** A policy statement by its form. */
export const isStatement = (value: PlainObject): boolean =>
  'Effect' in value && ['Action', 'NotAction', 'Principal', 'NotPrincipal', 'Resource'].some((key) => key in value)

/** A statement that only takes rights away. */
export const isDeny = (value: PlainObject): boolean =>
  isStatement(value) && textsOf(value['Effect']).every((effect) => effect === 'Deny')

/** Conditions that tie a caller to known accounts, organisations, networks or sources. */
const CONFINING_CALLER = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceip',
  'aws:vpcsourceip',
  'aws:userid',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])

/** Conditions that tie a request to resources of known accounts. */
const CONFINING_RESOURCE = new Set([
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  's3:resourceaccount',
])

// An `...IfExists` operator passes when the key is absent, and a negated one only excludes: neither confines.
const CONFINING_OPERATOR =
  /^(?:For(?:Any|All)Values:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/

const OPEN_VALUES = new Set(['*', '0.0.0.0/0', '::/0', 'arn:*', 'arn:aws:*'])

/** Facts that hold only for AWS services, or only for who already stands inside the network. */
const CONFINING_FACTS = new Set(['aws:principalisawsservice', 'elasticfilesystem:accessedviamounttarget'])

const confines = (operator: string, key: string, values: readonly string[], keys: ReadonlySet<string>): boolean => {
  if (operator === 'Bool')
    return keys === CONFINING_CALLER && CONFINING_FACTS.has(key) && values.every((value) => value === 'true')
  return CONFINING_OPERATOR.test(operator) && keys.has(key) && values.every((value) => !OPEN_VALUES.has(value))
}

const isConfined = (condition: Plain | undefined, keys: ReadonlySet<string>): boolean =>
  listOf(condition).some(
    (block) =>
      isPlainObject(block) &&
      Object.entries(block).some(
        ([operator, tests]) =>
          isPlainObject(tests) &&
          Object.entries(tests).some(([key, values]) => {
            const texts = textsOf(values)
            return texts.length > 0 && confines(operator, key.toLowerCase(), texts, keys)
          }),
      ),
  )

/** True where a condition leaves only callers of known accounts, organisations, networks or sources. */
export const confinesCaller = (condition: Plain | undefined): boolean => isConfined(condition, CONFINING_CALLER)

/** True where a condition leaves only resources of known accounts. */
export const confinesResource = (condition: Plain | undefined): boolean => isConfined(condition, CONFINING_RESOURCE)
