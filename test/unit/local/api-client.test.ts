import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiClient, TokenRefused } from '../../../local/client/api-client.ts'

const page = JSON.stringify({ referrals: [] })
let asked = 0
let answer: (response: ServerResponse) => void
const server = createServer((_, response) => {
  asked++
  answer(response)
})
let baseUrl: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  asked = 0
})

test('an answer that is cut half-way is asked for again', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length })
    if (asked > 1) response.end(page)
    else response.write(page.slice(0, 3), () => response.destroy())
  }
  const client = apiClient(baseUrl, () => Promise.resolve('t'))
  expect(await client.call('listReferrals')).toEqual({ referrals: [] })
  expect(asked).toBe(2)
})

test('a refused token is told at once, and why', async () => {
  const client = apiClient(baseUrl, () => Promise.reject(new TokenRefused('nobody of that name')))
  await expect(client.call('listReferrals')).rejects.toThrow('nobody of that name')
  expect(asked).toBe(0)
})
