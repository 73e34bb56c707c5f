import { conditionsHold } from './conditions.ts'
import { matchesPattern, type Context } from './patterns.ts'
import type { Policies } from './policies.ts'
import type { Statement } from './statement.ts'
import { UnknownPolicy } from './unknown-policy.ts'

/** A call somebody makes. */
export interface AccessRequest {
  /** The ARN of a role, a service such as `s3.amazonaws.com`, or `anonymous`. */
  readonly principal: string
  readonly action: string
  /** The ARN of the resource, objects included: `arn:aws:s3:::bucket/key`. */
  readonly resource: string
  /**
   * Condition keys of the request. The principal's own keys, `aws:RequestedRegion` and a TLS connection are filled in
   * where they are not given; `null` says that a key is absent.
   */
  readonly context?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>
}

/** The answer, and the statement or the lack of one that decided. */
export interface Verdict {
  readonly allowed: boolean
  readonly because: string
}

type Caller =
  { readonly kind: 'anonymous' } | { readonly kind: 'service' } | { readonly kind: 'role'; readonly account: string }

const callerOf = (principal: string): Caller => {
  if (principal === 'anonymous') return { kind: 'anonymous' }
  if (/\.amazonaws\.com(?:\.cn)?$/.test(principal)) return { kind: 'service' }
  const account = /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1]
  if (account === undefined) throw new UnknownPolicy(`principal ${principal}`)
  return { kind: 'role', account }
}

const contextOf = (request: AccessRequest, caller: Caller, policies: Policies): Context => {
  const own: AccessRequest['context'] = {
    'aws:SecureTransport': true,
    'aws:RequestedRegion': policies.place.region,
    'aws:PrincipalIsAWSService': caller.kind === 'service',
    ...(caller.kind === 'role'
      ? {
          'aws:PrincipalAccount': caller.account,
          'aws:PrincipalArn': request.principal,
          'kms:CallerAccount': caller.account,
        }
      : {}),
  }
  const lowerCase = Object.entries({ ...own, ...request.context }).filter(
    (entry): entry is [string, string | number | boolean | readonly string[]] => entry[1] !== null,
  )
  return new Map(
    lowerCase.map(([key, value]) => [key.toLowerCase(), Array.isArray(value) ? value.map(String) : [String(value)]]),
  )
}

/** How closely a statement's principal fits: by itself, through its account's root, or not at all. */
type Fit = 'direct' | 'account' | undefined

const fit = (statement: Statement, principal: string, caller: Caller): Fit => {
  const { principal: element } = statement
  if (element === undefined) return undefined
  if (element.everyone) return 'direct'
  if (caller.kind !== 'role') return element.services.includes(principal) ? 'direct' : undefined
  if (element.aws.includes(principal)) return 'direct'
  return element.aws.some((text) => text === caller.account || text.endsWith(`:iam::${caller.account}:root`))
    ? 'account'
    : undefined
}

/** A statement of a key policy or trust policy guards the one resource it is attached to, and need not name it. */
const guardsItself = (statement: Statement, request: AccessRequest): boolean =>
  statement.resources.length === 0 && statement.notResources === undefined && request.action.startsWith('sts:')

const covers = (statement: Statement, request: AccessRequest, context: Context): boolean => {
  const anyAction = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, request.action, context, true))
  const anyResource = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, request.resource, context))
  const action = statement.notActions === undefined ? anyAction(statement.actions) : !anyAction(statement.notActions)
  const resource =
    statement.notResources === undefined
      ? anyResource(statement.resources) || guardsItself(statement, request)
      : !anyResource(statement.notResources)
  return action && resource && conditionsHold(statement.conditions, context)
}

/** The policy of an object's bucket is the bucket's. */
const ownerOf = (resource: string): string =>
  /^arn:[^:]*:s3:::/.test(resource) ? (resource.split('/')[0] ?? resource) : resource

interface Matches {
  readonly denies: readonly Statement[]
  readonly direct: Statement | undefined
  readonly account: Statement | undefined
  readonly identity: Statement | undefined
}

const matchesOf = (request: AccessRequest, caller: Caller, policies: Policies): Matches => {
  const context = contextOf(request, caller, policies)
  const applying = (statements: readonly Statement[]): Statement[] =>
    statements.filter((statement) => covers(statement, request, context))
  const guarding = applying(policies.resources.get(ownerOf(request.resource)) ?? []).map((statement) => ({
    statement,
    fit: fit(statement, request.principal, caller),
  }))
  const identity = applying(policies.roles.get(request.principal)?.statements ?? [])
  // Guardrails bind the accounts of the organisation, not the services of AWS.
  const guardrails = caller.kind === 'service' ? [] : applying(policies.guardrails)
  const allowing = (kind: Fit): Statement | undefined =>
    guarding.find((one) => one.fit === kind && one.statement.effect === 'Allow')?.statement
  return {
    denies: [
      ...guardrails,
      ...guarding.filter((one) => one.fit !== undefined).map((one) => one.statement),
      ...identity,
    ].filter((statement) => statement.effect === 'Deny'),
    direct: allowing('direct'),
    account: allowing('account'),
    identity: identity.find((statement) => statement.effect === 'Allow'),
  }
}

/** Keys and roles are the resources whose own policy must speak first, the account's administrators included. */
const needsOwnPolicy = (action: string): boolean => /^(?:kms|sts):/i.test(action)

const allowedBy = (statement: Statement, also = ''): Verdict => ({
  allowed: true,
  because: `allowed by ${statement.name}${also}`,
})
const refused = (because: string): Verdict => ({ allowed: false, because })

const withinBoundary = (verdict: Verdict, request: AccessRequest, caller: Caller, policies: Policies): Verdict => {
  const boundary = policies.roles.get(request.principal)?.boundary
  if (!verdict.allowed || boundary === undefined) return verdict
  const context = contextOf(request, caller, policies)
  const inside = boundary.filter((statement) => covers(statement, request, context))
  const deny = inside.find((statement) => statement.effect === 'Deny')
  if (deny !== undefined) return refused(`denied by the boundary: ${deny.name}`)
  return inside.length > 0 ? verdict : refused('outside the permissions boundary')
}

const byOwnAccount = (request: AccessRequest, matches: Matches, policies: Policies): Verdict => {
  const { direct, account, identity } = matches
  if (direct !== undefined) return allowedBy(direct)
  if (needsOwnPolicy(request.action) && account === undefined)
    return refused('the policy of the resource lets nobody of this kind in')
  if (identity !== undefined) return allowedBy(identity, account === undefined ? '' : ` under ${account.name}`)
  const unseen = policies.roles.get(request.principal)?.unseen ?? []
  if (unseen.length > 0)
    throw new UnknownPolicy(`${request.principal} also has ${unseen.join(', ')}, whose text is not in the templates`)
  return refused('no statement allows it')
}

/**
 * Decides a request over the policies of the templates, as IAM does within one account: a Deny wins, nothing is allowed
 * that no statement allows, a key or a role asks its own policy first, and a foreign account needs the resource's word.
 */
export const evaluate = (request: AccessRequest, policies: Policies): Verdict => {
  const caller = callerOf(request.principal)
  const matches = matchesOf(request, caller, policies)
  const [deny] = matches.denies
  if (deny !== undefined) return refused(`denied by ${deny.name}`)
  if (caller.kind === 'role' && caller.account === policies.place.account) {
    if (!policies.roles.has(request.principal))
      throw new UnknownPolicy(`no role ${request.principal} in these templates`)
    return withinBoundary(byOwnAccount(request, matches, policies), request, caller, policies)
  }
  const letIn = matches.direct ?? matches.account
  return letIn === undefined ? refused('the policy of the resource lets nobody of this kind in') : allowedBy(letIn)
}
