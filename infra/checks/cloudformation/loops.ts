import { isObject } from './json.ts'

const LOOP = /^Fn::ForEach::/

const substituteText = (text: string, name: string, item: string): string =>
  text.replaceAll(`\${${name}}`, item).replaceAll(`&{${name}}`, item.replace(/[^A-Za-z0-9]/g, ''))

const substitute = (node: unknown, name: string, item: string): unknown => {
  if (typeof node === 'string') return substituteText(node, name, item)
  if (Array.isArray(node)) return node.map((entry) => substitute(entry, name, item))
  if (!isObject(node)) return node
  if (node['Ref'] === name) return item
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [substituteText(key, name, item), substitute(value, name, item)]),
  )
}

/** The items of a loop: written out, or the default of the list parameter it runs over. */
const itemsOf = (collection: unknown, parameters: Record<string, unknown>): string[] | undefined => {
  if (Array.isArray(collection)) return collection.every((item) => typeof item === 'string') ? collection : undefined
  const parameter =
    isObject(collection) && typeof collection['Ref'] === 'string' ? parameters[collection['Ref']] : undefined
  const list = isObject(parameter) ? parameter['Default'] : undefined
  return typeof list === 'string' ? list.split(',').map((item) => item.trim()) : undefined
}

const expandLoop = (loop: unknown, parameters: Record<string, unknown>): Record<string, unknown> | undefined => {
  if (!Array.isArray(loop)) return undefined
  const [name, collection, body] = loop as unknown[]
  const items = itemsOf(collection, parameters)
  if (typeof name !== 'string' || items === undefined || !isObject(body)) return undefined
  return Object.assign({}, ...items.map((item) => expand(substitute(body, name, item), parameters))) as Record<
    string,
    unknown
  >
}

const expand = (node: unknown, parameters: Record<string, unknown>): unknown => {
  if (Array.isArray(node)) return node.map((entry) => expand(entry, parameters))
  if (!isObject(node)) return node
  const entries = Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
    const written = LOOP.test(key) ? expandLoop(value, parameters) : undefined
    if (written !== undefined) return Object.entries(written)
    // A loop over a list nobody can see is kept as a resource of its own, so that it is reported and not skipped.
    return LOOP.test(key) && Array.isArray(value)
      ? [[key, { Type: 'Fn::ForEach', Properties: { Loop: value } }]]
      : [[key, expand(value, parameters)]]
  })
  return Object.fromEntries(entries)
}

/** Writes out the `Fn::ForEach` loops of AWS::LanguageExtensions, so that a check sees the resources they make. */
export const expandLoops = (template: Record<string, unknown>): Record<string, unknown> =>
  expand(template, isObject(template['Parameters']) ? template['Parameters'] : {}) as Record<string, unknown>
