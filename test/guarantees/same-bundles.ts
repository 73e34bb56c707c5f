import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BundleContents } from '../../infra/checks/supply-chain/bundled.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'

const root = join(import.meta.dirname, '../..')
const SOURCES = ['functions', 'shared', 'docs/api', 'infra/bundles', 'package.json', 'tsconfig.json']
const BUNDLER = ['node_modules/esbuild', 'node_modules/@esbuild']

/** Files of packages that the bundler read or copied, with the manifests on the way to each. */
function packageFiles(bundles: readonly BundleContents[]): ReadonlySet<string> {
  const read = bundles.flatMap(({ metafile, beside }) => [
    ...Object.keys(metafile.inputs).flatMap((input) => /node_modules\/.*$/.exec(input)?.[0] ?? []),
    ...beside.map((file) => `node_modules/${file}`),
  ])
  const manifests = read.flatMap((file) => {
    const folders = file.split('/').slice(0, -1)
    return folders.map((_, at) => `${folders.slice(0, at + 1).join('/')}/package.json`)
  })
  return new Set([...read, ...manifests].filter((file) => existsSync(join(root, file))))
}

/** A project of its own with nothing in it but our sources, what was read of packages, and the bundler. */
async function copyProject(target: string, bundles: readonly BundleContents[]): Promise<void> {
  for (const path of [...SOURCES, ...BUNDLER, ...packageFiles(bundles)])
    await cp(join(root, path), join(target, path), { recursive: true, dereference: true })
}

type Digests = ReadonlyMap<string, string>

async function buildIn(folder: string): Promise<Digests> {
  const { status, stderr } = spawnSync(process.execPath, ['infra/bundles/build.ts'], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the build failed: ${stderr.slice(0, 2000)}`)
  const output = join(folder, 'dist/functions')
  const found = await readdir(output, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const digests = files.map(async (file) => {
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    return [file.slice(output.length + 1), digest] as const
  })
  return new Map(await Promise.all(digests))
}

const different = (one: Digests, other: Digests): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file))

/**
 * What is deployed is a function of the sources and the lockfile: two builds, the second in a folder of another name and
 * depth, give the same bytes, code and source maps. CDK names an asset by its hash, so a review can be held to what runs.
 */
export async function runSameBundles(bundles: readonly BundleContents[]): Promise<readonly GuaranteeRow[]> {
  const place = await mkdtemp(join(tmpdir(), 'overread-same-'))
  try {
    const [first, second] = [join(place, 'a'), join(place, 'another name')]
    await copyProject(first, bundles)
    const before = await buildIn(first)
    await rename(first, second)
    await rm(join(second, 'dist'), { recursive: true })
    const after = await buildIn(second)
    return [
      rowOf(
        'deployed files with the same SHA-256 from two builds in two folders',
        before.size,
        different(before, after),
      ),
    ]
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}
