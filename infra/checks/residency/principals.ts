import { entryOf } from '../cloudformation/json.ts'
import { isPlainObject, listOf, optionsOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import { isOpenText, readable } from '../cloudformation/symbols.ts'
import { arnsIn } from './arn.ts'
import { isForeignAccount, type Cell } from './cell.ts'
import type { Observation } from './finding.ts'
import { confinesCaller, confinesCallerAs } from './confinement.ts'
import type { AllowStatement } from './statements.ts'

/** Their policies say who may call, not who may read; an API is open to callers by its nature, and an endpoint only narrows. */
const CALLABLE_BY_ANYONE = new Set(['AWS::ApiGateway::RestApi', 'AWS::Serverless::Api', 'AWS::EC2::VPCEndpoint'])

/** Service principals that act for other regions. */
const FAR_SERVICES: Readonly<Record<string, string>> = {
  'edgelambda.amazonaws.com': 'the role is for functions at edge locations',
  'replication.dynamodb.amazonaws.com': 'the table may be replicated by the service',
}

const ANYONE = /^(?:\*|arn:[^:]*:(?:iam|sts)::\*:.*)$/

const foreign = (path: string, detail: string): Observation => ({
  path,
  rule: 'foreign-principal',
  why: `a principal outside the account is let in: ${detail}`,
})

const observeAccount = (text: string, path: string, cell: Cell, confined: boolean): Observation[] => {
  if (ANYONE.test(text)) {
    const why = 'anyone, from any account or country, is let in: no condition confines the caller'
    return confined ? [] : [{ path, rule: 'public-principal', why }]
  }
  const account = /^\d{12}$/.test(text) ? text : (arnsIn(text)[0]?.account ?? '')
  if (isForeignAccount(account, cell) || account === 'cloudfront') return [foreign(path, readable(text))]
  return isOpenText(text) && arnsIn(text).every((arn) => isOpenText(arn.account))
    ? [{ path, rule: 'unresolved-principal', why: `who is let in is decided outside the template: ${readable(text)}` }]
    : []
}

/** Whoever the provider vouches for takes the role: a provider outside the account decides who that is. */
const observeFederation = (text: string, path: string, cell: Cell): Observation[] => {
  if (/^[a-z0-9.-]+$/i.test(text))
    return text === 'cognito-identity.amazonaws.com' ? [] : [foreign(path, `whoever ${text} vouches for`)]
  return observeAccount(text, path, cell, false)
}

const observeKind = (kind: string, value: Plain, path: string, cell: Cell, confined: boolean): Observation[] =>
  textsOf(value).flatMap((text): Observation[] => {
    switch (kind) {
      case 'AWS':
        return observeAccount(text, path, cell, confined)
      case 'CanonicalUser':
        return text.includes('⟦') ? [] : [foreign(path, 'a canonical user written out')]
      case 'Service': {
        const far = entryOf(FAR_SERVICES, text)
        return far === undefined ? [] : [{ path, rule: 'far-service', why: far }]
      }
      case 'Federated':
        return observeFederation(text, path, cell)
      default:
        return text === '*' ? observeAccount(text, path, cell, confined) : []
    }
  })

const observePrincipal = (principal: Plain | undefined, path: string, cell: Cell, confined: boolean): Observation[] =>
  optionsOf(principal).flatMap((option) =>
    isPlainObject(option)
      ? Object.entries(option).flatMap(([kind, value]) => observeKind(kind, value, `${path}.${kind}`, cell, confined))
      : textsOf(option).flatMap((text) =>
          /\.amazonaws\.com/.test(text)
            ? observeKind('Service', text, path, cell, confined)
            : observeAccount(text, path, cell, confined),
        ),
  )

/** Who a resource policy or trust policy lets in from outside the cell's account. */
export const observeStatementPrincipals = (
  statement: AllowStatement,
  resource: Resource,
  cell: Cell,
): Observation[] => {
  const { body, path } = statement
  const confined = confinesCaller(body['Condition'], cell) || CALLABLE_BY_ANYONE.has(resource.type)
  if (body['NotPrincipal'] !== undefined) return observeAccount('*', `${path}.NotPrincipal`, cell, confined)
  return observePrincipal(body['Principal'], `${path}.Principal`, cell, confined)
}

interface PermissionShape {
  readonly property: string
  /** Properties beside it that confine the caller, with the condition key each stands for. */
  readonly confinedBy: Readonly<Record<string, string>>
}

/** Resource types that grant in properties of their own instead of a policy document. */
const PERMISSIONS: Readonly<Record<string, PermissionShape>> = {
  'AWS::Lambda::Permission': {
    property: 'Principal',
    confinedBy: { SourceAccount: 'aws:SourceAccount', SourceArn: 'aws:SourceArn' },
  },
  'AWS::Lambda::LayerVersionPermission': { property: 'Principal', confinedBy: {} },
  'AWS::Events::EventBusPolicy': { property: 'Principal', confinedBy: {} },
  'AWS::EC2::VPCEndpointServicePermissions': { property: 'AllowedPrincipals', confinedBy: {} },
}

/** Who a permission resource lets in. */
export const observePermission = (resource: Resource, cell: Cell): Observation[] => {
  const shape = entryOf(PERMISSIONS, resource.type)
  if (shape === undefined) return []
  const properties: PlainObject = resource.properties
  const confined = Object.entries(shape.confinedBy).some(([name, key]) => confinesCallerAs(key, properties[name], cell))
  return listOf(properties[shape.property]).flatMap((value) =>
    observePrincipal(value, `Properties.${shape.property}`, cell, confined),
  )
}
