import { isPlainObject, listOf, textsOf, type Plain } from '../cloudformation/plain.ts'
import { isOpenText, isOwnThing } from '../cloudformation/symbols.ts'
import { arnsIn } from './arn.ts'
import type { Cell } from './cell.ts'
import { whereIsBucket } from './whereabouts.ts'

/** True for a value that names one account, network or caller and not a pattern of them. */
type Confinement = (value: string, cell: Cell) => boolean

const isPattern = (value: string): boolean => /[*?]/.test(value.replace(/⟦[^⟧]*⟧/g, ''))

const isOneName = (value: string): boolean => !isPattern(value) && !isOpenText(value)

// An account written out that is not the cell's own is reported where it is written.
const oneAccount: Confinement = (value) => /^(?:\d{12}|⟦[^⟦⟧]*⟧)$/.test(value) && !isOpenText(value)

/** `arn:aws:iam::*:role/*` fits every role of the world: only an ARN that holds its account, or an own bucket, confines. */
const arnOfOneAccount: Confinement = (value, cell) => {
  if (isOwnThing(value)) return true
  const [arn] = arnsIn(value)
  if (arn === undefined) return false
  return arn.service === 's3' && arn.account === ''
    ? !isPattern(value.split('/')[0] ?? '') && whereIsBucket(value, cell).at === 'own'
    : oneAccount(arn.account, cell)
}

/** `0.0.0.0/1` and `128.0.0.0/1` are the Internet in two halves. */
const oneNetwork: Confinement = (value) => {
  const [address = '', prefix] = value.split('/')
  return isOneName(value) && Number(prefix ?? 32) >= (address.includes(':') ? 16 : 8)
}

/** The unique id of a role or user comes first; the rest is the session's name, which its holder chooses. */
const oneCaller: Confinement = (value) => isOneName(value.split(':')[0] ?? '')

type Confinements = Readonly<Record<string, Confinement>>

/**
 * Conditions that tie a caller to one account or network. An organisation is no confinement: its id does not say whose
 * organisation it is, and its accounts work in every region.
 */
const CALLER: Confinements = {
  'aws:principalaccount': oneAccount,
  'aws:principalarn': arnOfOneAccount,
  'aws:sourceaccount': oneAccount,
  'aws:sourcearn': arnOfOneAccount,
  'aws:sourceowner': oneAccount,
  'aws:sourcevpc': isOneName,
  'aws:sourcevpce': isOneName,
  'aws:sourceip': oneNetwork,
  'aws:vpcsourceip': oneNetwork,
  'aws:userid': oneCaller,
  'kms:calleraccount': oneAccount,
  's3:dataaccesspointaccount': oneAccount,
  's3:dataaccesspointarn': arnOfOneAccount,
}

/** Conditions that tie a request to resources of one account. */
const RESOURCE: Confinements = { 'aws:resourceaccount': oneAccount, 's3:resourceaccount': oneAccount }

/** Facts that hold only for AWS services, or only for who already stands inside the network. */
const CALLER_FACTS = new Set(['aws:principalisawsservice', 'elasticfilesystem:accessedviamounttarget'])

// `...IfExists` and `ForAllValues:` pass when the key is absent, and a negated operator only excludes: none confines.
const CONFINING_OPERATOR =
  /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/

const confinesBy = (key: string, values: readonly string[], keys: Confinements, cell: Cell): boolean => {
  const name = key.toLowerCase()
  const confinement = Object.hasOwn(keys, name) ? keys[name] : undefined
  return confinement !== undefined && values.length > 0 && values.every((value) => confinement(value, cell))
}

const isFact = (operator: string, key: string, values: readonly string[]): boolean =>
  operator === 'Bool' &&
  CALLER_FACTS.has(key.toLowerCase()) &&
  values.length > 0 &&
  values.every((value) => value === 'true')

interface Test {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

const testsOf = (condition: Plain | undefined): Test[] =>
  listOf(condition)
    .filter(isPlainObject)
    .flatMap((block) =>
      Object.entries(block).flatMap(([operator, tests]) =>
        isPlainObject(tests)
          ? Object.entries(tests).map(([key, values]) => ({ operator, key, values: textsOf(values) }))
          : [],
      ),
    )

const isConfined = ({ operator, key, values }: Test, keys: Confinements, cell: Cell): boolean =>
  CONFINING_OPERATOR.test(operator) && confinesBy(key, values, keys, cell)

/** True where a condition leaves only callers of known accounts or networks. */
export const confinesCaller = (condition: Plain | undefined, cell: Cell): boolean =>
  testsOf(condition).some((test) => isFact(test.operator, test.key, test.values) || isConfined(test, CALLER, cell))

/** True where a permission's own property, named like a condition key, leaves only callers of one account. */
export const confinesCallerAs = (key: string, value: Plain | undefined, cell: Cell): boolean =>
  confinesBy(key, textsOf(value), CALLER, cell)

/** True where a condition leaves only resources of known accounts. */
export const confinesResource = (condition: Plain | undefined, cell: Cell): boolean =>
  testsOf(condition).some((test) => isConfined(test, RESOURCE, cell))

/** True where a condition leaves only grants that an AWS service makes for itself. */
export const isGrantForService = (condition: Plain | undefined): boolean =>
  testsOf(condition).some(
    ({ operator, key, values }) =>
      operator === 'Bool' && key.toLowerCase() === 'kms:grantisforawsresource' && values.join() === 'true',
  )
