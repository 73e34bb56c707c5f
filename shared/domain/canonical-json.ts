/** What JSON can say (RFC 8259). */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined }

const quote = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError('canonical JSON: a lone surrogate has no UTF-8 form')
  return JSON.stringify(text)
}

const writeObject = (value: object): string => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('canonical JSON: only plain objects')
  const members = Object.entries(value as Record<string, unknown>)
    .filter(([, member]) => member !== undefined)
    // RFC 8785 3.2.3: by UTF-16 code units, which is what < on strings compares; never by locale.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${quote(key)}:${write(member)}`)
  return `{${members.join(',')}}`
}

const write = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON: no NaN and no infinity')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (typeof value === 'object') return writeObject(value)
  throw new TypeError(`canonical JSON: a ${typeof value} is no JSON value`)
}

/**
 * The JSON Canonicalization Scheme of RFC 8785: one value, one text, so that a hash over it can be made again years
 * later by other software. Members that are `undefined` are left out, as JSON.stringify does; anything else that JSON
 * cannot say is a fault, because a hash over a guess proves nothing.
 */
export const canonicalJson = (value: JsonValue): string => write(value)
