import { isPlainObject, optionsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import type { Cell } from './cell.ts'
import type { Observation } from './finding.ts'

/** What a value turned out to be. `open` is a value nobody can see: the rule fails closed under an `unresolved-` id. */
export type Judgement = { readonly verdict: 'leak' | 'open'; readonly detail?: string } | undefined

/** Judges one value found at a rule's path; `undefined` stands for a property that is absent. */
export type Judge = (value: Plain | undefined, cell: Cell, siblings: PlainObject) => Judgement

/** A way out of the cell, as data. A rule without `at` forbids the resource type altogether. */
export interface Rule {
  readonly id: string
  /** Exact types, or a prefix ending in `*`. */
  readonly types: readonly string[]
  /** Property paths: `*` is any item, `**` any depth. */
  readonly at?: readonly string[]
  readonly is?: Judge
  /** The service's default is the leak, so saying nothing is one too. */
  readonly absentToo?: true
  readonly why: string
}

interface Spot {
  readonly path: string
  readonly value: Plain
}

const children = (value: Plain): [string, Plain][] =>
  Array.isArray(value)
    ? value.map((entry, index) => [String(index), entry])
    : isPlainObject(value)
      ? Object.entries(value)
      : []

const spotsIn = (spot: Spot, segments: readonly string[]): Spot[] => {
  const [segment, ...rest] = segments
  return optionsOf(spot.value).flatMap((value) => {
    if (segment === undefined) return [{ ...spot, value }]
    const step = (key: string, entry: Plain): Spot => ({ path: `${spot.path}.${key}`, value: entry })
    const inside = children(value)
    if (segment === '**') {
      return [
        ...spotsIn({ ...spot, value }, rest),
        ...inside.flatMap(([key, entry]) => spotsIn(step(key, entry), segments)),
      ]
    }
    if (segment === '*') {
      const items = Array.isArray(value) ? inside : [undefined]
      return items.flatMap((item) => spotsIn(item === undefined ? { ...spot, value } : step(...item), rest))
    }
    return inside.filter(([key]) => key === segment).flatMap((entry) => spotsIn(step(...entry), rest))
  })
}

/** Every value at a path of a resource, with the path as it is found. */
export const spotsAt = (properties: PlainObject, path: string): Spot[] =>
  spotsIn({ path: 'Properties', value: properties }, path.split('.'))

const covers = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type

const observe = (rule: Rule, path: string, judgement: Judgement): Observation[] => {
  if (judgement === undefined) return []
  const id = judgement.verdict === 'open' ? `unresolved-${rule.id}` : rule.id
  return [{ path, rule: id, why: judgement.detail === undefined ? rule.why : `${rule.why}: ${judgement.detail}` }]
}

/** What one rule sees in one resource. */
export const applyRule = (rule: Rule, resource: Resource, cell: Cell): Observation[] => {
  if (!rule.types.some((pattern) => covers(pattern, resource.type))) return []
  const { at, is } = rule
  if (at === undefined) return [{ path: 'Type', rule: rule.id, why: rule.why }]
  return at.flatMap((path) => {
    const spots = spotsAt(resource.properties, path)
    if (spots.length === 0 && rule.absentToo === true)
      return observe(rule, `Properties.${path}`, { verdict: 'leak', detail: 'the default' })
    return spots.flatMap((spot) =>
      observe(rule, spot.path, is === undefined ? { verdict: 'leak' } : is(spot.value, cell, resource.properties)),
    )
  })
}
