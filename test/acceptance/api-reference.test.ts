import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { raw } from './study-in-hand.ts'
import { openTarget, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget()
}, 180_000)
afterAll(() => target.stop())

/** On AWS no route is without an authorizer: there it is for anybody who has a token (docs/adr/0016). */
const reader = () => (target.edition === 'aws' ? 'p-clerk-vienna' : undefined)

describe('the API reference', () => {
  const get = async (url: string) => {
    const sub = reader()
    return fetch(url, sub === undefined ? {} : { headers: { authorization: `Bearer ${await target.tokenFor(sub)()}` } })
  }

  it('is the committed document, for anybody', async () => {
    const { status, text } = await raw(target, reader(), 'GET', '/v1/openapi.json')
    const committed = readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual(JSON.parse(committed))
  })

  it('is a page that gets everything it loads from the cell', async () => {
    const page = await get(`${target.baseUrl}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const loaded = [...(await page.text()).matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map((match) => match[1] ?? '')
    expect(loaded).toHaveLength(3)
    for (const file of loaded) {
      const answer = await get(new URL(file, page.url).href)
      expect([file, answer.status]).toEqual([file, 200])
      expect((await answer.text()).length).toBeGreaterThan(100)
    }
  })

  it('serves no other file', async () => {
    const answer = await raw(target, reader(), 'GET', '/docs/package.json')
    expect([answer.status, answer.json['code']]).toEqual([404, 'not-found'])
  })
})
