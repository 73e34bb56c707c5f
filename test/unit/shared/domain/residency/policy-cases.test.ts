import { expect, it } from 'vitest'
import { modesOfPolicyCases, runPolicyCases } from '../../../../fixtures/policy-cases.ts'

it.each(runPolicyCases({ count: 3_000, seed: 20261124 }))('$what: none of $tried escapes', ({ escaped, examples }) => {
  expect(examples).toEqual([])
  expect(escaped).toBe(0)
})

it('The random cases reach every mode, so that agreement is not agreement on refusal', () => {
  const modes = modesOfPolicyCases({ count: 1_000, seed: 20261124 })
  for (const mode of ['forbidden', 'transfer_deidentified', 'view_in_region_identifiable', 'read_identifiable']) {
    expect(modes[mode], mode).toBeGreaterThan(30)
  }
})
