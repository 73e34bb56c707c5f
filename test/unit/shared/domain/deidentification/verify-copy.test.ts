import { expect, it } from 'vitest'
import { runDeidentificationCases, runUidCollisions } from '../../../../fixtures/deidentification-cases.ts'

it.each(runDeidentificationCases({ count: 30, seed: 20261124 }))(
  '$what: none of $tried escapes',
  ({ escaped, examples }) => {
    expect(examples).toEqual([])
    expect(escaped).toBe(0)
  },
)

it('No two of 50,001 UIDs are replaced alike, over the border of a batch', () => {
  expect(runUidCollisions({ count: 50_001 })).toMatchObject({ tried: 50_001, escaped: 0 })
})
