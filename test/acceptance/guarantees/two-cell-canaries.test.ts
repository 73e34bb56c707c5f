import { expect, it } from 'vitest'
import { runTwoCellCanaries } from '../../guarantees/two-cell-canaries.ts'

it('no word of a patient is found in the other cell, nor in any log, list, queue, remembered answer or error', async () => {
  const rows = await runTwoCellCanaries({ seed: 1, objects: 2 })
  for (const { what, examples } of rows) expect(examples, what).toEqual([])
  for (const { tried } of rows) expect(tried).toBeGreaterThan(1)
}, 120_000)
