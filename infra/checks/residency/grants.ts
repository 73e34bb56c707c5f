import { textsOf, type PlainObject } from '../cloudformation/plain.ts'
import { marksIn, readable } from '../cloudformation/symbols.ts'
import type { Cell } from './cell.ts'
import { confinesResource, isGrantForService } from './confinement.ts'
import { DOOR_ACTIONS, EXIT_ACTIONS } from './exit-actions.ts'
import type { Observation } from './finding.ts'
import type { AllowStatement } from './statements.ts'
import { whereIsBucket } from './whereabouts.ts'

const asPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  )

/** `kms:*` and `s3:Put*` say too little to be read as the wish to replicate; `dynamodb:Export*` does not. */
const isBroad = (action: string): boolean => action.includes('*') && (action.split(':')[1] ?? '').indexOf('*') < 6

const isEverything = (resource: string): boolean => /^(?:\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource)

const grantedActions = (body: PlainObject): string[] =>
  body['NotAction'] === undefined ? textsOf(body['Action']) : ['*']

const grantedResources = (body: PlainObject): string[] =>
  body['NotResource'] === undefined ? textsOf(body['Resource']) : ['*']

const namesPrincipal = (body: PlainObject): boolean => 'Principal' in body || 'NotPrincipal' in body

const isAnyAccountsRole = (resource: string): boolean => isEverything(resource) || /^arn:[^:]*:iam::\*:/.test(resource)

/** What an identity policy lets its holder change so that others may come in, or the role of another account it may take. */
const doorsIn = (statement: AllowStatement, cell: Cell): string[] => {
  const { body } = statement
  if (namesPrincipal(body)) return []
  const anyRole = grantedResources(body).some(isAnyAccountsRole) && !confinesResource(body['Condition'], cell)
  return [
    ...DOOR_ACTIONS.filter((action) => action !== 'kms:CreateGrant' || !isGrantForService(body['Condition'])),
    ...(anyRole ? ['sts:AssumeRole'] : []),
  ]
}

const observeExitActions = (statement: AllowStatement, cell: Cell): Observation[] => {
  // In a resource policy `*` is the resource itself: the key's root statement, without which nobody could administer it.
  const unbounded = !namesPrincipal(statement.body) && grantedResources(statement.body).some(isEverything)
  const granted = grantedActions(statement.body).filter((action) => !isBroad(action) || unbounded)
  const open = [...EXIT_ACTIONS, ...doorsIn(statement, cell)].filter((exit) =>
    granted.some((action) => asPattern(action).test(exit)),
  )
  if (open.length === 0) return []
  const shown = open.slice(0, 3).join(', ') + (open.length > 3 ? ` and ${open.length - 3} more` : '')
  return [
    { path: `${statement.path}.Action`, rule: 'exit-action', why: `the role may open a way out by itself: ${shown}` },
  ]
}

const COPIES = ['s3:PutObject', 's3:ReplicateObject']

const copyObservation = (resource: string, path: string, cell: Cell): Observation[] => {
  const bucket = resource.replace(/^arn:[^:]*:s3:::/, '').split('/')[0] ?? ''
  if (isEverything(resource) || /[*?]/.test(bucket.replace(/⟦[^⟧]*⟧/g, ''))) {
    return [
      {
        path,
        rule: 'unbounded-copy-grant',
        why: `objects may be copied to any bucket that takes them: ${readable(resource)}`,
      },
    ]
  }
  const where = whereIsBucket(resource, cell)
  switch (where.at) {
    case 'own':
      return []
    case 'elsewhere':
      return [{ path, rule: 'foreign-bucket-grant', why: `objects may be copied out of the cell: ${where.detail}` }]
    case 'unseen':
      return [
        {
          path,
          rule: 'unresolved-bucket-grant',
          why: `objects may be copied to a bucket nobody can see: ${where.detail}`,
        },
      ]
  }
}

const isBucketResource = (resource: string): boolean =>
  isEverything(resource) ||
  /^arn:[^:]*:s3:/.test(resource) ||
  marksIn(resource).some((mark) => `⟦${mark}⟧` === resource && mark.startsWith('param:'))

const observeCopies = (statement: AllowStatement, cell: Cell): Observation[] => {
  const actions = grantedActions(statement.body)
  if (!COPIES.some((copy) => actions.some((action) => asPattern(action).test(copy)))) return []
  if (confinesResource(statement.body['Condition'], cell)) return []
  return grantedResources(statement.body)
    .filter(isBucketResource)
    .flatMap((resource) => copyObservation(resource, `${statement.path}.Resource`, cell))
    .slice(0, 1)
}

/** Rights in an identity policy that let its holder carry data out, whatever the rest of the template forbids. */
export const observeGrants = (statement: AllowStatement, cell: Cell): Observation[] => {
  const exits = observeExitActions(statement, cell)
  return exits.length > 0 || namesPrincipal(statement.body) ? exits : observeCopies(statement, cell)
}
