import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { isObject } from '../infra/checks/cloudformation/json.ts'
import { readTemplateText } from '../infra/checks/cloudformation/template-text.ts'
import { NotATemplate } from '../infra/checks/cloudformation/template.ts'

/** A template as it was read from its file, not yet looked at. */
export interface TemplateFile {
  readonly file: string
  readonly content: unknown
}

/** What a call names cannot be read as what it asks for; answered with exit code 2. */
export class UnreadableInput extends Error {}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A file that was named: whatever it is called, it has to be a template. */
const readNamed = (file: string): TemplateFile => {
  try {
    return { file, content: readTemplateText(readFileSync(file, 'utf8')) }
  } catch (cause) {
    throw new UnreadableInput(
      cause instanceof NotATemplate ? `${file}: ${cause.message}` : `${file}: cannot be read: ${reason(cause)}`,
      { cause },
    )
  }
}

const ENDINGS = new Set(['.json', '.yaml', '.yml', '.template'])

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .sort((one, other) => one.name.localeCompare(other.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return ENDINGS.has(extname(entry.name)) ? [path] : []
    })

/** Beside the templates of a folder lie manifests, assets and the like: what has no resources is none. */
const readFolder = (folder: string): { templates: TemplateFile[]; others: string[] } => {
  const read = filesBelow(folder).map(readNamed)
  const isTemplate = ({ content }: TemplateFile): boolean => isObject(content) && 'Resources' in content
  const templates = read.filter(isTemplate)
  if (templates.length === 0) throw new UnreadableInput(`${folder}: no CloudFormation template in this folder`)
  return { templates, others: read.filter((one) => !isTemplate(one)).map(({ file }) => file) }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Reads files, and every template of folders and the folders in them; `others` are the folders' files that are none. */
export const readTemplateFiles = (
  paths: readonly string[],
): { readonly templates: readonly TemplateFile[]; readonly others: readonly string[] } => {
  const read = paths.map((path) => (isFolder(path) ? readFolder(path) : { templates: [readNamed(path)], others: [] }))
  const byPlace = new Map(read.flatMap(({ templates }) => templates).map((one) => [resolve(one.file), one]))
  return { templates: [...byPlace.values()], others: read.flatMap(({ others }) => others) }
}
