import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import document from '../../docs/api/openapi.json' with { type: 'json' }
import { routeOf } from '../../shared/contracts/routes.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { PageFiles } from '../../shared/ports/page-files.ts'
import { headerOf, type HttpEvent, type HttpResult } from '../../shared/runtime/http-event.ts'
import { CONTENT_SECURITY_POLICY, PAGE, START } from './page.ts'

interface Served {
  readonly contentType: string
  readonly plain: string
  /** A function's answer may have 6 MB; base64 of the compressed script has a tenth of that. */
  readonly gzipped: string
  readonly etag: string
}

const compress = promisify(gzip)

async function prepare(contentType: string, bytes: Uint8Array): Promise<Served> {
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  const gzipped = await compress(bytes, { level: 9 })
  return {
    contentType,
    plain: new TextDecoder().decode(bytes),
    gzipped: gzipped.toString('base64'),
    etag: `"${etag}"`,
  }
}

function answer(event: HttpEvent, { contentType, plain, gzipped, etag }: Served): HttpResult {
  const headers = {
    'content-type': contentType,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    etag,
  }
  if (headerOf(event, 'if-none-match') === etag) return { statusCode: 304, headers }
  if (!/\bgzip\b/.test(headerOf(event, 'accept-encoding') ?? '')) return { statusCode: 200, headers, body: plain }
  return {
    statusCode: 200,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: gzipped,
    isBase64Encoded: true,
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const sources = {
  'openapi.json': ['application/json', () => Promise.resolve(utf8(JSON.stringify(document)))],
  docs: ['text/html; charset=utf-8', () => Promise.resolve(utf8(PAGE))],
  'start.js': ['text/javascript; charset=utf-8', () => Promise.resolve(utf8(START))],
  'swagger-ui.css': ['text/css; charset=utf-8', (files) => files.read('swagger-ui.css')],
  'swagger-ui-bundle.js': ['text/javascript; charset=utf-8', (files) => files.read('swagger-ui-bundle.js')],
} as const satisfies Record<string, readonly [string, (files: PageFiles) => Promise<Uint8Array>]>
type SourceName = keyof typeof sources

function assetOf(event: HttpEvent): SourceName {
  const params = routeOf('readDocsAsset').params.safeParse(event.pathParameters)
  if (!params.success) throw new Refusal('not-found')
  return params.data.asset
}

/** The document and its page. Each file is read and compressed once in a function's life. */
export function referenceServer(files: PageFiles) {
  const ready = new Map<SourceName, Promise<Served>>()
  const prepared = (name: SourceName): Promise<Served> => {
    const [contentType, read] = sources[name]
    const served = ready.get(name) ?? read(files).then((bytes) => prepare(contentType, bytes))
    ready.set(name, served)
    // A file that could not be read once may be readable next time.
    served.catch(() => ready.delete(name))
    return served
  }
  const serve = async (event: HttpEvent, name: SourceName): Promise<HttpResult> => answer(event, await prepared(name))
  return {
    document: (event: HttpEvent) => serve(event, 'openapi.json'),
    page: (event: HttpEvent) => serve(event, 'docs'),
    asset: async (event: HttpEvent) => serve(event, assetOf(event)),
  }
}
