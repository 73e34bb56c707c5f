import { neverWaived } from './break-glass.ts'
import { checkableConditions } from './conditions.ts'
import { isPlaceCode } from './country-codes.ts'
import {
  deidBundleReference,
  JurisdictionPolicySchema,
  type JurisdictionPolicy,
  type PolicyOrigin,
} from './jurisdiction-policy.ts'
import { modeRank, readingModes } from './reading-mode.ts'
import { whyUnreachable } from './unreachable-rules.ts'
import { expandZone } from './zones.ts'

/** What is wrong with a policy file, and where (`origins[1].rules[0].reader`). */
export interface PolicyProblem {
  readonly code:
    | 'schema'
    | 'unknown-key'
    | 'unknown-condition'
    | 'unknown-zone'
    | 'unknown-place'
    | 'unknown-origin'
    | 'cycle'
    | 'duplicate-id'
    | 'not-stricter'
    | 'not-waivable'
    | 'unreachable-rule'
  readonly path: string
  readonly message: string
}

export type PolicyLoad =
  | { readonly outcome: 'accepted'; readonly policy: JurisdictionPolicy }
  | { readonly outcome: 'refused'; readonly problems: readonly PolicyProblem[] }

type Code = PolicyProblem['code']
const problem = (code: Code, path: string, message: string): PolicyProblem => ({ code, path, message })

const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')

const conditionProblems = (policy: JurisdictionPolicy, ids: readonly string[], path: string): PolicyProblem[] =>
  ids.flatMap((id, i) => {
    const known = Object.hasOwn(policy.conditions, id) || (id === deidBundleReference && path !== 'deidBundle')
    return known ? [] : [problem('unknown-condition', `${path}[${i}]`, `no condition ${id} is defined`)]
  })

const definitionProblems = (policy: JurisdictionPolicy): PolicyProblem[] =>
  Object.entries(policy.conditions)
    .filter(([id, { kind }]) => kind !== 'evidence' && !checkableConditions.has(id))
    .map(([id, { kind }]) =>
      problem('unknown-condition', `conditions.${id}.kind`, `this engine cannot check a ${kind} condition ${id}`),
    )

const zoneProblems = (policy: JurisdictionPolicy): PolicyProblem[] =>
  Object.entries(policy.zones).flatMap(([name, zone]) => {
    const listed = Array.isArray(zone) ? zone : zone.seed
    const path = Array.isArray(zone) ? `zones.${name}` : `zones.${name}.seed`
    const unknown = listed.flatMap((member, i) =>
      isPlaceCode(member) || Object.hasOwn(policy.zones, member)
        ? []
        : [problem('unknown-place', `${path}[${i}]`, `${member} is no ISO 3166 code and no zone`)],
    )
    const looksLikeCode = isPlaceCode(name) || name === '*'
    return [
      ...unknown,
      ...(looksLikeCode
        ? [problem('unknown-zone', `zones.${name}`, `${name} is a place code and cannot name a zone`)]
        : []),
      ...(unknown.length === 0 && expandZone(policy, name) === undefined && !reachesUnknown(policy, name)
        ? [problem('cycle', path, `zone ${name} names itself`)]
        : []),
    ]
  })

/** A zone over a zone with an unknown member is not a cycle; the unknown member is reported where it stands. */
const reachesUnknown = (policy: JurisdictionPolicy, name: string, seen: readonly string[] = []): boolean => {
  const zone = Object.hasOwn(policy.zones, name) ? policy.zones[name] : undefined
  if (zone === undefined) return true
  const inner = (Array.isArray(zone) ? zone : zone.seed).filter((member) => !isPlaceCode(member))
  return !seen.includes(name) && inner.some((member) => reachesUnknown(policy, member, [...seen, name]))
}

const ruleProblems = (policy: JurisdictionPolicy, origin: PolicyOrigin, at: string): PolicyProblem[] =>
  origin.rules.flatMap((rule, i) => {
    const path = `${at}.rules[${i}]`
    const isNamed = rule.reader === '*' || isPlaceCode(rule.reader) || Object.hasOwn(policy.zones, rule.reader)
    const unreachable = isNamed ? whyUnreachable(policy, origin, rule) : undefined
    return [
      ...(isNamed ? [] : [problem('unknown-zone', `${path}.reader`, `${rule.reader} is no ISO 3166 code and no zone`)]),
      ...conditionProblems(policy, rule.requires, `${path}.requires`),
      ...(unreachable === undefined
        ? []
        : [problem('unreachable-rule', path, `rule ${rule.id} can never be the answer: ${unreachable}`)]),
    ]
  })

const originProblems = (policy: JurisdictionPolicy): PolicyProblem[] =>
  policy.origins.flatMap((origin, i) => {
    const at = `origins[${i}]`
    const parent = origin.inherits
    const knowsParent = parent === undefined || policy.origins.some(({ id }) => id === parent)
    return [
      // EU is no ISO country, yet an origin: what others inherit need not be a country.
      ...(isPlaceCode(origin.id) || policy.origins.some(({ inherits }) => inherits === origin.id)
        ? []
        : [problem('unknown-place', `${at}.id`, `${origin.id} is no ISO 3166 code`)]),
      ...(knowsParent ? [] : [problem('unknown-origin', `${at}.inherits`, `no origin ${parent} is defined`)]),
      ...(knowsParent && parent !== undefined && loops(policy, origin)
        ? [problem('cycle', `${at}.inherits`, `${origin.id} inherits from itself`)]
        : []),
      ...conditionProblems(policy, origin.requires ?? [], `${at}.requires`),
      ...ruleProblems(policy, origin, at),
    ]
  })

const loops = (policy: JurisdictionPolicy, origin: PolicyOrigin): boolean => {
  const seen = new Set<string>()
  for (let at: PolicyOrigin | undefined = origin; at !== undefined;) {
    if (seen.has(at.id)) return true
    seen.add(at.id)
    const parent: string | undefined = at.inherits
    at = policy.origins.find(({ id }) => id === parent)
  }
  return false
}

const duplicateProblems = (ids: readonly { id: string; path: string }[]): PolicyProblem[] =>
  ids
    .filter(({ id }, i) => ids.findIndex((other) => other.id === id) < i)
    .map(({ id, path }) => problem('duplicate-id', path, `${id} is used twice`))

const idProblems = (policy: JurisdictionPolicy): PolicyProblem[] => [
  ...duplicateProblems(policy.origins.map(({ id }, i) => ({ id, path: `origins[${i}].id` }))),
  ...duplicateProblems(
    policy.origins.flatMap(({ rules }, i) => rules.map(({ id }, j) => ({ id, path: `origins[${i}].rules[${j}].id` }))),
  ),
]

const loweringProblems = (policy: JurisdictionPolicy): PolicyProblem[] =>
  readingModes
    .filter((mode) => mode !== 'forbidden' && modeRank(policy.unconfirmed[mode]) >= modeRank(mode))
    .map((mode) => problem('not-stricter', `unconfirmed.${mode}`, `an unconfirmed ${mode} must become stricter`))

const breakGlassProblems = (policy: JurisdictionPolicy): PolicyProblem[] =>
  (policy.breakGlass?.waives ?? [])
    .map((id, i) => ({ id, path: `breakGlass.waives[${i}]` }))
    .filter(
      ({ id }) =>
        neverWaived.has(id) ||
        policy.common.includes(id) ||
        policy.deidBundle.includes(id) ||
        !Object.hasOwn(policy.conditions, id) ||
        policy.conditions[id]?.kind !== 'evidence',
    )
    .map(({ id, path }) => problem('not-waivable', path, `${id} cannot be waived in an emergency`))

const crossProblems = (policy: JurisdictionPolicy): readonly PolicyProblem[] => [
  ...definitionProblems(policy),
  ...conditionProblems(policy, policy.common, 'common'),
  ...conditionProblems(policy, policy.deidBundle, 'deidBundle'),
  ...loweringProblems(policy),
  ...breakGlassProblems(policy),
  ...zoneProblems(policy),
  ...idProblems(policy),
  ...originProblems(policy),
]

/** Reads a policy file: its form, then what its parts say of each other. Every problem is named with its place. */
export const loadJurisdictionPolicy = (input: unknown): PolicyLoad => {
  const parsed = JurisdictionPolicySchema.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => problem('unknown-key', dotted([...issue.path, key]), 'this key is not known'))
        : [problem('schema', dotted(issue.path), issue.message)],
    )
    return { outcome: 'refused', problems }
  }
  const problems = crossProblems(parsed.data)
  return problems.length === 0 ? { outcome: 'accepted', policy: parsed.data } : { outcome: 'refused', problems }
}
