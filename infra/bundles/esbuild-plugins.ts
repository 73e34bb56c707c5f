import type { Plugin } from 'esbuild'
import { readFile } from 'node:fs/promises'

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
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: resolveDir,
      namespace: 'environment-credentials',
    }))
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, async ({ path }) => {
      const found = await build.resolve('@aws-sdk/credential-provider-env', {
        resolveDir: path,
        kind: 'import-statement',
      })
      return {
        contents: `import { fromEnv } from ${JSON.stringify(found.path)}\nexport const defaultProvider = fromEnv`,
        loader: 'js',
        resolveDir: path,
      }
    })
  },
}

/**
 * Two parts of the SDK that no call of ours reaches: event streams of services that have none, loaded on demand, and the
 * cache of endpoint discovery, which is off.
 */
export const unreachedParts: Plugin = {
  name: 'unreached-parts',
  setup: (build) => {
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, namespace: 'unreached' } : undefined,
    )
    build.onResolve({ filter: /^mnemonist\/lru-cache$/ }, ({ path }) => ({ path, namespace: 'unreached' }))
    build.onLoad({ filter: /event-streams$/, namespace: 'unreached' }, () => ({
      contents: "throw new Error('event streams are not bundled')",
      loader: 'js',
    }))
    build.onLoad({ filter: /lru-cache$/, namespace: 'unreached' }, () => ({
      contents: 'module.exports = class extends Map { constructor() { super() } }',
      loader: 'js',
    }))
  },
}

const schema = /^export var (\w+\$) = (\[[^;]*\]);$/gm

/**
 * The SDK describes every operation of a service in one module, and a computed key in each description keeps a bundler from
 * leaving any out. Marked as pure, only those of the operations we call stay: half of the S3 client goes.
 */
export const shakableSchemas: Plugin = {
  name: 'shakable-schemas',
  setup: (build) => {
    build.onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace(schema, 'export var $1 = /* @__PURE__ */ (() => $2)();')
      if (contents === source) throw new Error(`${path} no longer has the form that this plugin knows`)
      return { contents, loader: 'js' }
    })
  },
}
