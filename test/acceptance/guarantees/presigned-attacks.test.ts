import { expect, it } from 'vitest'
import { runPresignedAttacks } from '../../guarantees/presigned-attacks.ts'

it('no presigned request that was changed, or that our signer would not sign, is taken; the untouched one is', async () => {
  const rows = await runPresignedAttacks({ everyNth: 5 })
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  const [tampered = 0, forged = 0, respelt = 0, controls = 0] = rows.map(({ tried }) => tried)
  expect(tampered).toBeGreaterThan(600)
  expect(forged).toBeGreaterThan(250)
  expect(respelt).toBeGreaterThan(80)
  expect(controls).toBe(15)
})
