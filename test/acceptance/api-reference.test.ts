import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { raw } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 180_000)
afterAll(() => target.stop())

describe('the API reference', () => {
  it('is the committed document, for anybody', async () => {
    const { status, text } = await raw(target, undefined, 'GET', '/v1/openapi.json')
    const committed = readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual(JSON.parse(committed))
  })

  it('is a page that gets everything it loads from the cell', async () => {
    const page = await fetch(`${target.baseUrl}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const loaded = [...(await page.text()).matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map((match) => match[1] ?? '')
    expect(loaded).toHaveLength(3)
    for (const file of loaded) {
      const answer = await fetch(new URL(file, page.url))
      expect([file, answer.status]).toEqual([file, 200])
      expect((await answer.text()).length).toBeGreaterThan(100)
    }
  })

  it('serves no other file', async () => {
    const answer = await raw(target, undefined, 'GET', '/docs/package.json')
    expect([answer.status, answer.json['code']]).toEqual([404, 'not-found'])
  })
})
