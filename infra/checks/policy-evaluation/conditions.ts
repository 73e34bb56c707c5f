import { readOperator } from './operators.ts'
import type { Context } from './patterns.ts'
import type { ConditionTest } from './statement.ts'
import { UnknownPolicy } from './unknown-policy.ts'

const isAbsent = (test: ConditionTest, context: Context): boolean =>
  (context.get(test.key.toLowerCase()) ?? []).length === 0

const holdsNull = (test: ConditionTest, context: Context): boolean => {
  const [expected, ...more] = test.values
  if ((expected !== 'true' && expected !== 'false') || more.length > 0) throw new UnknownPolicy(`Null of ${test.key}`)
  return isAbsent(test, context) === (expected === 'true')
}

const holds = (test: ConditionTest, context: Context): boolean => {
  if (test.operator === 'Null') return holdsNull(test, context)
  const { negated, ifExists, quantifier, compare } = readOperator(test.operator)
  const actual = context.get(test.key.toLowerCase()) ?? []
  if (actual.length === 0) return ifExists || quantifier === 'ForAllValues' || (negated && quantifier === undefined)
  if (quantifier === undefined && actual.length > 1) {
    throw new UnknownPolicy(`${test.operator} on ${test.key}, which has several values in this request`)
  }
  const matches = (value: string): boolean =>
    test.values.some((expected) => compare(value, expected, context)) !== negated
  return quantifier === 'ForAnyValue' ? actual.some(matches) : actual.every(matches)
}

/** True where every test of a statement's condition block holds for the request. */
export const conditionsHold = (tests: readonly ConditionTest[], context: Context): boolean =>
  // Each test is read even after one failed: an unknown operator must not hide behind a false neighbour.
  tests.map((test) => holds(test, context)).every(Boolean)
