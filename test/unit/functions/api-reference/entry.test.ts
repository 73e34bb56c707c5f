import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { entry } from '../../../../functions/api-reference/entry.ts'
import { installedPageFolder, pageFolder } from '../../../../shared/adapters/page-folder.ts'
import type { PageFiles } from '../../../../shared/ports/page-files.ts'
import type { HttpEvent, HttpResult } from '../../../../shared/runtime/http-event.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { httpEvent } from '../../../builders/http-event.ts'
import { noContext } from '../../../builders/queue-event.ts'

const lines: string[] = []
const ports = { ids: { next: () => '0'.repeat(26) }, log: createLog((line) => lines.push(line)) }
const handler = entry({ ...ports, pageFiles: pageFolder(installedPageFolder()) })

const call = (event: HttpEvent, with_ = handler): Promise<HttpResult> => with_(event, noContext)
const header = (result: HttpResult, name: string) => String(result.headers?.[name])
const asset = (name: string, headers: Record<string, string> = {}) =>
  call(httpEvent('readDocsAsset', { headers, path: { asset: name } }))

describe('the API reference over HTTP', () => {
  test('the document needs no token and is the committed one', async () => {
    const answer = await call(httpEvent('readOpenApi'))
    expect(answer.statusCode).toBe(200)
    expect(header(answer, 'content-type')).toBe('application/json')
    const committed = readFileSync(new URL('../../../../docs/api/openapi.json', import.meta.url), 'utf8')
    expect(JSON.parse(answer.body ?? '')).toEqual(JSON.parse(committed))
  })

  test('the page loads nothing that the cell does not serve itself, and its policy allows nothing else', async () => {
    const answer = await call(httpEvent('readDocs'))
    const named = [...(answer.body ?? '').matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
    for (const file of named.filter((one) => one.startsWith('docs/'))) {
      expect((await asset(file.slice(5))).statusCode, file).toBe(200)
    }
    expect(named.filter((one) => !one.startsWith('docs/')).sort()).toEqual(['data:,', 'v1/openapi.json'])
    const policy = header(answer, 'content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(answer.body).not.toMatch(/<script>|<style|\son\w+=/)
  })

  test('the page sends no command and tells no validator elsewhere', async () => {
    const start = (await asset('start.js')).body ?? ''
    expect(start).toContain('supportedSubmitMethods: []')
    expect(start).toContain('validatorUrl: null')
    expect(start).not.toMatch(/https?:/)
  })

  test('the script is compressed for whoever takes it, and far below what a function may answer', async () => {
    const plain = await asset('swagger-ui-bundle.js')
    const compressed = await asset('swagger-ui-bundle.js', { 'accept-encoding': 'br, gzip' })
    expect(compressed.isBase64Encoded).toBe(true)
    expect(header(compressed, 'content-encoding')).toBe('gzip')
    expect(compressed.body!.length).toBeLessThan(1_000_000)
    expect(gunzipSync(Buffer.from(compressed.body!, 'base64')).toString()).toBe(plain.body)
    expect(header(plain, 'content-type')).toContain('text/javascript')
  })

  test('a browser that has it is not sent it again', async () => {
    const first = await asset('swagger-ui.css')
    const again = await asset('swagger-ui.css', { 'if-none-match': header(first, 'etag') })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBeUndefined()
  })

  test('any other file is a problem document that repeats nothing of the request', async () => {
    for (const name of ['../package.json', 'index.html', 'swagger-ui.css.map']) {
      const answer = await asset(name)
      expect(answer.statusCode).toBe(404)
      expect(JSON.parse(answer.body ?? '')).toMatchObject({ code: 'not-found' })
      expect(answer.body).not.toContain(name)
    }
    expect((await call(httpEvent('listReferrals'))).statusCode).toBe(404)
  })

  test('a file that cannot be read is a fault that tells nobody why, and is read again next time', async () => {
    let attempts = 0
    const pageFiles: PageFiles = {
      read: () =>
        ++attempts === 1 ? Promise.reject(new Error('/secret/path')) : Promise.resolve(new TextEncoder().encode('a')),
    }
    const failing = entry({ ...ports, pageFiles })
    const event = httpEvent('readDocsAsset', { path: { asset: 'swagger-ui.css' } })
    const answer = await call(event, failing)
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret')
    expect(lines.join('\n')).not.toContain('/secret/path')
    expect((await call(event, failing)).statusCode).toBe(200)
  })
})
