import { describe, expect, it } from 'vitest'
import { confirmEveryOrigin } from '../../../../../shared/domain/residency/confirmation.ts'
import { defaultJurisdictionPolicy } from '../../../../../shared/domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyOrigin } from '../../../../../shared/domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../../../../../shared/domain/residency/policy-checks.ts'

const policy = defaultJurisdictionPolicy
const [eu, de, fr] = policy.origins as [PolicyOrigin, PolicyOrigin, PolicyOrigin]

const problems = (input: unknown): string[] => {
  const load = loadJurisdictionPolicy(input)
  return load.outcome === 'accepted'
    ? []
    : load.problems.map(({ code, path, message }) => `${code} ${path}: ${message}`)
}

const withFirst = (change: Partial<PolicyOrigin>): JurisdictionPolicy => ({
  ...policy,
  origins: [{ ...eu, ...change }, ...policy.origins.slice(1)],
})
const rule = (id: string, reader: string, mode: PolicyOrigin['rules'][number]['mode'], requires: string[] = []) => ({
  id,
  reader,
  mode,
  requires,
})
const withRules = (...rules: PolicyOrigin['rules']) => withFirst({ rules })

describe('A policy file', () => {
  it('as the project ships it is accepted, confirmed or not', () => {
    expect(problems(policy)).toEqual([])
    expect(problems(confirmEveryOrigin(policy, { name: 'A', role: 'DPO', date: '2026-01-31' }))).toEqual([])
  })

  it.each<readonly [string, unknown, string]>([
    ['an unknown key at the top', { ...policy, colour: 1 }, 'unknown-key colour: this key is not known'],
    [
      'an unknown key in an origin',
      withFirst({ colour: 1 } as Partial<PolicyOrigin>),
      'unknown-key origins[0].colour: this key is not known',
    ],
    [
      'an unknown key in a rule',
      withRules({ ...rule('A1', '*', 'forbidden'), colour: 1 } as PolicyOrigin['rules'][number]),
      'unknown-key origins[0].rules[0].colour: this key is not known',
    ],
    ['no object at all', 'policy', 'schema : Invalid input: expected object, received string'],
    [
      'an origin that inherits from nobody',
      withFirst({ inherits: 'XX' }),
      'unknown-origin origins[0].inherits: no origin XX is defined',
    ],
    [
      'an origin that inherits from its heir',
      withFirst({ inherits: 'DE' }),
      'cycle origins[0].inherits: EU inherits from itself',
    ],
    [
      'an origin that is no place',
      { ...policy, origins: [...policy.origins, { ...eu, id: 'UK', rules: [rule('U1', '*', 'forbidden')] }] },
      'unknown-place origins[13].id: UK is no ISO 3166 code',
    ],
    [
      'an origin written twice',
      { ...policy, origins: [...policy.origins, { ...fr, rules: [rule('U1', '*', 'forbidden')] }] },
      'duplicate-id origins[13].id: FR is used twice',
    ],
    [
      'a rule id used twice',
      withRules(rule('DE-1', '*', 'forbidden')),
      'duplicate-id origins[1].rules[0].id: DE-1 is used twice',
    ],
    [
      'a rule for a zone that is not defined',
      withRules(rule('A1', 'EFTA', 'forbidden')),
      'unknown-zone origins[0].rules[0].reader: EFTA is no ISO 3166 code and no zone',
    ],
    [
      'a rule for a country that does not exist',
      withRules(rule('A1', 'UK', 'forbidden')),
      'unknown-zone origins[0].rules[0].reader: UK is no ISO 3166 code and no zone',
    ],
    [
      'a rule with an unknown condition',
      withRules(rule('A1', '*', 'read_identifiable', ['DPA', 'MOON'])),
      'unknown-condition origins[0].rules[0].requires[1]: no condition MOON is defined',
    ],
    [
      'an origin with an unknown condition',
      withFirst({ requires: ['MOON'] }),
      'unknown-condition origins[0].requires[0]: no condition MOON is defined',
    ],
    [
      'an unknown common condition',
      { ...policy, common: [...policy.common, 'MOON'] },
      'unknown-condition common[5]: no condition MOON is defined',
    ],
    [
      'a bundle that contains itself',
      { ...policy, deidBundle: ['@deidBundle'] },
      'unknown-condition deidBundle[0]: no condition @deidBundle is defined',
    ],
    [
      'a run-time condition that the engine cannot check',
      { ...policy, conditions: { ...policy.conditions, MOON: { kind: 'runtime', check: 'full' } } },
      'unknown-condition conditions.MOON.kind: this engine cannot check a runtime condition MOON',
    ],
    [
      'a zone with a member that is no place',
      { ...policy, zones: { ...policy.zones, NORDIC: ['SE', 'XX'] } },
      'unknown-place zones.NORDIC[1]: XX is no ISO 3166 code and no zone',
    ],
    [
      'a maintained zone with a member that is no place',
      { ...policy, zones: { ...policy.zones, NORDIC: { deployerMaintained: true, seed: ['XX'] } } },
      'unknown-place zones.NORDIC.seed[0]: XX is no ISO 3166 code and no zone',
    ],
    [
      'a zone that names itself',
      { ...policy, zones: { ...policy.zones, NORDIC: ['SE', 'NORDIC'] } },
      'cycle zones.NORDIC: zone NORDIC names itself',
    ],
    [
      'a zone with the name of a country',
      { ...policy, zones: { ...policy.zones, SE: ['NO'] } },
      'unknown-zone zones.SE: SE is a place code and cannot name a zone',
    ],
    [
      'an unconfirmed row that would not become stricter',
      { ...policy, unconfirmed: { ...policy.unconfirmed, read_identifiable: 'read_identifiable' } },
      'not-stricter unconfirmed.read_identifiable: an unconfirmed read_identifiable must become stricter',
    ],
    ...['LICENSED', 'MFA', 'RECIPIENT_NO_REID', 'DEID_BASIC', 'VOLUME_BELOW', 'MOON'].map(
      (id) =>
        [
          `an emergency that would waive ${id}`,
          { ...policy, breakGlass: { waives: ['PIA', id], maxMinutes: 60, reviewWithinHours: 72 } },
          `not-waivable breakGlass.waives[1]: ${id} cannot be waived in an emergency`,
        ] as const,
    ),
    [
      'a rule behind a prohibition',
      withRules(rule('A1', 'EEA', 'forbidden'), rule('A2', 'FR', 'read_identifiable', ['DPA'])),
      'unreachable-rule origins[0].rules[1]: rule A2 can never be the answer: A1 always answers before it',
    ],
    [
      'a rule behind a wider one that asks for less',
      withRules(rule('A1', '*', 'read_identifiable'), rule('A2', 'FR', 'view_in_region_identifiable', ['DPA'])),
      'unreachable-rule origins[0].rules[1]: rule A2 can never be the answer: A1 always answers before it',
    ],
    [
      'a rule written twice',
      withRules(rule('A1', 'EEA', 'read_identifiable'), rule('A2', 'EEA', 'read_identifiable')),
      'unreachable-rule origins[0].rules[1]: rule A2 can never be the answer: A1 always answers before it',
    ],
    [
      'a prohibition within a prohibition',
      withRules(rule('A1', 'EEA', 'forbidden'), rule('A2', 'FR', 'forbidden')),
      'unreachable-rule origins[0].rules[1]: rule A2 can never be the answer: A1 always answers before it',
    ],
    [
      'a province behind its country',
      withRules(rule('A1', 'CA-QC', 'view_in_region_identifiable'), rule('A2', 'CA', 'read_identifiable')),
      'unreachable-rule origins[0].rules[0]: rule A1 can never be the answer: A2 always answers before it',
    ],
    [
      'a rule for a zone without members',
      { ...withRules(rule('A1', 'NOBODY', 'forbidden')), zones: { ...policy.zones, NOBODY: [] } },
      'unreachable-rule origins[0].rules[0]: rule A1 can never be the answer: its zone NOBODY has no member',
    ],
    [
      'a volume rule in an origin without a limit',
      withRules(rule('A1', '*', 'transfer_deidentified', ['VOLUME_BELOW'])),
      'unreachable-rule origins[0].rules[0]: rule A1 can never be the answer: it requires VOLUME_BELOW and its origin has no volumeLimit',
    ],
  ])('with %s is refused, naming the place', (_, input, expected) => {
    expect(problems(input)).toContain(expected)
  })

  it.each<readonly [string, unknown]>([
    [
      'a narrower rule that asks for less',
      withRules(rule('A1', '*', 'read_identifiable', ['DPA']), rule('A2', '*', 'view_in_region_identifiable')),
    ],
    [
      'a prohibition inside a wider permission',
      withRules(rule('A1', 'EEA', 'read_identifiable'), rule('A2', 'FR', 'forbidden')),
    ],
    [
      'a more specific rule on equal rank',
      withRules(rule('A1', '*', 'read_identifiable'), rule('A2', 'FR', 'read_identifiable')),
    ],
    ['a zone of zones', { ...policy, zones: { ...policy.zones, EUROPE: ['EEA', 'CH', 'GB'] } }],
    [
      'a country beside its province',
      withRules(rule('A1', 'CA-QC', 'read_identifiable'), rule('A2', 'CA', 'view_in_region_identifiable')),
    ],
    [
      'a rule for a maintained zone that is still empty',
      withRules(rule('A1', 'IN_RESTRICTED', 'view_in_region_identifiable'), rule('A2', 'FR', 'read_identifiable')),
    ],
    [
      'an unconfirmed rule before a confirmed one of the same width',
      withRules(rule('A1', '*', 'view_in_region_identifiable'), {
        ...rule('A2', '*', 'view_in_region_identifiable'),
        confirmedBy: { name: 'A', role: 'DPO', date: '2026-01-31' },
      }),
    ],
    ['no emergency access', { ...policy, breakGlass: undefined }],
  ])('with %s is accepted', (_, input) => {
    expect(problems(input)).toEqual([])
  })

  it('reports a maintained zone that names itself, and a silent rule beside one for an unknown zone', () => {
    const zones = { ...policy.zones, OWN: { deployerMaintained: true, seed: ['OWN'] } }
    expect(problems({ ...policy, zones })).toEqual(['cycle zones.OWN.seed: zone OWN names itself'])
    const rules = [rule('A1', 'EFTA', 'forbidden'), rule('A2', 'FR', 'read_identifiable')]
    expect(problems(withRules(...rules))).toHaveLength(1)
  })

  it('reports an unknown member where it stands, not as a cycle of the zones above it', () => {
    const zones = { ...policy.zones, INNER: ['XX'], OUTER: ['INNER'] }
    expect(problems({ ...policy, zones })).toEqual(['unknown-place zones.INNER[0]: XX is no ISO 3166 code and no zone'])
  })

  it('reports a chain that hangs on an unknown origin once, and no cycle', () => {
    expect(problems(withFirst({ inherits: 'XX' })).filter((line) => line.startsWith('cycle'))).toEqual([])
    expect(de.inherits).toBe('EU')
  })
})
