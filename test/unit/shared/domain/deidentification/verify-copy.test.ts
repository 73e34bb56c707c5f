import { expect, it } from 'vitest'
import { runDeidentificationCases } from '../../../../fixtures/deidentification-cases.ts'

it.each(runDeidentificationCases({ count: 30, seed: 20261124 }))(
  '$what: none of $tried escapes',
  ({ escaped, examples }) => {
    expect(examples).toEqual([])
    expect(escaped).toBe(0)
  },
)
