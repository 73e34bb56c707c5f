import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
const folders = ['shared', 'functions', 'local', 'cli', 'infra']

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { rule: { name: string }; from: string; to: string }[]
  }
}

const cruise = (paths: readonly string[]): Cruise => {
  const { stdout } = spawnSync(
    process.execPath,
    [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  )
  return JSON.parse(stdout) as Cruise
}

const planted = mkdtempSync(join(root, 'shared/domain/planted-'))
afterAll(() => rmSync(planted, { recursive: true, force: true }))

describe('the arrows of the architecture', () => {
  it('are followed by every module, and modules were looked at', () => {
    rmSync(planted, { recursive: true, force: true })
    const { summary } = cruise(folders)
    // A compiler the cruiser cannot read makes it look at nothing and find nothing: a blind green gate.
    expect(summary.totalCruised).toBeGreaterThan(200)
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([])
  })

  it('are noticed when broken, by a type import too', () => {
    mkdirSync(planted, { recursive: true })
    writeFileSync(
      join(planted, 'reads-the-clock.ts'),
      "import { readFileSync } from 'node:fs'\nexport const now = readFileSync\n",
    )
    writeFileSync(
      join(planted, 'knows-a-store.ts'),
      "import type { RecordStore } from '../../ports/record-store.ts'\nexport type Store = RecordStore\n",
    )
    const names = new Set(cruise([planted]).summary.violations.map(({ rule }) => rule.name))
    expect(names).toContain('domain-is-pure')
    expect(cruise([planted]).summary.violations.length).toBeGreaterThanOrEqual(2)
  })
})

describe('the house rules a linter does not know', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path.endsWith('.ts'))

  it('no file is named for a kind instead of a concept', () => {
    const kinds = /(^|\/)(utils?|helpers?|common|types?|managers?|misc)(\.ts$|\/)/
    expect(tracked.filter((path) => kinds.test(path))).toEqual([])
  })

  it('a handler is wiring: thirty lines at most', async () => {
    const { readFileSync } = await import('node:fs')
    const long = tracked
      .filter((path) => /^functions\/[^/]+\/handler\.ts$/.test(path))
      .filter((path) => readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length > 30)
    expect(long).toEqual([])
  })

  it('our own modules are never mocked', async () => {
    const { readFileSync } = await import('node:fs')
    const needle = ['vi', 'mock('].join('.')
    expect(
      tracked.filter((path) => path.startsWith('test/') && readFileSync(join(root, path), 'utf8').includes(needle)),
    ).toEqual([])
  })
})
