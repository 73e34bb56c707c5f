import { describe, expect, it } from 'vitest'
import { decide, permits, rerunDecision } from '../../../../../shared/domain/residency/decide.ts'
import type {
  BreakGlass,
  DeidentificationFacts,
  EvidenceRecord,
  Purpose,
  ResidencyEvidence,
  ResidencyFacts,
  ResidencyReader,
} from '../../../../../shared/domain/residency/decision-inputs.ts'
import { DecisionRecordSchema } from '../../../../../shared/domain/residency/decision-record.ts'
import type { JurisdictionPolicy, PolicyOrigin } from '../../../../../shared/domain/residency/jurisdiction-policy.ts'
import { policyDocument } from '../../../../../shared/runtime/policy-document.ts'
import { confirmedPolicy, shippedPolicy } from '../../../../fixtures/confirmed-policy.ts'
import { factsFor, fullEvidence, readerIn, recordsFor } from '../../../../fixtures/residency-evidence.ts'

const { policy } = confirmedPolicy

interface Question {
  readonly origin?: string
  readonly reader?: ResidencyReader
  readonly purpose?: Purpose
  readonly evidence?: Partial<ResidencyEvidence>
  readonly policy?: JurisdictionPolicy
}

const ask = ({
  origin = 'DE',
  reader = readerIn('DE'),
  purpose = 'image-access',
  evidence,
  ...rest
}: Question = {}) => {
  const document = rest.policy === undefined ? confirmedPolicy : policyDocument(rest.policy)
  return decide(document, origin, reader, purpose, fullEvidence(document.policy, origin, reader, evidence))
}

const withRecord = (condition: string, change: (record: EvidenceRecord) => readonly EvidenceRecord[], origin = 'DE') =>
  recordsFor(policy, origin, readerIn('DE')).flatMap((r) => (r.condition === condition ? change(r) : [r]))

const withFacts = (facts: Partial<ResidencyFacts>, origin = 'DE') => ({
  facts: { ...factsFor(policy, origin), ...facts },
})

const withOrigin = (id: string, change: (origin: PolicyOrigin) => PolicyOrigin): JurisdictionPolicy => ({
  ...policy,
  origins: policy.origins.map((origin) => (origin.id === id ? change(origin) : origin)),
})

describe('A decision', () => {
  it('names the rule of each link of the chain, the evidence, the policy and its hash', () => {
    const { record } = ask()
    expect(record).toMatchObject({
      mode: 'read_identifiable',
      ruleIds: ['DE-1', 'EU-1'],
      evidenceIds: ['ev-c5_type2', 'ev-de_establishment', 'ev-dpa', 'ev-licensed'],
      policyVersion: '2026-11-24.1',
      policyHash: confirmedPolicy.sha256,
      origin: 'DE',
      readerId: 'reader-1',
      purpose: 'image-access',
      caseId: 'case-1',
      decidedAt: '2026-11-24T10:00:00Z',
      deferred: [],
    })
    expect(record.candidates.filter(({ outcome }) => outcome === 'chosen').map(({ ruleId }) => ruleId)).toEqual([
      'DE-1',
      'EU-1',
    ])
  })

  it('survives storage as JSON and re-runs to the same record', () => {
    const reader = readerIn('US')
    const evidence = fullEvidence(policy, 'US', reader)
    const stored = DecisionRecordSchema.parse(
      JSON.parse(JSON.stringify(decide(confirmedPolicy, 'US', reader, 'claim', evidence))),
    )
    expect(rerunDecision(stored, confirmedPolicy, { reader, evidence })).toEqual({ outcome: 'same' })
  })

  it('shows on a re-run what another policy or less evidence would change', () => {
    const reader = readerIn('US')
    const evidence = fullEvidence(policy, 'US', reader)
    const { record } = decide(confirmedPolicy, 'US', reader, 'claim', evidence)
    const strict = rerunDecision(record, shippedPolicy, { reader, evidence })
    expect(strict).toMatchObject({ outcome: 'different', now: { mode: 'view_in_region_identifiable' } })
    expect(strict.outcome === 'different' && strict.members).toContain('policyHash')
    const less = rerunDecision(record, confirmedPolicy, { reader, evidence: { ...evidence, records: [] } })
    expect(less).toMatchObject({ outcome: 'different', now: { mode: 'forbidden' } })
  })

  it('cannot be altered after it was made', () => {
    const decision = ask()
    expect(() => Object.assign(decision.record, { mode: 'forbidden' })).toThrow(TypeError)
    expect(() => Object.assign(decision.record.ruleIds, ['X-1'])).toThrow(TypeError)
  })

  it('lists for each rule that named the place what was missing', () => {
    const { record } = ask({ evidence: { records: withRecord('LICENSED', () => []) } })
    expect(record).toMatchObject({ mode: 'forbidden', reason: 'conditions-missing', evidenceIds: [], deferred: [] })
    expect(record.candidates.find(({ ruleId }) => ruleId === 'EU-1')).toMatchObject({
      outcome: 'not-held',
      missing: ['LICENSED'],
    })
  })
})

describe('What is refused before any rule is read', () => {
  it.each([
    ['an origin the policy does not know', { origin: 'BR' }, 'unknown-origin'],
    ['an origin without a storage region', { origin: 'SA', reader: readerIn('SA') }, 'no-storage-region'],
    ['a reader in no country', { reader: readerIn('ZZ') }, 'reader-place-unknown'],
    ['a subdivision of another country', { reader: readerIn('CA', { subdivision: 'US-NY' }) }, 'reader-place-unknown'],
    [
      'a request from another country than attested',
      { reader: readerIn('DE', { ipCountry: 'US' }) },
      'location-not-agreed',
    ],
  ] as const)('%s', (_, question, reason) => {
    expect(ask(question).record).toMatchObject({ mode: 'forbidden', reason, ruleIds: [], candidates: [] })
  })

  it('a request whose country is unknown, as behind a VPN or Tor', () => {
    const { ipCountry: _, ...reader } = readerIn('DE')
    expect(ask({ reader }).record.reason).toBe('location-not-agreed')
  })

  it('a chain of origins that bites its tail, or that names an origin nobody defined', () => {
    const loop = withOrigin('EU', (origin) => ({ ...origin, inherits: 'DE' }))
    expect(ask({ policy: loop }).record.reason).toBe('unknown-origin')
    const orphan = withOrigin('DE', (origin) => ({ ...origin, inherits: 'XY' }))
    expect(ask({ policy: orphan }).record.reason).toBe('unknown-origin')
  })
})

describe('A policy that says what the engine does not understand', () => {
  it('refuses the whole link when a rule names a zone that nobody defined: it might have been a prohibition', () => {
    const odd = withOrigin('US', (origin) => ({
      ...origin,
      rules: origin.rules.map((rule) => (rule.id === 'US-0' ? { ...rule, reader: 'US_CONCERN' } : rule)),
    }))
    expect(ask({ origin: 'US', reader: readerIn('US'), policy: odd }).record).toMatchObject({
      mode: 'forbidden',
      reason: 'policy-not-understood',
    })
  })

  it('refuses a zone that names itself', () => {
    const odd = { ...policy, zones: { ...policy.zones, US_COUNTRIES_OF_CONCERN: ['CN', 'US_COUNTRIES_OF_CONCERN'] } }
    expect(ask({ origin: 'US', reader: readerIn('US'), policy: odd }).record.reason).toBe('policy-not-understood')
  })

  it('refuses a mode that is none', () => {
    const odd = JSON.parse(
      JSON.stringify(policy).replace('"mode":"read_identifiable"', '"mode":"open"'),
    ) as JurisdictionPolicy
    expect(ask({ origin: 'EU', policy: odd }).record.reason).toBe('policy-not-understood')
  })

  it('never holds a condition that is not defined, or that the cell cannot check', () => {
    const undefinedOne = withOrigin('DE', (origin) => ({ ...origin, requires: ['MOON_PHASE'] }))
    expect(ask({ policy: undefinedOne }).mode).toBe('forbidden')
    const uncheckable = {
      ...undefinedOne,
      conditions: { ...policy.conditions, MOON_PHASE: { kind: 'runtime' as const, check: 'full' } },
    }
    expect(ask({ policy: uncheckable }).mode).toBe('forbidden')
  })

  it('takes evidence for a condition that a deployer added, if it names the origin', () => {
    const added = withOrigin('DE', (origin) => ({ ...origin, requires: ['WORKS_COUNCIL'] }))
    const own = {
      ...added,
      conditions: { ...policy.conditions, WORKS_COUNCIL: { kind: 'evidence' as const, check: 'agreed' } },
    }
    expect(ask({ policy: own }).mode).toBe('read_identifiable')
    const records = recordsFor(own, 'DE', readerIn('DE')).map((r) =>
      r.condition === 'WORKS_COUNCIL' ? { ...r, scope: {} } : r,
    )
    expect(ask({ policy: own, evidence: { records } }).mode).toBe('forbidden')
  })
})

describe('Which rule answers', () => {
  const rule = (
    id: string,
    reader: string,
    mode: 'read_identifiable' | 'view_in_region_identifiable' | 'forbidden',
    requires: string[] = [],
  ) => ({
    id,
    reader,
    mode,
    requires,
  })
  const withRules = (...rules: PolicyOrigin['rules']) => withOrigin('GB', (origin) => ({ ...origin, rules }))
  const chosen = (changed: JurisdictionPolicy) =>
    ask({ origin: 'GB', reader: readerIn('IE'), policy: changed }).record.ruleIds

  it('on equal rank is the one that names the country, then the zone, then everybody, in any order of writing', () => {
    const [any, zone, country] = [
      rule('ANY', '*', 'read_identifiable'),
      rule('ZONE', 'EEA', 'read_identifiable'),
      rule('LAND', 'IE', 'read_identifiable'),
    ]
    expect(chosen(withRules(any, zone, country))).toEqual(['LAND'])
    expect(chosen(withRules(any, zone))).toEqual(['ZONE'])
    expect(chosen(withRules(zone, country, any))).toEqual(['LAND'])
  })

  it('is the one written first when two name the same place at the same rank', () => {
    expect(chosen(withRules(rule('AAA', 'IE', 'read_identifiable'), rule('BBB', 'IE', 'read_identifiable')))).toEqual([
      'AAA',
    ])
  })

  it('is the widest that holds, not the most specific', () => {
    expect(
      chosen(withRules(rule('LAND', 'IE', 'view_in_region_identifiable'), rule('ANY', '*', 'read_identifiable'))),
    ).toEqual(['ANY'])
  })

  it('is the narrower one when the wider lacks evidence', () => {
    const changed = withRules(
      rule('ANY', '*', 'read_identifiable', ['MOON']),
      rule('LAND', 'IE', 'view_in_region_identifiable'),
    )
    expect(chosen(changed)).toEqual(['LAND'])
  })

  it('is a prohibition that names the country or its zone, whatever else would hold', () => {
    const record = ask({
      origin: 'GB',
      reader: readerIn('IE'),
      policy: withRules(rule('ANY', '*', 'read_identifiable'), rule('NO', 'EEA', 'forbidden')),
    }).record
    expect(record).toMatchObject({ mode: 'forbidden', reason: 'forbidden-by-rule', ruleIds: ['NO'] })
  })

  it('is not a prohibition for everybody, which is only the default', () => {
    expect(chosen(withRules(rule('NO', '*', 'forbidden'), rule('LAND', 'IE', 'read_identifiable')))).toEqual(['LAND'])
  })

  it('is none where no rule names the place', () => {
    expect(
      ask({ origin: 'GB', reader: readerIn('US'), policy: withRules(rule('LAND', 'IE', 'read_identifiable')) }).record,
    ).toMatchObject({
      mode: 'forbidden',
      reason: 'no-rule-for-reader',
    })
  })

  it('says that evidence is missing when only the default prohibition is left', () => {
    const changed = withRules(rule('NO', '*', 'forbidden'), rule('LAND', 'IE', 'read_identifiable', ['MOON']))
    expect(ask({ origin: 'GB', reader: readerIn('IE'), policy: changed }).record.reason).toBe('conditions-missing')
  })

  it('counts a rule as confirmed when the rule itself is, though its origin is not', () => {
    const { confirmedBy, ...rest } = policy.origins.find(({ id }) => id === 'GB') ?? policy.origins[0]!
    const confirmedRule = { ...rule('LAND', 'IE', 'read_identifiable'), ...(confirmedBy && { confirmedBy }) }
    const changed = withOrigin('GB', () => ({ ...rest, rules: [confirmedRule, rule('ANY', '*', 'read_identifiable')] }))
    const { record } = ask({ origin: 'GB', reader: readerIn('IE'), policy: changed })
    expect(record).toMatchObject({ mode: 'read_identifiable', ruleIds: ['LAND'] })
    expect(record.candidates.find(({ ruleId }) => ruleId === 'ANY')).toMatchObject({
      confirmed: false,
      effectiveMode: 'view_in_region_identifiable',
    })
  })

  it('binds a view that was lowered to a de-identified copy to the whole bundle', () => {
    const reader = readerIn('IN')
    const evidence = fullEvidence(shippedPolicy.policy, 'GB', reader)
    const { deidentification: _, ...facts } = evidence.facts
    expect(decide(shippedPolicy, 'GB', reader, 'image-access', evidence).record).toMatchObject({
      mode: 'transfer_deidentified',
      ruleIds: ['GB-3'],
    })
    expect(decide(shippedPolicy, 'GB', reader, 'image-access', { ...evidence, facts }).mode).toBe('forbidden')
  })
})

describe('Evidence', () => {
  it.each([
    ['expired at this very instant', { validTo: '2026-11-24T10:00:00Z' }, 'forbidden'],
    ['valid for one more millisecond', { validTo: '2026-11-24T10:00:00.001Z' }, 'read_identifiable'],
    ['valid from this very instant', { validFrom: '2026-11-24T10:00:00Z' }, 'read_identifiable'],
    ['not yet valid', { validFrom: '2026-11-24T10:00:00.001Z' }, 'forbidden'],
    ['withdrawn', { withdrawnAt: '2026-11-24T10:00:00Z' }, 'forbidden'],
    ['to be withdrawn later', { withdrawnAt: '2026-11-24T10:00:01Z' }, 'read_identifiable'],
    ['with a window nobody can read', { validTo: 'soon' }, 'forbidden'],
    ['of another reader', { scope: { readerIds: ['reader-2'], origins: ['DE'] } }, 'forbidden'],
    ['for another jurisdiction', { scope: { readerIds: ['reader-1'], origins: ['FR'] } }, 'forbidden'],
    ['for the parent of the jurisdiction only', { scope: { readerIds: ['reader-1'], origins: ['EU'] } }, 'forbidden'],
    ['that names no reader', { scope: { origins: ['DE'] } }, 'forbidden'],
    ['for another modality', { scope: { readerIds: ['reader-1'], origins: ['DE'], modalities: ['US'] } }, 'forbidden'],
    ['for any modality', { scope: { readerIds: ['reader-1'], origins: ['DE'] } }, 'read_identifiable'],
  ] as const)('a licence %s: %s', (_, change, mode) => {
    const records = withRecord('LICENSED', (r) => [{ ...r, ...change } as EvidenceRecord])
    expect(ask({ evidence: { records } }).mode).toBe(mode)
  })

  it('may overlap: the one that lasts longest is named', () => {
    const records = withRecord('LICENSED', (r) => [
      r,
      { ...r, id: 'renewal', validFrom: '2026-11-01T00:00:00Z', validTo: '2029-01-01T00:00:00Z' },
    ])
    expect(ask({ evidence: { records } }).record.evidenceIds).toContain('renewal')
  })

  it('that lasts equally long is named by its id, so that a re-run agrees', () => {
    const records = withRecord('LICENSED', (r) => [
      { ...r, id: 'b' },
      { ...r, id: 'a' },
    ])
    expect(ask({ evidence: { records } }).record.evidenceIds).toContain('a')
    expect(ask({ evidence: { records: records.toReversed() } }).record.evidenceIds).toContain('a')
  })

  it('that contradicts itself under one id counts for nothing', () => {
    const records = withRecord('LICENSED', (r) => [r, { ...r, validTo: '2026-11-01T00:00:00Z' }])
    expect(ask({ evidence: { records } }).mode).toBe('forbidden')
  })

  it('that is only written twice counts once', () => {
    const records = withRecord('LICENSED', (r) => [r, { ...r }])
    expect(ask({ evidence: { records } }).mode).toBe('read_identifiable')
  })

  it('of a risk analysis is stale after twelve months, whatever it says of itself', () => {
    const reader = readerIn('IN')
    const at = (validFrom: string) =>
      ask({
        origin: 'GB',
        reader,
        evidence: {
          records: recordsFor(policy, 'GB', reader).map((r) =>
            r.condition === 'RISK_ANALYSIS' ? { ...r, validFrom } : r,
          ),
        },
      }).mode
    expect(at('2025-11-24T10:00:00Z')).toBe('transfer_deidentified')
    expect(at('2025-11-24T10:00:01Z')).toBe('view_in_region_identifiable')
  })

  it('cannot stand in for what the cell checks itself', () => {
    const forged = { ...recordsFor(policy, 'DE', readerIn('DE'))[0]!, id: 'forged', condition: 'MFA' }
    expect(
      ask({
        evidence: { records: [...recordsFor(policy, 'DE', readerIn('DE')), forged], ...withFacts({ mfa: false }) },
      }).mode,
    ).toBe('forbidden')
  })

  it('of the consent is the patient\u2019s own', () => {
    const reader = readerIn('GB')
    const mode = (subjectId: string) =>
      ask({
        origin: 'IN',
        reader,
        evidence: { records: recordsFor(policy, 'IN', reader), ...withFacts({ subjectId }, 'IN') },
      }).mode
    expect(mode('subject-1')).toBe('view_in_region_identifiable')
    expect(mode('subject-2')).toBe('transfer_deidentified')
  })

  it('of a contract is with the reader\u2019s organisation', () => {
    const { organisationId: _, ...alone } = readerIn('DE')
    expect(ask({ reader: alone, evidence: { records: recordsFor(policy, 'DE', readerIn('DE')) } }).mode).toBe(
      'forbidden',
    )
  })
})

describe('The session and the cell', () => {
  it.each([
    ['no second factor', { mfa: false }],
    ['a sign-in of twelve hours ago', { authTime: '2026-11-23T22:00:00Z' }],
    ['a sign-in more than fifteen minutes ahead of our clock', { authTime: '2026-11-24T10:15:00.001Z' }],
    ['a sign-in time nobody can read', { authTime: 'just now' }],
    ['storage in another region', { storageRegion: 'us-east-1' }],
    ['a residency finding in the templates', { residencyFindings: 1 }],
  ] as const)('%s forbids', (_, facts) => {
    expect(ask({ evidence: withFacts(facts) }).mode).toBe('forbidden')
  })

  it.each([
    ['fifteen minutes ahead of our clock and not a millisecond more', '2026-11-24T10:15:00.000Z'],
    ['a second less than twelve hours ago', '2026-11-23T22:00:01Z'],
  ])('a sign-in %s still counts', (_, authTime) => {
    expect(ask({ evidence: withFacts({ authTime }) }).mode).toBe('read_identifiable')
  })

  it.each(['mfa', 'authTime', 'storageRegion', 'residencyFindings'] as const)(
    '%s that is not known does not hold',
    (fact) => {
      const { [fact]: _, ...facts } = factsFor(policy, 'DE')
      expect(ask({ evidence: { facts } }).mode).toBe('forbidden')
    },
  )

  it('are left open at an offer, and asked at the claim', () => {
    const { ipCountry: _, ...reader } = readerIn('DE')
    const { mfa: _mfa, authTime: _authTime, ...facts } = factsFor(policy, 'DE')
    const evidence = { facts, records: recordsFor(policy, 'DE', reader) }
    expect(ask({ purpose: 'offer', reader, evidence }).record).toMatchObject({
      mode: 'read_identifiable',
      deferred: ['GEO_AGREE', 'MFA'],
    })
    expect(ask({ purpose: 'claim', reader, evidence }).mode).toBe('forbidden')
  })

  it('keeps the Emirates closed without the local copy', () => {
    expect(ask({ origin: 'AE', reader: readerIn('AE') }).mode).toBe('read_identifiable')
    expect(
      ask({ origin: 'AE', reader: readerIn('AE'), evidence: withFacts({ localCopyRetained: false }, 'AE') }).mode,
    ).toBe('forbidden')
  })

  it('keeps extracts of a national record in Australia', () => {
    const outside = (facts: Partial<ResidencyFacts>) =>
      ask({ origin: 'AU', reader: readerIn('GB'), evidence: withFacts(facts, 'AU') }).mode
    expect(outside({ studySource: 'site' })).toBe('view_in_region_identifiable')
    expect(outside({ studySource: 'national-record' })).toBe('forbidden')
  })

  it('stops exports at the volume limit of the origin, and without a limit at once', () => {
    const capped = (volumeLimit: number | undefined) =>
      withOrigin('GB', (origin) => ({
        ...origin,
        requires: ['VOLUME_BELOW'],
        ...(volumeLimit !== undefined && { volumeLimit }),
      }))
    const mode = (limit: number | undefined, facts: Partial<ResidencyFacts>) =>
      ask({ origin: 'GB', reader: readerIn('GB'), policy: capped(limit), evidence: withFacts(facts, 'GB') }).mode
    expect(mode(10, { subjectsExported12Months: 9 })).toBe('read_identifiable')
    expect(mode(10, { subjectsExported12Months: 10 })).toBe('forbidden')
    expect(mode(undefined, { subjectsExported12Months: 0 })).toBe('forbidden')
    const { subjectsExported12Months: _, ...unknown } = factsFor(policy, 'GB')
    expect(ask({ origin: 'GB', reader: readerIn('GB'), policy: capped(10), evidence: { facts: unknown } }).mode).toBe(
      'forbidden',
    )
  })
})

describe('A country of concern', () => {
  it('is refused by name, de-identified or not, break-glass or not', () => {
    const { record } = ask({ origin: 'US', reader: readerIn('RU') })
    expect(record).toMatchObject({ mode: 'forbidden', reason: 'forbidden-by-rule', ruleIds: ['US-0'] })
    expect(record.candidates.find(({ ruleId }) => ruleId === 'US-0')?.outcome).toBe('final')
  })

  it.each([
    ['controls the employer', ['CN']],
    ['controls the employer jointly', ['GB', 'HK']],
    ['may control it: nobody has stated who does', []],
  ])('%s: no reading from abroad', (_, employerControlCountries) => {
    expect(ask({ origin: 'US', reader: readerIn('GB', { employerControlCountries }) }).mode).toBe('forbidden')
  })

  it('is assumed where the employer is not known at all', () => {
    const { employerControlCountries: _, ...reader } = readerIn('GB')
    expect(ask({ origin: 'US', reader, evidence: { records: recordsFor(policy, 'US', reader) } }).mode).toBe(
      'forbidden',
    )
  })

  it('is assumed of everybody where the policy lost the list', () => {
    const { US_COUNTRIES_OF_CONCERN: _, ...zones } = policy.zones
    const withoutList = withOrigin('US', (origin) => ({
      ...origin,
      rules: origin.rules.filter(({ id }) => id !== 'US-0'),
    }))
    expect(ask({ origin: 'US', reader: readerIn('GB'), policy: { ...withoutList, zones } }).mode).toBe('forbidden')
  })
})

describe('A de-identified copy', () => {
  const reader = readerIn('US')
  const copyOf = (facts: ResidencyFacts): DeidentificationFacts => facts.deidentification!
  const base = factsFor(policy, 'DE')
  const ask2 = (
    copy: Partial<DeidentificationFacts>,
    more: Partial<ResidencyFacts> = {},
    purpose: Purpose = 'image-access',
  ) =>
    ask({ reader, purpose, evidence: { facts: { ...base, ...more, deidentification: { ...copyOf(base), ...copy } } } })
      .mode
  const only = (...methodCodes: string[]) => ({ methodCodes })

  it('may be read from where identifiable images may not', () => {
    expect(ask2({})).toBe('transfer_deidentified')
  })

  it('that is only planned may be offered, listed and claimed, and released for nothing', () => {
    for (const purpose of ['offer', 'worklist', 'claim'] as const)
      expect(ask2({ state: 'planned' }, {}, purpose)).toBe('transfer_deidentified')
    for (const purpose of ['image-access', 'metadata', 'report-read', 'report-write', 'sign-off'] as const)
      expect(ask2({ state: 'planned' }, {}, purpose)).toBe('forbidden')
  })

  it.each([
    ['patient identity not marked removed', { patientIdentityRemoved: false }, {}],
    ['a finding of the verifier', { verifierFindings: 1 }, {}],
    ['no Basic Profile', only('113101', '113102', '113105', '113107'), {}],
    ['pixels not cleaned', only('113100', '113102', '113105', '113107'), {}],
    [
      'pixels not cleaned, though said to be without text, in ultrasound',
      { ...only('113100', '113102', '113105', '113107'), burnedInAnnotation: 'NO' as const },
      { modality: 'US' },
    ],
    ['a face not removed', only('113100', '113101', '113105', '113107'), {}],
    [
      'a face not removed from a head',
      { ...only('113100', '113101', '113105', '113107'), volumetricHeadOrNeck: true },
      {},
    ],
    [
      'a face not removed from a head, whatever the modality is called',
      { ...only('113100', '113101', '113105', '113107'), volumetricHeadOrNeck: true },
      { modality: 'CR' },
    ],
    ['descriptors kept', only('113100', '113101', '113102', '113107'), {}],
    ['dates neither shifted', only('113100', '113101', '113102', '113105'), {}],
    ['full dates that nobody signed off', only('113100', '113101', '113102', '113105', '113107', '113106'), {}],
    [
      'a key that left the region',
      {},
      { pseudonymKey: { region: 'us-east-1', multiRegion: false, externalDecryptGrants: 0 } },
    ],
    [
      'a key that has a replica',
      {},
      { pseudonymKey: { region: 'eu-central-1', multiRegion: true, externalDecryptGrants: 0 } },
    ],
    [
      'a key that others may decrypt with',
      {},
      { pseudonymKey: { region: 'eu-central-1', multiRegion: false, externalDecryptGrants: 1 } },
    ],
  ])('with %s is not released', (_, copy, more) => {
    expect(ask2(copy, more)).toBe('forbidden')
  })

  it.each([
    [
      'pixels that a person looked at',
      { ...only('113100', '113102', '113105', '113107'), pixelsAttestedBy: 'tech-1' },
      {},
    ],
    [
      'pixels said to be without text, in a modality that seldom has any',
      { ...only('113100', '113102', '113105', '113107'), burnedInAnnotation: 'NO' as const },
      {},
    ],
    ['no face in the field', { ...only('113100', '113101', '113105', '113107'), volumetricHeadOrNeck: false }, {}],
    ['a plain radiograph, which shows no face', only('113100', '113101', '113105', '113107'), { modality: 'CR' }],
    ['descriptors removed', { ...only('113100', '113101', '113102', '113107'), descriptorsRemoved: true }, {}],
    [
      'full dates that somebody signed off',
      { ...only('113100', '113101', '113102', '113105', '113107', '113106'), fullDatesSignedOffBy: 'dpo-1' },
      {},
    ],
  ])('with %s is released', (_, copy, more) => {
    expect(ask2(copy, more)).toBe('transfer_deidentified')
  })

  it.each(['deidentification', 'pseudonymKey'] as const)('without %s is not released', (fact) => {
    const { [fact]: _, ...facts } = base
    expect(ask({ reader, evidence: { facts } }).mode).toBe('forbidden')
  })

  it('of an unknown modality is taken to show text and a face', () => {
    const { modality: _, ...facts } = base
    const records = recordsFor(policy, 'DE', reader).map(({ scope: { modalities: _m, ...scope }, ...r }) => ({
      ...r,
      scope,
    }))
    const mode = (copy: Partial<DeidentificationFacts>) =>
      ask({ reader, evidence: { records, facts: { ...facts, deidentification: { ...copyOf(base), ...copy } } } }).mode
    expect(mode({})).toBe('transfer_deidentified')
    expect(mode({ ...only('113100', '113102', '113105', '113107'), burnedInAnnotation: 'NO' })).toBe('forbidden')
    expect(mode(only('113100', '113101', '113105', '113107'))).toBe('forbidden')
  })
})

describe('Break-glass', () => {
  const glass: BreakGlass = {
    reason: 'threat-to-life',
    invokedBy: 'referrer-1',
    approvedBy: 'lead-1',
    invokedAt: '2026-11-24T09:50:00Z',
    expiresAt: '2026-11-24T10:50:00Z',
    reviewDueAt: '2026-11-26T09:50:00Z',
  }
  const reader = readerIn('IN')
  const without = (...conditions: string[]) =>
    recordsFor(policy, 'GB', reader).filter((r) => !conditions.includes(r.condition))
  const emergency = (
    change: Partial<BreakGlass> = {},
    missing: readonly string[] = ['RISK_ANALYSIS', 'SCC_TIA'],
    purpose: Purpose = 'image-access',
  ) =>
    ask({
      origin: 'GB',
      reader,
      purpose,
      evidence: {
        records: without(...missing),
        facts: {
          ...factsFor(policy, 'GB'),
          deidentification: { ...factsFor(policy, 'GB').deidentification!, verifierFindings: 1 },
        },
        breakGlass: { ...glass, ...change },
      },
    })

  it('stands in for the documents of a transfer, and is in the record with reason, people and review date', () => {
    const { record } = emergency()
    expect(record).toMatchObject({
      mode: 'view_in_region_identifiable',
      ruleIds: ['GB-3'],
      breakGlass: { ...glass, waived: ['RISK_ANALYSIS', 'SCC_TIA'] },
    })
    expect(record.candidates.find(({ ruleId }) => ruleId === 'GB-3')).toMatchObject({
      outcome: 'chosen',
      missing: [],
      waived: ['SCC_TIA', 'RISK_ANALYSIS'],
    })
    expect(DecisionRecordSchema.parse(record)).toEqual(record)
  })

  it('is not used, and not recorded, where nothing was missing', () => {
    expect(emergency({}, []).record).toMatchObject({ mode: 'view_in_region_identifiable' })
    expect(emergency({}, []).record.breakGlass).toBeUndefined()
  })

  it.each([
    ['approved by the person who invoked it', { approvedBy: 'referrer-1' }],
    ['approved by the reader', { approvedBy: 'reader-1' }],
    ['not begun', { invokedAt: '2026-11-24T10:00:00.001Z' }],
    ['over', { expiresAt: '2026-11-24T10:00:00Z' }],
    ['longer than an hour', { expiresAt: '2026-11-24T10:50:00.001Z' }],
    ['reviewed later than in 72 hours', { reviewDueAt: '2026-11-27T09:50:00.001Z' }],
    ['reviewed before it began', { reviewDueAt: '2026-11-24T09:50:00Z' }],
    ['dated by nobody', { invokedAt: 'now' }],
  ])('%s opens nothing', (_, change) => {
    expect(emergency(change).mode).toBe('forbidden')
  })

  it('opens to the last instant: begun now, an hour long, reviewed in 72 hours', () => {
    const [now, hourLater, threeDaysLater] = ['24T10:00:00Z', '24T11:00:00Z', '27T10:00:00Z'].map(
      (at) => `2026-11-${at}`,
    )
    const change = { invokedAt: now!, expiresAt: hourLater!, reviewDueAt: threeDaysLater! }
    expect(emergency(change).mode).toBe('view_in_region_identifiable')
  })

  it.each(['LICENSED', 'DPA'])('never stands in for %s', (condition) => {
    expect(emergency({}, [condition]).mode).toBe('forbidden')
  })

  it.each(['offer', 'worklist'] as const)('is nothing the router can do by itself (%s)', (purpose) => {
    expect(emergency({}, undefined, purpose).mode).toBe('forbidden')
  })

  it('never opens a place that a rule forbids by name', () => {
    expect(ask({ origin: 'US', reader: readerIn('CN'), evidence: { breakGlass: glass } }).record.reason).toBe(
      'forbidden-by-rule',
    )
  })

  it('never hands out an object, even where a rule would', () => {
    const needsConsent = withOrigin('GB', (origin) => ({
      ...origin,
      rules: [{ id: 'X-1', reader: '*', mode: 'read_identifiable', requires: ['CONSENT_EXPLICIT'] }],
    }))
    const records = without('CONSENT_EXPLICIT')
    const { record } = ask({ origin: 'GB', reader, policy: needsConsent, evidence: { records, breakGlass: glass } })
    expect(record).toMatchObject({ mode: 'view_in_region_identifiable', breakGlass: { waived: ['CONSENT_EXPLICIT'] } })
  })

  it('does not exist in a policy that does not define it', () => {
    const { breakGlass: _, ...plain } = policy
    const facts = {
      ...factsFor(policy, 'GB'),
      deidentification: { ...factsFor(policy, 'GB').deidentification!, verifierFindings: 1 },
    }
    expect(
      ask({
        origin: 'GB',
        reader,
        policy: plain,
        evidence: { records: without('RISK_ANALYSIS'), facts, breakGlass: glass },
      }).mode,
    ).toBe('forbidden')
  })

  it('waives no licence and nothing common, even where a policy file slipped past its checks and says so', () => {
    const lax = {
      ...policy,
      breakGlass: { waives: ['LICENSED', 'MFA', 'GEO_AGREE', 'MOON'], maxMinutes: 60, reviewWithinHours: 72 },
    }
    expect(
      ask({ origin: 'GB', reader, policy: lax, evidence: { records: without('LICENSED'), breakGlass: glass } }).mode,
    ).toBe('forbidden')
  })
})

describe('permits', () => {
  it('is true up to the mode of the decision', () => {
    const view = ask({ origin: 'GB', reader: readerIn('IN') })
    expect(permits(view, 'read_identifiable')).toBe(false)
    expect(permits(view, 'view_in_region_identifiable')).toBe(true)
    expect(permits(view, 'transfer_deidentified')).toBe(true)
    expect(permits(ask({ origin: 'CN', reader: readerIn('US') }), 'transfer_deidentified')).toBe(false)
  })
})
