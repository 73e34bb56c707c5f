import { isPlainObject, optionsOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import { readable } from '../cloudformation/symbols.ts'
import type { Cell } from './cell.ts'
import type { Observation } from './finding.ts'
import { embeddedJson } from './statements.ts'
import { whereIsBucket } from './whereabouts.ts'

/** A service integration that writes an object, the result writer of a distributed map included. */
const WRITES = /:(?:aws-sdk:)?s3:(?:putObject|copyObject|createMultipartUpload|uploadPart(?:Copy)?)$/i

const observeBucket = (bucket: string, path: string, cell: Cell): Observation[] => {
  // A JSONPath or JSONata expression is known when the workflow runs, a placeholder when it is deployed.
  const where = /^\$|\{%|\$\{/.test(bucket)
    ? { at: 'unseen' as const, detail: `${readable(bucket)} is decided outside the template` }
    : whereIsBucket(bucket, cell)
  return where.at === 'own'
    ? []
    : [
        {
          path,
          rule: where.at === 'elsewhere' ? 'workflow-copy' : 'unresolved-workflow-copy',
          why: `the workflow writes objects to a bucket: ${where.detail}`,
        },
      ]
}

const bucketsOf = (input: Plain | undefined): string[] =>
  optionsOf(input).flatMap((value) => {
    const read = typeof value === 'string' ? embeddedJson(value) : value
    if (!isPlainObject(read)) return ['${input}']
    const buckets = ['Bucket', 'Bucket.$'].flatMap((key) => textsOf(read[key]))
    return buckets.length > 0 ? buckets : ['${Bucket}']
  })

const writesIn = (node: Plain, path: string, cell: Cell): Observation[] =>
  optionsOf(node).flatMap((value) => {
    if (Array.isArray(value)) return value.flatMap((entry, index) => writesIn(entry, `${path}.${index}`, cell))
    if (!isPlainObject(value)) return []
    const writes = textsOf(value['Resource']).some((resource) => WRITES.test(resource.replace(/\.\w+$/, '')))
    const own = writes
      ? bucketsOf(value['Parameters'] ?? value['Arguments'] ?? {}).flatMap((bucket) =>
          observeBucket(bucket, path, cell),
        )
      : []
    return [...own, ...Object.entries(value).flatMap(([key, entry]) => writesIn(entry, `${path}.${key}`, cell))]
  })

const substituted = (text: string, substitutions: Plain | undefined): string =>
  isPlainObject(substitutions)
    ? text.replace(/\$\{(\w+)\}/g, (whole, name: string) => textsOf(substitutions[name])[0] ?? whole)
    : text

const inStateMachine = (properties: PlainObject, cell: Cell): Observation[] => [
  ...writesIn(properties['Definition'] ?? null, 'Properties.Definition', cell),
  ...textsOf(properties['DefinitionString']).flatMap((text) => {
    const path = 'Properties.DefinitionString'
    const document = embeddedJson(substituted(text, properties['DefinitionSubstitutions']))
    if (document !== undefined) return writesIn(document, path, cell).map((seen) => ({ ...seen, path }))
    return /s3:(?:putObject|copyObject)/i.test(text) ? observeBucket('${definition}', path, cell) : []
  }),
]

const inSchedule = (properties: PlainObject, cell: Cell): Observation[] =>
  optionsOf(properties['Target']).flatMap((target) =>
    isPlainObject(target) && textsOf(target['Arn']).some((arn) => WRITES.test(arn))
      ? bucketsOf(target['Input'] ?? {}).flatMap((bucket) => observeBucket(bucket, 'Properties.Target.Input', cell))
      : [],
  )

const READERS: readonly (readonly [type: string, read: (properties: PlainObject, cell: Cell) => Observation[]])[] = [
  ['AWS::StepFunctions::StateMachine', inStateMachine],
  ['AWS::Serverless::StateMachine', inStateMachine],
  ['AWS::Scheduler::Schedule', inSchedule],
]

/** Objects that a workflow or a schedule writes by itself, without any function that could be looked at. */
export const observeWorkflowCopies = (resource: Resource, cell: Cell): Observation[] =>
  READERS.filter(([type]) => type === resource.type).flatMap(([, read]) => read(resource.properties, cell))
