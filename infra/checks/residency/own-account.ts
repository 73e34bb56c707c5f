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

/** A key must let its own account administer it, or nobody ever can again. */
const keyAdministrator = (resource: Resource): string[] => {
  if (resource.type !== 'AWS::KMS::Key') return []
  const roots = allowStatementsIn(resource.properties, 'Properties')
    .filter((statement) => textsOf(statement.body['Action']).includes('kms:*'))
    .flatMap((statement) => listOf(statement.body['Principal']))
    .flatMap((principal) => (isPlainObject(principal) ? textsOf(principal['AWS']) : []))
    .map((text) => (ACCOUNT.test(text) ? text : (arnsIn(text).find((arn) => arn.rest === 'root')?.account ?? '')))
  return roots.every((account) => ACCOUNT.test(account)) && new Set(roots).size === 1 ? roots.slice(0, 1) : []
}

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
    ...keyAdministrator(resource),
    ...everyString(resource.properties).flatMap((text) => [
      ...inAssetBucket(text, region),
      ...besideOwnResource(text, region),
      ...inTrailPrefix(text),
    ]),
  ])
  return mostFrequent(evidence)
}
