import { isObject } from './json.ts'
import { expandLoops } from './loops.ts'
import type { RawResource } from './raw-resource.ts'
import { expandServerless } from './serverless.ts'

/** The sections of a template that a check reads. */
export interface Template {
  readonly resources: ReadonlyMap<string, RawResource>
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly mappings: Readonly<Record<string, unknown>>
  readonly conditions: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, unknown>>
  readonly macros: readonly string[]
}

/** What was given is not a CloudFormation template; a check that read it as an empty one would wave it through. */
export class NotATemplate extends Error {
  override readonly name = 'NotATemplate'
}

const sectionOf = (template: Record<string, unknown>, name: string): Record<string, unknown> => {
  const section = template[name] ?? {}
  if (!isObject(section)) throw new NotATemplate(`${name} is not an object`)
  return section
}

const readResource = ([logicalId, raw]: [string, unknown]): [string, RawResource] => {
  if (!isObject(raw) || typeof raw['Type'] !== 'string') throw new NotATemplate(`resource ${logicalId} has no Type`)
  const condition = typeof raw['Condition'] === 'string' ? raw['Condition'] : undefined
  return [logicalId, { type: raw['Type'], condition, properties: raw['Properties'] ?? {}, metadata: raw['Metadata'] }]
}

const macrosOf = (transform: unknown): string[] =>
  [transform ?? []]
    .flat()
    .map((entry) => (typeof entry === 'string' ? entry : isObject(entry) ? String(entry['Name']) : '?'))

/** Reads a synthesized template, with `Fn::ForEach` loops written out. Throws {@link NotATemplate}. */
export const readTemplate = (json: unknown): Template => {
  if (!isObject(json) || !isObject(json['Resources'])) throw new NotATemplate('no Resources section')
  const template = expandLoops(json)
  const parameters = Object.entries(sectionOf(template, 'Parameters')).filter(
    (entry): entry is [string, Record<string, unknown>] => isObject(entry[1]),
  )
  return {
    resources: expandServerless(
      new Map(Object.entries(sectionOf(template, 'Resources')).map(readResource)),
      sectionOf(template, 'Globals'),
    ),
    parameters: new Map(parameters),
    mappings: sectionOf(template, 'Mappings'),
    conditions: sectionOf(template, 'Conditions'),
    outputs: sectionOf(template, 'Outputs'),
    macros: macrosOf(template['Transform']),
  }
}
