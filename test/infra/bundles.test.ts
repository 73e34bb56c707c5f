import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleFunctions, projectRoot, type Bundle } from '../../infra/bundles/bundle-functions.ts'
import { capabilityNames, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { environmentFor } from '../builders/function-environment.ts'

const run = promisify(execFile)
const output = path.join(projectRoot, 'node_modules/.cache/overread-bundles')

/** KiB a bundle may have: every one of them is read before a cold function's first answer. */
const budgets: Partial<Record<CapabilityName, number>> = {
  'referral-intake': 480,
  'worklist-routing': 400,
  'arrival-dispatch': 290,
  // It reads and writes DICOM too: a document that speaks of a copy is brought home before it is delivered. As every function
  // that opens a case, it knows the forms that four releases stored.
  'report-filing': 620,
}
const usual = 550

/** Imports bundles one after the other in a fresh process and says what each offers as its handler. */
const load = async (files: readonly string[], environment: Record<string, string>): Promise<string[]> => {
  const script = `const kinds = []
    for (const file of ${JSON.stringify(files)}) kinds.push(typeof (await import(file)).handler)
    process.stdout.write(JSON.stringify(kinds))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...environment, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' },
  })
  return JSON.parse(stdout) as string[]
}

let bundles: readonly Bundle[]
const bundleOf = (name: CapabilityName): Bundle => bundles.find((bundle) => bundle.name === name)!

beforeAll(async () => {
  bundles = await bundleFunctions(output)
})
afterAll(() => rm(output, { recursive: true, force: true }))

describe.each(capabilityNames)('the bundle of %s', (name) => {
  test('stays within its budget', () => {
    expect(bundleOf(name).bytes / 1024).toBeLessThanOrEqual(budgets[name] ?? usual)
  })

  test('holds no part of the embedded edition, of the CDK or of the tests', () => {
    const foreign = Object.keys(bundleOf(name).metafile.inputs).filter((input) =>
      /(^|\/)(adapters\/embedded|local|infra|test|aws-cdk-lib)\//.test(input),
    )
    expect(foreign).toEqual([])
  })
})

test('every bundle loads in a fresh process and offers its handler', async () => {
  const environment = Object.assign({}, ...capabilityNames.map(environmentFor)) as Record<string, string>
  expect(
    await load(
      bundles.map(({ file }) => file),
      environment,
    ),
  ).toEqual(capabilityNames.map(() => 'function'))
})

test('a function that was given too little does not start', async () => {
  const { CELL_ID: _, ...incomplete } = environmentFor('worklist-routing')
  await expect(load([bundleOf('worklist-routing').file], incomplete)).rejects.toThrow('CELL_ID')
})

test('the same sources give the same bytes', async () => {
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
  const { name, file } = bundleOf('study-arrival')
  const before = await digest(file)
  await bundleFunctions(output, [name])
  expect(await digest(file)).toBe(before)
})

test('a source map, whose bytes are in the hash of what is deployed, does not say where the project lay', async () => {
  for (const { name, file } of bundles) {
    const { sources } = JSON.parse(await readFile(`${file}.map`, 'utf8')) as { sources: string[] }
    expect
      .soft(
        sources.filter((source) => /^([\w-]+:)?\//.test(source)),
        name,
      )
      .toEqual([])
  }
})

test('only the errors whose fields are read are described: the cancelled transaction is', async () => {
  const router = await readFile(bundleOf('worklist-routing').file, 'utf8')
  expect(router).toContain('CancellationReasons')
})
