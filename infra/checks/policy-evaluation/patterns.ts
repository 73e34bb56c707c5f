/** What a request says of itself: condition keys in lower case, each with its values. */
export type Context = ReadonlyMap<string, readonly string[]>

const VARIABLE = /\$\{([^}]*)\}/g

const LITERALS: Readonly<Record<string, string>> = { '*': '*', '?': '?', $: '$' }

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const globSource = (text: string): string =>
  text
    .split(/([*?])/)
    .map((part) => (part === '*' ? '[^]*' : part === '?' ? '[^]' : escape(part)))
    .join('')

/** The value a policy variable stands for in this request; `undefined` where the request does not carry the key. */
const variableValue = (expression: string, context: Context): string | undefined => {
  const literal = Object.hasOwn(LITERALS, expression) ? LITERALS[expression] : undefined
  if (literal !== undefined) return literal
  const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(expression) ?? []
  const values = context.get(key.toLowerCase())
  return values?.length === 1 ? values[0] : fallback
}

/** Splits a text into plain parts and variable values; `undefined` where a variable has none, for then nothing matches. */
const partsOf = (text: string, context: Context): { text: string; isValue: boolean }[] | undefined => {
  const pieces = text.split(VARIABLE).map((piece, index) => (index % 2 === 0 ? piece : variableValue(piece, context)))
  if (pieces.includes(undefined)) return undefined
  return pieces.map((piece, index) => ({ text: piece ?? '', isValue: index % 2 === 1 }))
}

/** A text with its variables put in. */
export const substitute = (text: string, context: Context): string | undefined =>
  partsOf(text, context)
    ?.map((part) => part.text)
    .join('')

/**
 * Matches a text against a pattern with `*`, `?` and policy variables. What a variable brings in is taken literally: an
 * organisation called `*` must not open everybody's prefix.
 */
export const matchesPattern = (pattern: string, text: string, context: Context, ignoreCase = false): boolean => {
  const source = partsOf(pattern, context)?.map((part) => (part.isValue ? escape(part.text) : globSource(part.text)))
  return source !== undefined && new RegExp(`^${source.join('')}$`, ignoreCase ? 'i' : '').test(text)
}
