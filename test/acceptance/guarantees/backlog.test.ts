import { expect, it } from 'vitest'
import { runBacklog } from '../../guarantees/backlog.ts'

it("waits no longer the more another organisation has sent, and a stat case not for its own sender's routine images", async () => {
  const rows = await runBacklog({ few: 300, many: 1200 })
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  expect(rows).toHaveLength(4)
}, 240_000)
