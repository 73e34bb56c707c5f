import { isPlainObject, optionsOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'

/** One `Allow` of a policy document, wherever in a resource it stands. */
export interface AllowStatement {
  readonly path: string
  readonly body: PlainObject
}

/** A text that is itself a JSON document, as several resource types and custom resources carry their policies. */
export const embeddedJson = (text: string): Plain | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as Plain
  } catch {
    return undefined
  }
}

/** The Allow statements below a value. A Deny takes rights away: whatever it names is no way out. */
export const allowStatementsIn = (value: Plain, path: string): AllowStatement[] =>
  optionsOf(value).flatMap((option) => {
    if (typeof option === 'string') {
      const document = embeddedJson(option)
      return document === undefined ? [] : allowStatementsIn(document, path)
    }
    if (Array.isArray(option)) return option.flatMap((entry, index) => allowStatementsIn(entry, `${path}.${index}`))
    if (!isPlainObject(option)) return []
    if (isStatement(option)) return textsOf(option['Effect']).includes('Allow') ? [{ path, body: option }] : []
    return Object.entries(option).flatMap(([key, entry]) => allowStatementsIn(entry, `${path}.${key}`))
  })

/** A policy statement by its form. */
export const isStatement = (value: PlainObject): boolean =>
  'Effect' in value && ['Action', 'NotAction', 'Principal', 'NotPrincipal', 'Resource'].some((key) => key in value)

/** A statement that only takes rights away. */
export const isDeny = (value: PlainObject): boolean =>
  isStatement(value) && textsOf(value['Effect']).every((effect) => effect === 'Deny')
