import { ESLint } from 'eslint'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const looked = new Set(['no-console', 'no-restricted-syntax', '@typescript-eslint/ban-ts-comment'])

/** The project's own configuration, without the types: these rules need none, and loading them takes half a minute. */
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
  ruleFilter: ({ ruleId }) => looked.has(ruleId),
})

const messagesIn = async (file: string, code: string): Promise<string[]> => {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) })
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId ?? 'unparsed'}: ${message}`)
}

const product = [
  'shared/domain/case/a.ts',
  'shared/runtime/a.ts',
  'shared/adapters/aws/a.ts',
  'shared/adapters/embedded/a.ts',
  'functions/worklist/a.ts',
  'local/a.ts',
  'infra/stacks/a.ts',
  'test/unit/a.test.ts',
] as const

const prints = [
  "console.log('a')",
  'const print = console.error',
  "globalThis.console.log('a')",
  "process.stdout.write('a')",
  "process.stderr.write('a')",
  "process['stdout'].write('a')",
  "globalThis.process.stdout.write('a')",
  'const { stdout } = process',
  "process.emitWarning('a')",
  "import { stdout } from 'node:process'",
  "import { log } from 'node:console'",
  "writeSync(2, 'a')",
  "writeFileSync(1, 'a')",
] as const

/** Put together here, since whole they are refused in a test too. */
const [dev, processes] = ['/dev', '/proc']

/** The same by another way round: an alias, another module, a loader, the stream's number or its name. */
const evasions = [
  "const p = process; p.stdout.write('a')",
  "const print = (p = process) => p.stdout.write('a')",
  "[process].map((p) => p.stdout.write('a'))",
  'const { stderr } = { ...process }',
  "process['std' + 'out'].write('a')",
  "const name = 'stdout'; process[name].write('a')",
  "process[env].write('a')",
  'process.report.writeReport()',
  "process.getBuiltinModule('node:console').log('a')",
  "const { log } = process.getBuiltinModule('console')",
  "process.binding('tty_wrap')",
  "const { process: p } = globalThis; p.stdout.write('a')",
  "globalThis['process'].stdout.write('a')",
  'const g = globalThis',
  "global.process.stdout.write('a')",
  "Reflect.get(globalThis, 'con' + 'sole').log('a')",
  "export { stdout } from 'node:process'",
  "export * from 'node:console'",
  "import * as p from 'process'",
  "const { stdout } = await import('node:process')",
  "const c = await import('console')",
  'const c = await import(name)',
  'const c = await import(`node:${name}`)',
  "import c = require('node:console')",
  "const c = require('console')",
  "import { createRequire } from 'node:module'; const load = createRequire(import.meta.url)",
  "import { createRequire } from 'node:module'; createRequire(import.meta.url)('console').log('a')",
  "import module from 'node:module'",
  "import { createRequire as make } from 'node:module'; make(import.meta.url)('console')",
  "const m = await import('node:module')",
  "import { debuglog } from 'node:util'",
  "import { debug } from 'util'",
  "import { deprecate as warn } from 'node:util'",
  "import util from 'node:util'",
  "import * as util from 'node:util'",
  "const util = await import('node:util')",
  "export { debuglog } from 'node:util'",
  "import { WriteStream } from 'node:tty'",
  "import { start } from 'node:repl'",
  "import { console as c } from 'node:inspector'",
  "import { createInterface } from 'node:readline/promises'",
  "eval('con' + 'sole.log(1)')",
  "Function('return process')().stdout.write('a')",
  "new Function('console.log(1)')()",
  "fs.writeSync(1, 'a')",
  "fs.write(2, 'a', done)",
  "createWriteStream('', { fd: 1 })",
  `writeFileSync('${dev}/stdout', 'a')`,
  `appendFile('${dev}/stderr', 'a')`,
  `openSync('${processes}/self/fd/1', 'w')`,
  `openSync(\`${dev}/fd/\${n}\`, 'w')`,
  `openSync('${dev}/tty', 'w')`,
] as const

const switchedOff = [
  "process.stdout.write('a') // eslint-disable-line",
  "/* eslint-disable */ process.stdout.write('a')",
  "/* eslint no-restricted-syntax: off */ process.stdout.write('a')",
  '// @ts-ignore\nsignGets(nothing)',
  '// @ts-expect-error because\nsignGets(nothing)',
  '// @ts-nocheck',
] as const

/** Silent, and needed: a rule that refuses these would be switched off. */
const silent = [
  'const { AWS_REGION } = process.env',
  'process.exitCode = 1',
  "import { promisify } from 'node:util'",
  "import type { InspectOptions } from 'node:util'",
  "import { createRequire } from 'node:module'; const at = createRequire(import.meta.url).resolve('a')",
  'const { process: step } = work',
  "await import('./a.ts')",
  "writeSync(file, 'a')",
] as const

describe('nothing prints but the command line and the log', () => {
  it.each(product)('in %s', async (file) => {
    for (const code of prints) expect.soft(await messagesIn(file, code), code).not.toEqual([])
    for (const code of evasions) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each(product.filter((file) => !file.startsWith('test/')))('whatever a comment says, in %s', async (file) => {
    for (const code of switchedOff) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each(silent)('what does not print is not refused: %s', async (code) => {
    expect(await messagesIn('shared/adapters/embedded/a.ts', code)).toEqual([])
  })

  it.each(['cli/a.ts', 'shared/runtime/log.ts', 'infra/bundles/build.ts', 'test/guarantees/a.ts', 'test/bench/a.ts'])(
    'but %s may write to its streams, though not by console',
    async (file) => {
      expect(await messagesIn(file, "process.stdout.write('a')")).toEqual([])
      expect(await messagesIn(file, "console.log('a')")).not.toEqual([])
    },
  )
})

/** None of these prints by itself; each has streams of its own, or a file where the log cannot see it. */
const outside = [
  "import { spawn } from 'node:child_process'",
  "import { fork } from 'child_process'",
  "import { Worker } from 'node:worker_threads'",
  "import { runInNewContext } from 'node:vm'",
  "const { exec } = await import('node:child_process')",
] as const
const files = [
  "import { writeSync } from 'node:fs'",
  "import fs from 'fs'",
  "import { open } from 'node:fs/promises'",
  "const fs = await import('node:fs')",
  "export { writeFileSync } from 'node:fs'",
] as const

describe('what runs in the cell', () => {
  const inCell = product.filter((file) => /^(shared|functions)/.test(file))
  it.each(inCell)('starts no program and no thread, in %s', async (file) => {
    for (const code of outside) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each(inCell.filter((file) => !file.includes('/adapters/')))('has no file to write to, in %s', async (file) => {
    for (const code of files) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })
})

const forgeries = [
  'const by = asked as InRegionView',
  "const by = asked as unknown as Permit<'read_identifiable', 'image-access'>",
  'const by = <IdentifiableRead>asked',
  'const by = new (decision.constructor as new (record: unknown) => ResidencyDecision)({})',
  "const by = Object.create(null) as InCell<'make-copy'>",
  'const isOurs = (by: unknown): by is OwnRecordAccess => true',
  'const all = asked as readonly PatientRelease[]',
  'declare const by: InCell',
  'const by = new decision.constructor(record)',
  "const by = new decision['constructor'](record)",
  'const { constructor: Made } = decision',
  "const p = f.constructor('return process')()",
] as const

describe('a right to open is not asserted', () => {
  const places = [...product.filter((file) => !/^(infra|test)/.test(file)), 'shared/ledger/a.ts', 'cli/a.ts']
  it.each(places)('in %s', async (file) => {
    for (const code of forgeries) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each(['functions/worklist/a.ts', 'shared/ledger/a.ts'])('nor by what fits every type, in %s', async (file) => {
    expect(await messagesIn(file, 'open(asked as never, sealed)')).not.toEqual([])
  })

  it('but asked for and handed on', async () => {
    const code =
      "import { inCell } from '../in-cell.ts'; export const f = (by: InRegionView) => read(by, inCell('make-copy'))"
    expect(await messagesIn('functions/worklist/a.ts', code)).toEqual([])
  })
})

const clients = [
  "import { S3Client } from '@aws-sdk/client-s3'",
  "import { S3Client as Store } from '@aws-sdk/client-s3'",
  "import { S3 } from '@aws-sdk/client-s3'",
  "import * as s3 from '@aws-sdk/client-s3'",
  "const s3 = await import('@aws-sdk/client-s3')",
  'export const client = new DynamoDBClient({})',
  'export const client = new sdk.KMSClient({})',
] as const

describe('no client of AWS is made but by the factory that keeps it in its region', () => {
  const everywhere = [...product.filter((file) => !file.startsWith('test/')), 'cli/a.ts', 'shared/runtime/log.ts']
  it.each(everywhere)('in %s', async (file) => {
    for (const code of clients) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each([
    ['shared/adapters/aws/clients.ts', clients[0]],
    ['test/aws/a.ts', clients[0]],
    ['shared/adapters/aws/a.ts', "import type { S3Client } from '@aws-sdk/client-s3'"],
    ['shared/adapters/aws/a.ts', "import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'"],
    ['shared/adapters/aws/a.ts', "import { s3Client } from './clients.ts'"],
  ])('%s may have: %s', async (file, code) => expect(await messagesIn(file, code)).toEqual([]))
})

it('what these rules refuse is refused in the domain beside its own', async () => {
  expect(await messagesIn('shared/domain/case/a.ts', 'export const now = new Date()')).not.toEqual([])
})
