import { expect, it } from 'vitest'
import { runAssertionAttacks } from '../../guarantees/assertion-attacks.ts'

it('no forged, spoilt, repeated or outlived assertion of a system gets a token', async () => {
  const rows = await runAssertionAttacks()
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  expect(rows[0]?.tried).toBeGreaterThan(80)
}, 60_000)
