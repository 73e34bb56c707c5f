import { expect, test } from 'vitest'
import { runErasureCrashes } from '../../../fixtures/erasure-crashes.ts'

test('an erasure that dies at an await is never half in sight, and a repeat finishes it', async () => {
  const { tried, examples } = await runErasureCrashes({ every: 7 })
  expect(examples).toEqual([])
  expect(tried).toBeGreaterThan(10)
}, 120_000)
