import { ESLint } from 'eslint'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const looked = new Set(['no-console', 'no-restricted-syntax'])

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

describe('nothing prints but the command line and the log', () => {
  it.each(product)('in %s', async (file) => {
    for (const code of prints) expect.soft(await messagesIn(file, code), code).not.toEqual([])
  })

  it.each(['cli/a.ts', 'shared/runtime/log.ts', 'infra/bundles/build.ts', 'test/guarantees/a.ts', 'test/bench/a.ts'])(
    'but %s may write to its streams, though not by console',
    async (file) => {
      expect(await messagesIn(file, "process.stdout.write('a')")).toEqual([])
      expect(await messagesIn(file, "console.log('a')")).not.toEqual([])
    },
  )
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
