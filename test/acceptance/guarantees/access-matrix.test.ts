import { expect, it } from 'vitest'
import { runAccessMatrix } from '../../guarantees/access-matrix.ts'

it('nobody gets to a case, a part of it or a list beyond what the written table grants, and a stranger learns nothing', async () => {
  const rows = await runAccessMatrix({ seed: Date.now() % 1_000_000, share: 0.1 })
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  expect(rows[0]?.tried).toBeGreaterThan(2000)
})
