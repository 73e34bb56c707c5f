import { expect, it } from 'vitest'
import { runTokenAttacks } from '../../guarantees/token-attacks.ts'

it('no forged, spoilt, misused or outlived token is accepted, by the gateway or by the code', async () => {
  const rows = await runTokenAttacks()
  expect(rows.flatMap(({ what, examples }) => examples.map((example) => `${what}: ${example}`))).toEqual([])
  expect(Math.min(...rows.slice(0, 3).map(({ tried }) => tried))).toBeGreaterThan(50)
})
