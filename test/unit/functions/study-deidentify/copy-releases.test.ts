import { expect, test } from 'vitest'
import { runCopyCrashes } from '../../../fixtures/copy-crashes.ts'
import { runCopyReleases } from '../../../fixtures/copy-releases.ts'

test('the maker of copies may die anywhere: each copy is made once, and none that is held or blocked lies in the bucket', async () => {
  const { tried, examples } = await runCopyCrashes()
  expect(examples).toEqual([])
  expect(tried).toBeGreaterThan(60)
}, 120_000)

test('of random studies nothing of the patient leaves, and the reader is told what is held back', async () => {
  const { examples } = await runCopyReleases({ count: 12, seed: Date.now() % 1_000_000 })
  expect(examples).toEqual([])
}, 60_000)
