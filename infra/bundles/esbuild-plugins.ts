import type { Plugin } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'

/**
 * `import 'node:http'` from ESM reads every export of the module, its lazy ones too, and so loads the bundled undici: 80 to
 * 98 ms of a cold start. Taken through getBuiltinModule it costs nothing until it is used.
 */
export const lazyHttp: Plugin = {
  name: 'lazy-http',
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
      path: path.replace(/^node:/, ''),
      namespace: 'builtin',
    }))
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}')`,
      loader: 'js',
    }))
  },
}

/**
 * Lambda gives a function its role's credentials in the environment, and takes them from nowhere else. Without the SDK's
 * other sources (files, processes, SSO, metadata services) there is less to load, and no way to run as somebody else.
 */
export const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup: (build) => {
    const { absWorkingDir = process.cwd() } = build.initialOptions
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      // It is written into the source map, and so into the hash of what is deployed: not where this machine has the project.
      path: relative(absWorkingDir, resolveDir),
      namespace: 'environment-credentials',
    }))
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, async ({ path }) => {
      const resolveDir = join(absWorkingDir, path)
      const found = await build.resolve('@aws-sdk/credential-provider-env', { resolveDir, kind: 'import-statement' })
      return {
        contents: `import { fromEnv } from ${JSON.stringify(found.path)}\nexport const defaultProvider = fromEnv`,
        loader: 'js',
        resolveDir,
      }
    })
  },
}

const unreached: Readonly<Record<string, string>> = {
  '@smithy/core/event-streams':
    'export const resolveEventStreamSerdeConfig = (input) => input\nexport const eventStreamSerdeProvider = () => undefined',
  'mnemonist/lru-cache': 'module.exports = class extends Map { constructor() { super() } }',
}

/**
 * Parts of the SDK that no call of ours reaches: event streams, the cache of endpoint discovery, which is off, and the rate limiter of
 * retries that adapt, which ours do not: whoever turns them on is told at the start.
 */
export const unreachedParts: Plugin = {
  name: 'unreached-parts',
  setup: (build) => {
    build.onResolve({ filter: /^(@smithy\/core\/event-streams|mnemonist\/lru-cache)$/ }, ({ path }) => ({
      path,
      namespace: 'unreached',
    }))
    build.onLoad({ filter: /util-retry[\\/]DefaultRateLimiter\.js$/ }, () => ({
      contents: `export class DefaultRateLimiter {
        constructor() { throw new Error('the bundle has no retries that adapt: set AWS_RETRY_MODE to standard') }
      }`,
      loader: 'js',
    }))
    build.onLoad({ filter: /.*/, namespace: 'unreached' }, ({ path }) => ({
      contents: unreached[path] ?? '',
      loader: 'js',
    }))
  },
}

const schema = /^export var (\w+\$) = (\[[^;]*\]);$/gm

/** An error whose fields are read; any other is told by its name and status, which it has without a description of its own. */
const readErrors: ReadonlySet<string> = new Set(['TransactionCanceledException'])
const registration = /^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm

/**
 * The SDK describes every operation of a service in one module, and a computed key in each description keeps a bundler from
 * leaving any out. Marked as pure, only those of the operations we call stay: half of the S3 client goes. The
 * descriptions of errors go too, but for those whose fields are read.
 */
export const shakableSchemas: Plugin = {
  name: 'shakable-schemas',
  setup: (build) => {
    build.onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const shakable = source.replace(schema, 'export var $1 = /* @__PURE__ */ (() => $2)();')
      const contents = shakable.replace(registration, (line, error: string) => (readErrors.has(error) ? line : ''))
      if (shakable === source || contents === shakable)
        throw new Error(`${path} no longer has the form that this plugin knows`)
      return { contents, loader: 'js' }
    })
  },
}

/** Descriptions that nothing reads at run time: JSON Schema is made when the API reference is written, and of a package only its version is sent. */
export const buildTimeOnly: Plugin = {
  name: 'build-time-only',
  setup: (build) => {
    build.onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ }, () => ({
      contents:
        'module.exports = { createToJSONSchemaMethod: () => undefined, createStandardJSONSchemaMethod: () => undefined }',
      loader: 'js',
    }))
    build.onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

/** Digests written in JavaScript, for where there is no `node:crypto`: the SDK falls back on them, and Lambda never has to. */
export const nativeDigests: Plugin = {
  name: 'native-digests',
  setup: (build) => {
    build.onLoad({ filter: /[\\/](Md5Js|Sha1Js|Sha256Js)\.js$/ }, ({ path }) => ({
      contents: `export class ${basename(path, '.js')} { constructor() { throw new Error('digests are those of node:crypto') } }`,
      loader: 'js',
    }))
  },
}
