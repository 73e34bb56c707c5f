import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundledPackages, checkBundled } from '../../../../infra/checks/supply-chain/bundled.ts'
import { checkSupplyChain } from '../../../../infra/checks/supply-chain/check-project.ts'
import { checkLicences, isAllowedLicence, statedLicence } from '../../../../infra/checks/supply-chain/licences.ts'
import { checkLockfile, LockfileSchema } from '../../../../infra/checks/supply-chain/lockfile.ts'
import { billOfMaterials } from '../../../../infra/checks/supply-chain/sbom.ts'

const root = join(import.meta.dirname, '../../../..')
const DIGEST = `sha512-${Buffer.alloc(64, 1).toString('base64')}`

const manifest = {
  dependencies: { reader: '1.2.3' },
  devDependencies: { runner: '4.0.0-rc.1' },
  allowScripts: { runner: true },
}
const packages = {
  '': {
    name: 'sample',
    version: '1.0.0',
    dependencies: manifest.dependencies,
    devDependencies: manifest.devDependencies,
  },
  'node_modules/reader': {
    version: '1.2.3',
    integrity: DIGEST,
    license: 'MIT',
    dependencies: { '@scope/inner': '^2.0.0', shared: '1.x' },
  },
  'node_modules/@scope/inner': { version: '2.0.1', integrity: DIGEST, license: 'ISC' },
  'node_modules/reader/node_modules/shared': { version: '1.9.0', integrity: DIGEST, license: 'MIT' },
  'node_modules/shared': { version: '2.0.0', integrity: DIGEST, license: 'MIT' },
  'node_modules/runner': {
    version: '4.0.0-rc.1',
    integrity: DIGEST,
    license: 'MPL-2.0',
    dev: true,
    hasInstallScript: true,
    dependencies: { shared: '2.0.0' },
  },
}
const lock = { name: 'sample', version: '1.0.0', lockfileVersion: 3, packages }
const withPackage = (path: string, change: object) => ({
  ...lock,
  packages: { ...packages, [path]: { ...(packages as Record<string, object>)[path], ...change } },
})

describe('the lockfile', () => {
  it('is accepted when each package is exact, digested and without a host', () => {
    expect(checkLockfile(manifest, lock)).toEqual([])
  })

  it.each<[string, object, object, string]>([
    ['an older form', manifest, { ...lock, lockfileVersion: 2 }, 'lockfile version 2, not 3'],
    ['a range', { ...manifest, dependencies: { reader: '^1.2.3' } }, lock, 'reader: ^1.2.3 is not an exact version'],
    ['a tag', { ...manifest, dependencies: { reader: 'latest' } }, lock, 'reader: latest is not an exact version'],
    ['a repository', { ...manifest, dependencies: { reader: 'github:somebody/reader' } }, lock, 'not an exact version'],
    [
      'a package the lockfile does not know',
      { ...manifest, dependencies: { ...manifest.dependencies, more: '1.0.0' } },
      lock,
      'more: lockfile and package.json disagree',
    ],
    [
      'a host',
      manifest,
      withPackage('node_modules/reader', { resolved: 'https://registry.example/reader.tgz' }),
      'names a host or folder',
    ],
    [
      'a missing digest',
      manifest,
      withPackage('node_modules/reader', { integrity: undefined }),
      'node_modules/reader: no integrity',
    ],
    [
      'a weak digest',
      manifest,
      withPackage('node_modules/reader', { integrity: 'sha1-AAAA' }),
      'integrity is not SHA-512',
    ],
    [
      'a script nobody decided on',
      { ...manifest, allowScripts: {} },
      lock,
      'runner: its install script is neither allowed nor refused',
    ],
    [
      'a decision about nothing',
      { ...manifest, allowScripts: { runner: true, gone: true } },
      lock,
      'gone: listed under allowScripts',
    ],
  ])('is refused for %s', (_, own, other, expected) => {
    expect(checkLockfile(own, other).join('\n')).toContain(expected)
  })
})

describe('licences', () => {
  it.each<[string, boolean, boolean]>([
    ['MIT', true, true],
    ['(MIT OR GPL-3.0-or-later)', true, true],
    ['(MIT AND Zlib)', true, true],
    ['MIT AND GPL-3.0-only', false, false],
    ['MIT OR ISC AND AGPL-3.0-only', true, true],
    ['(MIT OR ISC) AND AGPL-3.0-only', false, false],
    ['MPL-2.0', false, true],
    ['AGPL-3.0-or-later', false, false],
    ['SSPL-1.0', false, false],
    ['UNLICENSED', false, false],
    ['SEE LICENSE IN LICENSE.md', false, false],
    ['Apache-2.0 WITH LLVM-exception', false, false],
    ['(MIT', false, false],
    ['', false, false],
  ])('%s: production %s, development %s', (expression, production, development) => {
    expect([isAllowedLicence(expression, 'production'), isAllowedLicence(expression, 'development')]).toEqual([
      production,
      development,
    ])
  })

  it.each([
    [{ license: { type: 'MIT' } }, 'MIT'],
    [{ licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] }, 'MIT OR Apache-2.0'],
    [{ license: 7 }, undefined],
    [null, undefined],
  ])('%j states %s', (own, expected) => {
    expect(statedLicence(own)).toBe(expected)
  })

  it('are read from what is installed, not from what the lockfile says of it', () => {
    const parsed = LockfileSchema.parse(lock)
    expect(checkLicences(parsed, () => undefined)).toEqual([])
    expect(
      checkLicences(parsed, (path) => (path === 'node_modules/reader' ? { license: 'AGPL-3.0-only' } : undefined)),
    ).toEqual(['reader@1.2.3 (production): licence AGPL-3.0-only'])
    expect(checkLicences(parsed, (path) => (path === 'node_modules/reader' ? {} : undefined))).toEqual([
      'reader@1.2.3 (production): no licence stated',
    ])
  })
})

describe('the bill of materials', () => {
  it('names each package once with digest, licence and what it depends on', () => {
    const bill = billOfMaterials(LockfileSchema.parse(lock))
    expect(bill.components.map(({ purl, scope }) => `${purl} ${scope}`)).toEqual([
      'pkg:npm/%40scope/inner@2.0.1 required',
      'pkg:npm/reader@1.2.3 required',
      'pkg:npm/runner@4.0.0-rc.1 excluded',
      'pkg:npm/shared@1.9.0 required',
      'pkg:npm/shared@2.0.0 required',
    ])
    expect(bill.components[1]?.hashes).toEqual([{ alg: 'SHA-512', content: '01'.repeat(64) }])
    expect(bill.dependencies.find(({ ref }) => ref.startsWith('pkg:npm/reader'))?.dependsOn).toEqual([
      'pkg:npm/%40scope/inner@2.0.1#node_modules/@scope/inner',
      'pkg:npm/shared@1.9.0#node_modules/reader/node_modules/shared',
    ])
    expect(bill.dependencies.find(({ ref }) => ref === 'pkg:npm/sample@1.0.0#')?.dependsOn).toHaveLength(2)
  })

  it('is the same bytes for the same lockfile in any order, and others for another', () => {
    const text = (value: object) => JSON.stringify(billOfMaterials(LockfileSchema.parse(value)))
    const reversed = { ...lock, packages: Object.fromEntries(Object.entries(packages).reverse()) }
    expect(text(reversed)).toBe(text(lock))
    expect(text(withPackage('node_modules/reader', { version: '1.2.4' }))).not.toBe(text(lock))
  })
})

describe('what is bundled', () => {
  const bundle = (...inputs: readonly string[]) => {
    const read = Object.fromEntries(inputs.map((input) => [input, {}]))
    return { metafile: { inputs: read, outputs: { 'index.mjs': { inputs: read } } }, beside: ['@scope/inner/page.css'] }
  }
  const bundled = bundledPackages([
    bundle('functions/worklist/handler.ts', '../elsewhere/node_modules/reader/node_modules/shared/dist/index.js'),
    bundle('builtin:http', 'node_modules/reader/index.js'),
  ])
  const problemsOf = (locked: object, among = bundled, installed?: object) => {
    const parsed = LockfileSchema.parse(locked)
    const read = (path: string) => ({ ...parsed.packages[path], ...(path === 'node_modules/reader' ? installed : {}) })
    return checkBundled(parsed, bundled, billOfMaterials(parsed, among), read)
  }

  it('is told by package, nested ones and files that are deployed as they are included', () => {
    expect([...bundled].toSorted()).toEqual([
      'node_modules/@scope/inner',
      'node_modules/reader',
      'node_modules/reader/node_modules/shared',
    ])
  })

  it('has a bill of its own, of which each entry is in the lockfile with digest and licence', () => {
    expect(problemsOf(lock)).toEqual([])
    const bill = billOfMaterials(LockfileSchema.parse(lock), bundled)
    expect(bill.components.map(({ name }) => name)).toEqual(['@scope/inner', 'reader', 'shared'])
  })

  it.each<[string, string, string[]]>([
    ['a licence that is not allowed', 'AGPL-3.0-only', ['reader: bundled under AGPL-3.0-only']],
    ['a licence for development alone', 'MPL-2.0', ['reader: bundled under MPL-2.0']],
  ])('is refused under %s', (_, license, problems) => {
    expect(problemsOf(withPackage('node_modules/reader', { license }))).toEqual(problems)
  })

  it('is refused where lockfile, bill and what is installed do not agree', () => {
    const { 'node_modules/reader': _, ...others } = packages
    expect(problemsOf({ ...lock, packages: others })).toEqual(['reader: bundled, and not in the lockfile'])
    expect(problemsOf(lock, new Set())).toContain('reader: bundled, and not in the bill of materials')
    expect(problemsOf(withPackage('node_modules/reader', { integrity: undefined }))).toEqual([
      'reader: no digest in the bill',
    ])
    expect(problemsOf(withPackage('node_modules/reader', { dev: true }))).toEqual([
      'reader: bundled, and a dependency of development alone',
    ])
    expect(problemsOf(lock, bundled, { version: '9.9.9' })).toEqual([
      'reader: bundled is 9.9.9, the lockfile has 1.2.3',
    ])
    expect(problemsOf(lock, bundled, { license: 'ISC' })).toEqual(['reader: the bill states another licence'])
  })
})

describe('this project', () => {
  it('installs what was reviewed, under licences it may use', () => {
    const report = checkSupplyChain(root)
    expect(report.problems).toEqual([])
    expect(report.bill.components).toHaveLength(report.packages)
  })
})
