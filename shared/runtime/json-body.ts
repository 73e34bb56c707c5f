import { Refusal } from '../domain/refusal.ts'
import { headerOf, type HttpEvent } from './http-event.ts'

/** JSON between systems is UTF-8 (RFC 8259, 8.1): what says that it is something else would be read as other letters. */
const isJson = (type: string): boolean =>
  /^application\/json\s*(;|$)/i.test(type) &&
  /^utf-?8$/i.test(/;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1] ?? 'utf-8')

/** Bytes of the body as they were sent; a body that is not declared as JSON is refused before it is decoded. */
function bodyText(event: HttpEvent, limitBytes: number): string {
  const raw = event.body ?? ''
  // Four characters of base64 carry three bytes: refuse before decoding what cannot fit.
  if (raw.length > limitBytes * (event.isBase64Encoded ? 1.4 : 1)) throw new Refusal('body-too-large', { limitBytes })
  const bytes = event.isBase64Encoded ? Buffer.from(raw, 'base64') : Buffer.from(raw, 'utf8')
  if (bytes.length > limitBytes) throw new Refusal('body-too-large', { limitBytes })
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

const DEPTH_LIMIT = 16

/** Where the string that begins at `from` ends; past the text where it does not. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function nameOf(text: string, from: number, end: number): string | undefined {
  let next = end + 1
  while (/\s/.test(text[next] ?? '')) next++
  if (text[next] !== ':') return undefined
  const quoted = text.slice(from, end + 1)
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
}

/**
 * Before parsing: a thousand opening brackets in a small body must not reach a recursive validator. And an object that says a name
 * twice has two meanings (RFC 8259, 4): of two patient ids one reader takes the first and the next the last.
 */
function checkShape(text: string): void {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const name = nameOf(text, at, end)
      const names = open.at(-1)
      if (name !== undefined && names?.has(name)) throw new Refusal('invalid-request', { rule: 'repeated-name' })
      if (name !== undefined) names?.add(name)
      at = end
    } else if (character === '{' || character === '[') {
      if (open.push(new Set()) > DEPTH_LIMIT) throw new Refusal('invalid-request', { rule: 'depth' })
    } else if (character === '}' || character === ']') open.pop()
  }
}

export function jsonBody(event: HttpEvent, limitBytes: number): unknown {
  if (!isJson(headerOf(event, 'content-type') ?? '')) throw new Refusal('unsupported-media-type')
  try {
    const text = bodyText(event, limitBytes)
    checkShape(text)
    return JSON.parse(text)
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : new Refusal('malformed-json', {}, thrown)
  }
}
