import { build, type Metafile } from 'esbuild'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { capabilityNames, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import {
  buildTimeOnly,
  environmentCredentials,
  lazyHttp,
  nativeDigests,
  shakableSchemas,
  unreachedParts,
} from './esbuild-plugins.ts'

export const projectRoot = path.resolve(import.meta.dirname, '../..')

export interface Bundle {
  readonly name: CapabilityName
  readonly folder: string
  readonly file: string
  readonly bytes: number
  readonly metafile: Metafile
  /** Files of packages that are deployed as they are. */
  readonly beside: readonly string[]
}

/** The name is long on purpose: a short one was seen to collide with a minified name, which only an import shows. */
const requireBanner =
  "import { createRequire as overreadBundleCreateRequire } from 'node:module';const require = overreadBundleCreateRequire(import.meta.url);"

/** Files that a function serves as they are: the page of the API reference works without the internet. */
const filesBeside: Readonly<Partial<Record<CapabilityName, Readonly<Record<string, string>>>>> = {
  'api-reference': {
    'page/swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
    'page/swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
  },
}

const copyBeside = async (name: CapabilityName, folder: string): Promise<void> => {
  const { resolve } = createRequire(import.meta.url)
  for (const [target, source] of Object.entries(filesBeside[name] ?? {})) {
    await mkdir(path.dirname(path.join(folder, target)), { recursive: true })
    await copyFile(resolve(source), path.join(folder, target))
  }
}

const bundle = async (name: CapabilityName, output: string): Promise<Bundle> => {
  const folder = path.join(output, 'functions', name)
  const file = path.join(folder, 'index.mjs')
  await rm(folder, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: requireBanner },
    plugins: [lazyHttp, environmentCredentials, unreachedParts, shakableSchemas, buildTimeOnly, nativeDigests],
    metafile: true,
    logLevel: 'warning',
  })
  await copyBeside(name, folder)
  // Beside the asset, not in it: what is deployed is the code and its map.
  const metaFolder = path.join(output, 'metafiles')
  await mkdir(metaFolder, { recursive: true })
  await writeFile(path.join(metaFolder, `${name}.json`), JSON.stringify(metafile))
  const written = metafile.outputs[path.relative(projectRoot, file)]
  return { name, folder, file, bytes: written?.bytes ?? 0, metafile, beside: Object.values(filesBeside[name] ?? {}) }
}

/** One folder a capability under `output/functions`; the same sources give the same bytes. */
export const bundleFunctions = (
  output = path.join(projectRoot, 'dist'),
  names: readonly CapabilityName[] = capabilityNames,
): Promise<Bundle[]> => {
  const absent = names.filter((name) => !existsSync(path.join(projectRoot, 'functions', name, 'handler.ts')))
  if (absent.length > 0) throw new Error(`these capabilities have no handler: ${absent.join(', ')}`)
  return Promise.all(names.map((name) => bundle(name, output)))
}
