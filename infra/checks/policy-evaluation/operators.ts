import { BlockList, isIPv4 } from 'node:net'
import { matchesPattern, substitute, type Context } from './patterns.ts'
import { UnknownPolicy } from './unknown-policy.ts'

/** Compares one value of the request with one value of the policy. */
type Comparison = (actual: string, expected: string, context: Context) => boolean

const text =
  (compare: (actual: string, expected: string) => boolean): Comparison =>
  (actual, expected, context) => {
    const value = substitute(expected, context)
    return value !== undefined && compare(actual, value)
  }

const numeric =
  (compare: (actual: number, expected: number) => boolean): Comparison =>
  (actual, expected) => {
    const [left, right] = [Number(actual), Number(expected)]
    if (Number.isNaN(left) || Number.isNaN(right)) throw new UnknownPolicy(`not numbers: ${actual}, ${expected}`)
    return compare(left, right)
  }

const ARN_FIELDS = 6

/** ARNs are matched field by field: a `*` in the account must not swallow the resource. */
const arn: Comparison = (actual, expected, context) => {
  const fieldsOf = (value: string): string[] => {
    const fields = value.split(':')
    return [...fields.slice(0, ARN_FIELDS - 1), fields.slice(ARN_FIELDS - 1).join(':')]
  }
  const [left, right] = [fieldsOf(actual), fieldsOf(expected)]
  return (
    left.length === right.length && right.every((pattern, index) => matchesPattern(pattern, left[index] ?? '', context))
  )
}

const address: Comparison = (actual, expected) => {
  const [network = '', prefix] = expected.split('/')
  const family = isIPv4(network) ? 'ipv4' : 'ipv6'
  const block = new BlockList()
  block.addSubnet(network, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family)
  return block.check(actual, isIPv4(actual) ? 'ipv4' : 'ipv6')
}

/** Operators that hold when any value of the policy compares. */
const POSITIVE: Readonly<Record<string, Comparison>> = {
  StringEquals: text((actual, expected) => actual === expected),
  StringEqualsIgnoreCase: text((actual, expected) => actual.toLowerCase() === expected.toLowerCase()),
  StringLike: (actual, expected, context) => matchesPattern(expected, actual, context),
  ArnEquals: arn,
  ArnLike: arn,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
  IpAddress: address,
}

/** Operators that hold when no value of the policy compares, and also when the request lacks the key. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  NotIpAddress: 'IpAddress',
}

/** A condition operator taken apart. */
export interface Operator {
  readonly negated: boolean
  readonly ifExists: boolean
  readonly quantifier: 'ForAnyValue' | 'ForAllValues' | undefined
  readonly compare: Comparison
}

/** Reads an operator such as `ForAnyValue:StringLikeIfExists`. Throws {@link UnknownPolicy} on one it does not know. */
export const readOperator = (name: string): Operator => {
  const [, quantifier, base = '', exists] = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? []
  const positive = Object.hasOwn(NEGATED, base) ? NEGATED[base] : undefined
  const compare = Object.hasOwn(POSITIVE, positive ?? base) ? POSITIVE[positive ?? base] : undefined
  if (compare === undefined) throw new UnknownPolicy(`condition operator ${name}`)
  return {
    negated: positive !== undefined,
    ifExists: exists !== undefined,
    quantifier: quantifier === 'ForAnyValue' || quantifier === 'ForAllValues' ? quantifier : undefined,
    compare,
  }
}
