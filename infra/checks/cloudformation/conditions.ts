import { isObject } from './json.ts'
import { textsOf, type Plain } from './plain.ts'

/** Three values: a condition on a parameter is the deployer's to decide, so neither branch may be left unread. */
type Verdict = boolean | undefined

interface ConditionScope {
  condition(name: string): Verdict
  resolve(node: unknown): Plain | undefined
}

const equal = (left: readonly string[], right: readonly string[]): Verdict => {
  const [one, ...others] = left
  const [other, ...more] = right
  if (one === undefined || other === undefined || others.length + more.length > 0) return undefined
  if (one === other) return true
  return one.includes('⟦') || other.includes('⟦') ? undefined : false
}

const all = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true

const negate = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict)

const operands = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** Evaluates a condition expression as far as the template alone decides it. */
export const evaluateCondition = (node: unknown, scope: ConditionScope): Verdict => {
  if (!isObject(node)) return undefined
  const [operator, argument] = Object.entries(node)[0] ?? []
  const verdicts = () => operands(argument).map((operand) => evaluateCondition(operand, scope))
  switch (operator) {
    case 'Condition':
      return typeof argument === 'string' ? scope.condition(argument) : undefined
    case 'Fn::Equals': {
      const [left, right] = operands(argument)
      return equal(textsOf(scope.resolve(left)), textsOf(scope.resolve(right)))
    }
    case 'Fn::Not':
      return negate(all(verdicts()))
    case 'Fn::And':
      return all(verdicts())
    case 'Fn::Or':
      return negate(all(verdicts().map(negate)))
    default:
      return undefined
  }
}
