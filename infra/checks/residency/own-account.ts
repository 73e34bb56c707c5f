import { isPlainObject, listOf, optionsOf, textsOf, type Plain } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import { arnsIn } from './arn.ts'
import { allowStatementsIn } from './statements.ts'

const ACCOUNT = /^\d{12}$/

const everyString = (value: Plain): string[] =>
  optionsOf(value).flatMap((option) =>
    typeof option === 'string'
      ? [option]
      : Array.isArray(option)
        ? option.flatMap(everyString)
        : isPlainObject(option)
          ? Object.values(option).flatMap(everyString)
          : [],
  )

/** `arn:aws:logs:<region>:<account>:log-group/<a resource of this template>` can only be the stack's own account. */
const besideOwnResource = (text: string, region: string): string[] =>
  arnsIn(text)
    .filter(
      (arn) => arn.region === region && ACCOUNT.test(arn.account) && /⟦(?!param:|unknown:|pseudo:)/.test(arn.rest),
    )
    .map((arn) => arn.account)

const inAssetBucket = (text: string, region: string): string[] => {
  const account = new RegExp(`cdk-[a-z0-9]+-assets-(\\d{12})-${region}`).exec(text)?.[1]
  return account === undefined ? [] : [account]
}

const inTrailPrefix = (text: string): string[] => {
  const account = /⟧\/(?:[^/]+\/)*AWSLogs\/(\d{12})\/\*$/.exec(text)?.[1]
  return account === undefined ? [] : [account]
}

const ADMINISTRATION = /^(?:\*|kms:(?:\*|Put\*|PutKeyPolicy))$/i

/** A key must let its own account administer it, or nobody ever can again. */
const keyAdministrators = (resource: Resource): string[] => {
  if (resource.type !== 'AWS::KMS::Key') return []
  const roots = allowStatementsIn(resource.properties, 'Properties')
    .filter((statement) => textsOf(statement.body['Action']).some((action) => ADMINISTRATION.test(action)))
    .flatMap((statement) => listOf(statement.body['Principal']))
    .flatMap((principal) => (isPlainObject(principal) ? textsOf(principal['AWS']) : []))
    .map((text) => (ACCOUNT.test(text) ? text : (arnsIn(text)[0]?.account ?? '')))
  const [account = ''] = roots
  return ACCOUNT.test(account) && new Set(roots).size === 1 ? [account] : []
}

const CONFINEMENTS = new Set([
  'aws:sourceaccount',
  'kms:calleraccount',
  'aws:principalaccount',
  'aws:resourceaccount',
  's3:resourceaccount',
])

/** A policy confines its callers to its own account far more often than to another. */
const confinements = (value: Plain): string[] =>
  optionsOf(value).flatMap((option) =>
    Array.isArray(option)
      ? option.flatMap(confinements)
      : isPlainObject(option)
        ? Object.entries(option).flatMap(([key, entry]) =>
            CONFINEMENTS.has(key.toLowerCase())
              ? textsOf(entry).filter((text) => ACCOUNT.test(text))
              : confinements(entry),
          )
        : [],
  )

const mostFrequent = (accounts: readonly string[]): string | undefined => {
  const counts = new Map<string, number>()
  for (const account of accounts) counts.set(account, (counts.get(account) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0]
}

/**
 * The account a template was synthesized for, from places where only the stack's own can stand. A template that says
 * nothing of its account keeps every written-out account foreign.
 */
export const inferAccount = (resources: readonly Resource[], region: string): string | undefined => {
  const evidence = resources.flatMap((resource) => [
    ...keyAdministrators(resource),
    ...confinements(resource.properties),
    ...everyString(resource.properties).flatMap((text) => [
      ...inAssetBucket(text, region),
      ...besideOwnResource(text, region),
      ...inTrailPrefix(text),
    ]),
  ])
  return mostFrequent(evidence)
}
