import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { PathwayClocksSchema } from '../../shared/domain/case/case.ts'
import { NetworkDefinitionSchema } from '../../shared/domain/network/network-definition.ts'
import { PathwaySchema } from '../../shared/domain/network/pathway.ts'

const root = resolve(import.meta.dirname, '../..')

/** Read by whoever reviews the file. */
const forPeople = ['name']

function languageService(): ts.LanguageService {
  const config = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const files = fileNames.filter((name) => /\/(shared|functions)\//.test(name) && !name.includes('/test/'))
  return ts.createLanguageService({
    getScriptFileNames: () => files,
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    readDirectory: (...asked) => ts.sys.readDirectory(...asked),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  })
}

function nodeAt(node: ts.Node, position: number): ts.Node {
  const inside = ts.forEachChild(node, (child) => (child.pos <= position && position < child.end ? child : undefined))
  return inside === undefined ? node : nodeAt(inside, position)
}

/** Writing a field, in a default or a copy, is no reading; taking it out of an object is, though the compiler calls it a write. */
function reads(service: ts.LanguageService, one: ts.ReferencedSymbolEntry): boolean {
  if (!one.isWriteAccess) return true
  const source = service.getProgram()?.getSourceFile(one.fileName)
  return source !== undefined && ts.isBindingElement(nodeAt(source, one.textSpan.start).parent)
}

/** Whether code elsewhere reads the field that the schemas of this file declare. */
function isRead(service: ts.LanguageService, file: string, field: string): boolean {
  const path = resolve(root, 'shared/domain/network', file)
  const declared = [...(ts.sys.readFile(path) ?? '').matchAll(new RegExp(`^ +(?=${field}[:,])`, 'gm'))]
  if (declared.length === 0) throw new Error(`${file} does not declare ${field}`)
  return declared
    .flatMap(({ index, 0: indent }) => service.findReferences(path, index + indent.length) ?? [])
    .some(({ references }) => references.some((one) => one.fileName !== path && reads(service, one)))
}

test('every field of a pathway and of the network definition is read by something', () => {
  const service = languageService()
  const fields = [
    ...Object.keys(PathwaySchema.shape).map((field) => ['pathway.ts', field] as const),
    // A case has the clocks of its pathway as they were when it began.
    ...Object.keys(PathwayClocksSchema.shape).map((field) => ['../case/case.ts', field] as const),
    ...Object.keys(NetworkDefinitionSchema.shape).map((field) => ['network-definition.ts', field] as const),
  ]
  const unread = fields.filter(([file, field]) => !isRead(service, file, field)).map(([, field]) => field)
  expect(unread).toEqual(forPeople)
  service.dispose()
}, 120_000)
