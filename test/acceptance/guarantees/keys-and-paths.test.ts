import { expect, it } from 'vitest'
import { runKeysAndPaths } from '../../guarantees/keys-and-paths.ts'

it('no UID, name or patient id is a key or a path, and a UID that is none is refused', async () => {
  const rows = await runKeysAndPaths()
  expect(rows.flatMap(({ examples }) => examples)).toEqual([])
  expect(Math.min(...rows.map(({ tried }) => tried))).toBeGreaterThan(30)
})
