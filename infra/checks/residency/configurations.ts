import { parseDocument } from 'yaml'
import { isPlainObject, type Plain, type PlainObject } from '../cloudformation/plain.ts'

/** What is longer is data, and not read. */
const LONGEST = 100_000

const SILENT_LINE = /^\s*(?:[#;[]|$)/
const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*["']?(.*?)["']?\s*$/

const assignmentsIn = (text: string): PlainObject | undefined => {
  const lines = text.split('\n').filter((line) => !SILENT_LINE.test(line))
  const assignments = lines.map((line) => ASSIGNMENT.exec(line))
  return assignments.every((found) => found !== null)
    ? Object.fromEntries(assignments.map(([, name = '', value = '']) => [name, value]))
    : undefined
}

const NAMED_VALUE = /^[ \t]*(?:-[ \t]+)?["']?[\w./$-]+["']?:(?:[ \t]|$)/m

const yamlIn = (text: string): Plain | undefined => {
  if (!NAMED_VALUE.test(text)) return undefined
  try {
    const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' })
    const content: unknown = document.errors.length === 0 ? document.toJS() : undefined
    return isPlainObject(content) ? content : undefined
  } catch {
    return undefined
  }
}

/** A configuration kept as text, in YAML or in lines of `name=value`: its addresses stand under their names. */
export const configurationIn = (text: string): Plain | undefined =>
  text.length <= LONGEST && text.trim().includes('\n') ? (assignmentsIn(text) ?? yamlIn(text)) : undefined
