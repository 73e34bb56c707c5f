import { describe, expect, test } from 'vitest'
import { decideErasure, type RetainedCase } from '../../../../../shared/domain/retention/decide-erasure.ts'
import { LegalHoldSchema, type LegalHold } from '../../../../../shared/domain/retention/legal-hold.ts'
import {
  defaultRetentionPolicy,
  RetentionPolicySchema,
  type RetentionPolicy,
} from '../../../../../shared/domain/retention/retention-rules.ts'

const adult: RetainedCase = {
  origin: 'AT',
  submittedAt: '2016-11-20T08:00:00.000Z',
  endedAt: '2016-11-24T10:00:00.000Z',
  patientAgeYears: 70,
}
const twoPeople = { requestedBy: 'p-a', confirmedBy: 'p-b', now: '2026-11-24T10:00:00.000Z' }
const hold = (changes: Partial<LegalHold> = {}): LegalHold =>
  LegalHoldSchema.parse({
    schema: 'overread/legal-hold@1',
    holdId: '01k9zq3v5r8w2x4y6a8c0e2g4j',
    reason: 'litigation',
    placedAt: '2020-01-01T00:00:00.000Z',
    placedBy: 'p-a',
    confirmed: { at: '2020-01-01T00:00:00.000Z', by: 'p-b' },
    ...changes,
  })
const decided = (c: RetainedCase, now = twoPeople.now, holds: LegalHold[] = [], policy = defaultRetentionPolicy) =>
  decideErasure(c, holds, policy, { ...twoPeople, now })
const whys = (decision: ReturnType<typeof decided>): string[] =>
  decision.outcome === 'keep' ? decision.kept.map(({ why }) => why) : []

describe('an erasure', () => {
  test('is allowed on the day the longest duty to retain ends, and not a millisecond before', () => {
    expect(decided(adult)).toEqual({
      outcome: 'erase',
      ruleIds: ['images-default', 'reports-default', 'referral-default'],
      policyVersion: '2026-11',
    })
    const early = decided(adult, '2026-11-24T09:59:59.999Z')
    expect(whys(early)).toEqual(['duty-to-retain', 'duty-to-retain', 'duty-to-retain'])
    expect(early).toMatchObject({ kept: [{ class: 'images', ruleId: 'images-default', until: twoPeople.now }, {}, {}] })
  })

  test('of a child waits until the child can speak for itself, counted from the youngest it can have been', () => {
    const child = { ...adult, patientAgeYears: 8 }
    expect(decided(child)).toMatchObject({ kept: [{ until: '2036-11-20T08:00:00.000Z' }, {}, {}] })
    const { patientAgeYears: _, ...unknown } = adult
    expect(decided(unknown)).toMatchObject({ kept: [{ until: '2044-11-20T08:00:00.000Z' }, {}, {}] })
  })

  test('never touches a case that is still open', () => {
    const { endedAt: _, ...open } = adult
    expect(whys(decided(open, '2100-01-01T00:00:00.000Z'))).toEqual(['case-open'])
  })

  test('needs two people', () => {
    const alone = { ...twoPeople, confirmedBy: twoPeople.requestedBy }
    expect(whys(decideErasure(adult, [], defaultRetentionPolicy, alone))).toEqual(['second-person-needed'])
  })

  test('stops at a legal hold, until two people have lifted it', () => {
    const lifted = (by: string, at = '2025-01-01T00:00:00.000Z') => hold({ lifted: { at, by, confirmedBy: 'p-b' } })
    expect(decided(adult, twoPeople.now, [hold()])).toMatchObject({
      kept: [{ why: 'legal-hold', holdIds: ['01k9zq3v5r8w2x4y6a8c0e2g4j'] }],
    })
    expect(whys(decided(adult, twoPeople.now, [lifted('p-b')]))).toEqual(['legal-hold'])
    expect(whys(decided(adult, twoPeople.now, [lifted('p-a', '2027-01-01T00:00:00.000Z')]))).toEqual(['legal-hold'])
    expect(decided(adult, twoPeople.now, [lifted('p-a')]).outcome).toBe('erase')
  })

  test('is refused where no rule says how long to keep: absence of a rule is no permission', () => {
    const policy: RetentionPolicy = { ...defaultRetentionPolicy, rules: defaultRetentionPolicy.rules.slice(1) }
    expect(decided(adult, twoPeople.now, [], policy)).toMatchObject({ kept: [{ why: 'no-rule', class: 'images' }] })
  })

  test('follows the nearest rule: the region before the country before all', () => {
    const rule = (id: string, origin: string, years: number) => ({
      id,
      origin,
      class: 'images' as const,
      years,
      source: 'test',
    })
    const rules = [...defaultRetentionPolicy.rules, rule('au', 'AU', 20), rule('nsw', 'AU-NSW', 30)]
    const policy = RetentionPolicySchema.parse({ ...defaultRetentionPolicy, rules })
    const until = (origin: string) => decided({ ...adult, origin }, '2026-11-24T10:00:00.000Z', [], policy)
    expect(until('AU-NSW')).toMatchObject({ kept: [{ ruleId: 'nsw', until: '2046-11-24T10:00:00.000Z' }] })
    expect(until('AU-VIC')).toMatchObject({ kept: [{ ruleId: 'au', until: '2036-11-24T10:00:00.000Z' }] })
    expect(until('NZ').outcome).toBe('erase')
  })
})

test('a policy that says two things of one class of one origin is refused', () => {
  const [first] = defaultRetentionPolicy.rules
  const rules = [...defaultRetentionPolicy.rules, { ...first, id: 'again', years: 1 }]
  expect(RetentionPolicySchema.safeParse({ ...defaultRetentionPolicy, rules }).success).toBe(false)
})
