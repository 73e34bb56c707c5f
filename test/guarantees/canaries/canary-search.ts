import type { Canary } from './canary-words.ts'

/** Something a cell keeps, prints or answers. */
export interface Sink {
  readonly name: string
  readonly content: Uint8Array | string
}

interface Pattern {
  readonly bytes: Buffer
  readonly form: string
  readonly canary: Canary
}

const percent = (bytes: Uint8Array, lower: boolean): string =>
  Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .map((one) => (lower ? one : one.toUpperCase()))
    .join('')

const escaped = (word: string): string =>
  word.replaceAll(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The whole sextets of a base64 text that begins this many bytes before the word. */
const base64Within = (raw: Buffer, lead: number): string => {
  const text = Buffer.concat([Buffer.alloc(lead), raw]).toString('base64url')
  const cut = (raw.length + lead) % 3 === 0 ? 0 : 1
  return text.slice([0, 2, 3][lead], text.length - cut)
}

/** Each form in which a word could have been written down. */
export function formsOf(word: string): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>()
  for (const [spelling, text] of Object.entries({ '': word, 'lower-case ': word.toLowerCase() })) {
    const raw = Buffer.from(text, 'utf8')
    const add = (form: string, bytes: string | Buffer) => forms.set(`${spelling}${form}`, Buffer.from(bytes))
    add('raw', raw)
    add('Latin-1', Buffer.from(text, 'latin1'))
    add('UTF-16LE', Buffer.from(text, 'utf16le'))
    add('UTF-16BE', Buffer.from(text, 'utf16le').swap16())
    add('hex', raw.toString('hex'))
    add('HEX', raw.toString('hex').toUpperCase())
    add('URL', encodeURIComponent(text))
    add('every byte in percent', percent(raw, false))
    add('every byte in percent, lower case', percent(raw, true))
    add('JSON escapes', escaped(text))
    for (const lead of [0, 1, 2]) {
      const within = base64Within(raw, lead)
      add(`base64url, ${lead} bytes on`, within)
      add(`base64, ${lead} bytes on`, within.replaceAll('-', '+').replaceAll('_', '/'))
    }
  }
  return forms
}

export interface Found {
  readonly sink: string
  readonly form: string
  readonly canary: Canary
}

const HEAD = 4

/** Looks up the four bytes at each place; only where they begin a form of some word is the rest compared. */
export function canarySearch(canaries: readonly Canary[]): (sink: Sink) => Found[] {
  const byHead = new Map<number, Pattern[]>()
  for (const canary of canaries) {
    const seen = new Set<string>()
    for (const [form, bytes] of formsOf(canary.word)) {
      const text = bytes.toString('latin1')
      if (seen.has(text)) continue
      seen.add(text)
      const head = bytes.readUInt32LE(0)
      const held = byHead.get(head)
      if (held === undefined) byHead.set(head, [{ bytes, form, canary }])
      else held.push({ bytes, form, canary })
    }
  }
  return ({ name, content }) => {
    const bytes = Buffer.from(content)
    const found = new Map<Canary, Found>()
    for (let at = 0; at + HEAD <= bytes.length; at++) {
      for (const { bytes: wanted, form, canary } of byHead.get(bytes.readUInt32LE(at)) ?? []) {
        if (wanted.compare(bytes, at, Math.min(bytes.length, at + wanted.length)) === 0)
          found.set(canary, { sink: name, form, canary })
      }
    }
    return [...found.values()]
  }
}

export const describeFound = ({ sink, form, canary }: Found): string =>
  `${canary.from} (${canary.word}) in ${sink}, ${form}`
