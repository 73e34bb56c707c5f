import { describe, expect, it } from 'vitest'
import { hardenedStack, OWN_ACCOUNT, SIX_REGIONS, synthesize } from '../fixtures/foreign-stacks.ts'
import { plant, RESIDENCY_LEAKS, runResidencyMutations } from '../fixtures/residency-leaks.ts'
import { checkResidency } from '../../infra/checks/residency/check-residency.ts'

const hardened = (region: string) => synthesize('hardened', hardenedStack, { region, account: OWN_ACCOUNT })

describe('every way out, planted one at a time in a template that had none', () => {
  it('knows at least sixty kinds, each under a name of its own', () => {
    expect(new Set(RESIDENCY_LEAKS.map(({ name }) => name)).size).toBe(RESIDENCY_LEAKS.length)
    expect(RESIDENCY_LEAKS.length).toBeGreaterThanOrEqual(60)
  })

  it.each(SIX_REGIONS)('finds each of them in %s and raises no alarm on the untouched template', (region) => {
    const run = runResidencyMutations([{ name: 'hardened', template: hardened(region), region, account: OWN_ACCOUNT }])
    expect(run).toEqual({ tried: RESIDENCY_LEAKS.length, escaped: [], falseAlarms: [] })
  })

  it('finds each of them in a template that fits any account', () => {
    const template = synthesize('hardened', hardenedStack)
    expect(runResidencyMutations([{ name: 'any', template, region: 'eu-west-3' }]).escaped).toEqual([])
  })

  it.each(RESIDENCY_LEAKS.map((leak) => [leak.name, leak] as const))(
    'reports nothing beside the leak itself: %s',
    (_, leak) => {
      const region = 'eu-central-1'
      const planted = plant(leak, hardened(region), region)
      const found = checkResidency(planted.template, { region, account: OWN_ACCOUNT })
      expect(found.map(({ resource, rule }) => `${rule} ${resource}`)).toEqual([`${leak.rule} ${planted.resource}`])
    },
  )
})
