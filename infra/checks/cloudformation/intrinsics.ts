import { entryOf, everyText, isObject } from './json.ts'
import { Either, eitherOf, isPlainObject, listOf, optionsOf, textsOf, type Plain } from './plain.ts'
import { importMark, markDynamicReferences, unknownMark } from './symbols.ts'

/** What the intrinsics ask of the template they stand in. */
export interface Scope {
  readonly region: string
  resolve(node: unknown): Plain | undefined
  reference(name: string): Plain | undefined
  attribute(logicalId: string, attribute: string): Plain | undefined
  mapping(name: string): unknown
  condition(name: string): boolean | undefined
  exported(name: string): Plain | undefined
}

type Intrinsic = (argument: unknown, scope: Scope) => Plain | undefined

/** More readings of one text than this are not followed; what is beyond stays searchable in an unknown mark. */
const MOST_READINGS = 64

const opaque = (intrinsic: string, argument: unknown): string => unknownMark(intrinsic, everyText(argument).join(' '))

const textReadings = (value: Plain | undefined): string[] =>
  optionsOf(value).map((option) => {
    if (typeof option === 'string') return option
    return typeof option === 'number' || typeof option === 'boolean' ? String(option) : opaque('text', option)
  })

const concatenate = (parts: readonly (readonly string[])[]): Plain | undefined => {
  let readings = ['']
  for (const part of parts) {
    const longer = readings.flatMap((head) => part.map((tail) => head + tail))
    const kept = longer.slice(0, MOST_READINGS)
    readings = longer.length > MOST_READINGS ? kept.map((text) => text + opaque('too many readings', part)) : longer
  }
  return eitherOf(readings.map(markDynamicReferences))
}

const argumentsOf = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument])

const join: Intrinsic = (argument, scope) => {
  const [delimiter, list] = argumentsOf(argument)
  const glue = textReadings(scope.resolve(delimiter))
  return eitherOf(
    optionsOf(scope.resolve(list)).flatMap((items) => {
      if (!Array.isArray(items)) return [opaque('Fn::Join', items)]
      const parts = items.map(textReadings)
      return optionsOf(concatenate(parts.flatMap((part, index) => (index === 0 ? [part] : [glue, part]))))
    }),
  )
}

const placeholder = (name: string, local: Record<string, unknown>, scope: Scope): string[] => {
  if (name.startsWith('!')) return [`\${${name.slice(1)}}`]
  if (Object.hasOwn(local, name)) return textReadings(scope.resolve(local[name]))
  const dot = name.indexOf('.')
  const value = dot === -1 ? scope.reference(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1))
  return value === undefined ? [''] : textReadings(value)
}

const sub: Intrinsic = (argument, scope) => {
  const [text, local] = argumentsOf(argument)
  if (typeof text !== 'string') return opaque('Fn::Sub', argument)
  const names = isObject(local) ? local : {}
  const pieces = text.split(/\$\{([^}]*)\}/)
  return concatenate(
    pieces.map((piece, index) => (index % 2 === 0 ? [piece] : placeholder(piece.trim(), names, scope))),
  )
}

const select: Intrinsic = (argument, scope) => {
  const [index, list] = argumentsOf(argument)
  const positions = textsOf(scope.resolve(index)).map(Number)
  const chosen = optionsOf(scope.resolve(list)).flatMap((items) =>
    positions.map((position) => (Array.isArray(items) ? items[position] : undefined)),
  )
  return chosen.length > 0 && chosen.every((item) => item !== undefined)
    ? eitherOf(chosen)
    : opaque('Fn::Select', argument)
}

const split: Intrinsic = (argument, scope) => {
  const [delimiter, source] = argumentsOf(argument)
  if (typeof delimiter !== 'string') return opaque('Fn::Split', argument)
  return eitherOf(textReadings(scope.resolve(source)).map((text) => text.split(delimiter)))
}

/** A key that only the deployment knows may choose any row. */
const rowsOf = (table: unknown, keys: readonly string[]): unknown[] => {
  if (!isObject(table)) return []
  return keys.flatMap((key) =>
    key.includes('⟦') ? Object.values(table) : Object.hasOwn(table, key) ? [table[key]] : [],
  )
}

const findInMap: Intrinsic = (argument, scope) => {
  const [name, top, second, fallback] = argumentsOf(argument)
  const tables = textsOf(scope.resolve(name)).map((text) => scope.mapping(text))
  const rows = tables.flatMap((table) => rowsOf(table, textsOf(scope.resolve(top))))
  const found = rows.flatMap((row) => rowsOf(row, textsOf(scope.resolve(second)))).map((value) => scope.resolve(value))
  const otherwise = isObject(fallback) ? scope.resolve(fallback['DefaultValue']) : undefined
  return eitherOf(found) ?? otherwise ?? opaque('Fn::FindInMap', argument)
}

const choose: Intrinsic = (argument, scope) => {
  const [name, whenTrue, whenFalse] = argumentsOf(argument)
  const holds = typeof name === 'string' ? scope.condition(name) : undefined
  if (holds !== undefined) return scope.resolve(holds ? whenTrue : whenFalse)
  const branches = [scope.resolve(whenTrue), scope.resolve(whenFalse)].filter((branch) => branch !== undefined)
  return branches.length === 0 ? undefined : new Either(branches)
}

const getAtt: Intrinsic = (argument, scope) => {
  const [first, ...rest] = typeof argument === 'string' ? argument.split('.') : argumentsOf(argument)
  const attribute = rest.map((part) => textReadings(scope.resolve(part))[0] ?? '').join('.')
  return typeof first === 'string' ? scope.attribute(first, attribute) : opaque('Fn::GetAtt', argument)
}

const importValue: Intrinsic = (argument, scope) => {
  const names = textReadings(scope.resolve(argument))
  return eitherOf(names.map((name) => scope.exported(name) ?? importMark(name)))
}

/** Unlike an import, a stack output may be fetched from another region or through another account's role. */
const stackOutput: Intrinsic = (argument, scope) => {
  const fetched = scope.resolve(argument)
  if (!isPlainObject(fetched)) return opaque('Fn::GetStackOutput', argument)
  const name = `${textsOf(fetched['StackName']).join()}.${textsOf(fetched['OutputName']).join()}`
  const here = textsOf(fetched['Region']).every((region) => region === scope.region) && fetched['RoleArn'] === undefined
  return here && !name.startsWith('arn:') ? importMark(name) : opaque('Fn::GetStackOutput', fetched)
}

const zones: Intrinsic = (argument, scope) => {
  const regions = textsOf(scope.resolve(argument)).map((region) => (region === '' ? scope.region : region))
  return regions.flatMap((region) => ['a', 'b', 'c'].map((letter) => region + letter))
}

const cidr: Intrinsic = (argument) =>
  Array.from({ length: 16 }, () => unknownMark('Fn::Cidr', everyText(argument).join(' ')))

/** Every intrinsic that can be evaluated from the template alone. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => (typeof argument === 'string' ? scope.reference(argument) : opaque('Ref', argument)),
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::If': choose,
  'Fn::ImportValue': importValue,
  'Fn::GetStackOutput': stackOutput,
  'Fn::Base64': (argument, scope) => scope.resolve(argument),
  'Fn::ToJsonString': (argument, scope) => scope.resolve(argument),
  'Fn::Length': (argument, scope) => String(listOf(scope.resolve(argument)).length),
  'Fn::GetAZs': zones,
  'Fn::Cidr': cidr,
}

/** Evaluates an intrinsic, or keeps it as a mark that says so. */
export const evaluateIntrinsic = (name: string, argument: unknown, scope: Scope): Plain | undefined => {
  const intrinsic = entryOf(INTRINSICS, name)
  return intrinsic === undefined ? opaque(name, argument) : intrinsic(argument, scope)
}
