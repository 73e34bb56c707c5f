import { textsOf, type PlainObject } from '../cloudformation/plain.ts'
import { isOpenText, readable } from '../cloudformation/symbols.ts'
import type { Cell } from './cell.ts'
import { observeGrants } from './grants.ts'
import { documentedActions, SERVICE_POLICIES } from './managed-policies.ts'
import { spotsAt, type Judge, type Judgement } from './rule.ts'

export const managedPolicyWhy = 'the AWS managed policy opens a way out, or may'

/** How AWS names what reads and does no more; reading is no way out. */
const READS_ONLY = /(?:ReadOnly(?:Access)?|^SecurityAudit|^ViewOnlyAccess)$/

const nameOf = (text: string): string | undefined =>
  /^arn:[^:]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(text)?.[1] ?? (/^\w+$/.test(text) ? text : undefined)

/** Whether the service and nobody beside it may take the role. */
const servesOnly = (service: string, role: PlainObject): boolean => {
  const principals = spotsAt(role, 'AssumeRolePolicyDocument.Statement.*.Principal')
  const services = spotsAt(role, 'AssumeRolePolicyDocument.Statement.*.Principal.Service')
  const kinds = principals.flatMap(({ value }) =>
    typeof value === 'object' && value !== null ? Object.keys(value) : [value],
  )
  return (
    services.length > 0 &&
    kinds.every((kind) => kind === 'Service') &&
    services.flatMap(({ value }) => textsOf(value)).every((name) => name === service)
  )
}

const judge = (text: string, cell: Cell, holder: PlainObject): Judgement => {
  if (isOpenText(text)) return { verdict: 'open', detail: `${readable(text)} is decided outside the template` }
  const name = nameOf(text)
  if (name === undefined) return undefined
  const service = SERVICE_POLICIES[name]
  if (service !== undefined)
    return servesOnly(service, holder) ? undefined : { verdict: 'leak', detail: `${name} is for ${service} alone` }
  const actions = documentedActions(name)
  if (actions === undefined && READS_ONLY.test(name)) return undefined
  if (actions === undefined)
    return {
      verdict: 'leak',
      detail: `say what is needed of ${name} in statements of your own, which are judged by themselves`,
    }
  const [found] = observeGrants({ path: name, body: { Effect: 'Allow', Action: [...actions], Resource: '*' } }, cell)
  return found === undefined ? undefined : { verdict: 'leak', detail: `${name}: ${found.why}` }
}

/** A policy of AWS, judged by what it is documented to grant as if that stood in the template. */
export const managedPolicy: Judge = (value, cell, holder) =>
  textsOf(value)
    .map((text) => judge(text, cell, holder))
    .find((judgement) => judgement !== undefined)
