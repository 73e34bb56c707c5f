import { expect, it } from 'vitest'
import { runFlood } from '../../guarantees/flood.ts'

it("one organisation's flood neither delays another's stat case nor loses what was taken", async () => {
  const rows = await runFlood({ requests: 600 })
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  expect(rows[2]?.tried).toBeGreaterThan(300)
}, 120_000)
