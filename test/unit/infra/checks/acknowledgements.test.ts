import { describe, expect, it } from 'vitest'
import acknowledged from '../../../../infra/checks/acknowledgements/acknowledged.json' with { type: 'json' }
import { AcknowledgedSchema } from '../../../../infra/checks/acknowledgements/acknowledgement.ts'
import {
  checkAcknowledgements,
  MOST_FINDINGS,
  type AcknowledgementFacts,
} from '../../../../infra/checks/acknowledgements/check-acknowledgements.ts'

const tracing = {
  ids: ['AwsSolutions-IAM5[Resource::*]'],
  stack: 'service',
  construct: 'Intake/Role',
  reason: 'X-Ray takes no resource: the action is the bound',
  owner: 'platform engineering',
  expires: '2027-05-01',
  test: 'test/infra/policies.test.ts: a role writes traces and nothing else',
}
const found = ({ ids, stack, construct }: typeof tracing) => ids.map((id) => ({ id, stack, construct }))
const facts: AcknowledgementFacts = {
  today: '2026-11-24',
  applied: found(tracing),
  readTest: (file) =>
    file === 'test/infra/policies.test.ts' ? "it('a role writes traces and nothing else', () => {})" : undefined,
}
const check = (change: object, more: Partial<AcknowledgementFacts> = {}) => {
  const changed = { ...tracing, ...change }
  return checkAcknowledgements({ acknowledgements: [changed] }, { ...facts, applied: found(changed), ...more })
}

describe('findings left to stand', () => {
  it('stand with a reason, an owner, an end and a test', () => {
    expect(check({})).toEqual([])
  })

  it.each<[string, object, Partial<AcknowledgementFacts>, string]>([
    ['past their day', { expires: '2026-11-23' }, {}, 'expired on 2026-11-23'],
    ['put off for years', { expires: '2030-01-01' }, {}, 'review it within a year'],
    ['on a whole stack', { construct: '' }, {}, 'covers a whole stack'],
    ['with a test that is gone', { test: 'test/infra/policies.test.ts: something else' }, {}, 'no test'],
    ['with a test file that is gone', { test: 'test/infra/gone.test.ts: a sentence' }, {}, 'no test'],
    ['for open buckets', { ids: ['HIPAA.Security-S3BucketPublicReadProhibited'] }, {}, 'never acknowledged'],
    ['for the missing authorizer', { ids: ['AwsSolutions-APIG4'] }, {}, 'never acknowledged'],
    ['without reason', { reason: 'because' }, {}, 'reason'],
    ['without owner', { owner: '' }, {}, 'owner'],
    ['of two rules at once', { ids: ['AwsSolutions-L1', 'AwsSolutions-L2'] }, {}, 'findings of one rule'],
    ['with a field nobody knows', { note: 'x' }, {}, 'note'],
    [
      'nobody reviewed',
      {},
      { applied: [...found(tracing), { id: 'AwsSolutions-L1', stack: 'state', construct: 'Other' }] },
      'AwsSolutions-L1 on state/Other: not in the reviewed file',
    ],
    ['nobody needs any more', {}, { applied: [] }, 'no longer needed'],
  ])('do not stand %s', (_, change, more, expected) => {
    expect(check(change, more).join('\n')).toContain(expected)
  })

  it('are fifteen at most, each once', () => {
    const many = Array.from({ length: 16 }, (_, index) => ({ ...tracing, construct: `Function${index}/Role` }))
    expect(
      checkAcknowledgements({ acknowledgements: many.slice(1) }, { ...facts, applied: many.slice(1).flatMap(found) }),
    ).toEqual([])
    expect(checkAcknowledgements({ acknowledgements: many }, { ...facts, applied: many.flatMap(found) })).toEqual([
      '16 findings: at most 15',
    ])
    expect(checkAcknowledgements({ acknowledgements: [tracing, tracing] }, facts)).toEqual([
      'AwsSolutions-IAM5[Resource::*] on service/Intake/Role: listed twice',
    ])
  })

  it('are decided once where several packs have the rule', () => {
    const ids = ['HIPAA.Security-LambdaInsideVPC', 'PCI.DSS.321-LambdaInsideVPC']
    expect(check({ ids })).toEqual([])
    expect(check({ ids }, { applied: found({ ...tracing, ids: ids.slice(1) }) })).toEqual([
      'HIPAA.Security-LambdaInsideVPC on service/Intake/Role: no longer needed',
    ])
  })

  it('are counted as they are found, not as they are decided: a rule of three packs is three', () => {
    const packs = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map((pack) => `${pack}-LambdaInsideVPC`)
    const six = Array.from({ length: 6 }, (_, index) => ({ ...tracing, ids: packs, construct: `Function${index}` }))
    expect(checkAcknowledgements({ acknowledgements: six }, { ...facts, applied: six.flatMap(found) })).toEqual([
      '18 findings: at most 15',
    ])
  })

  it('are kept in a file of the agreed form, no more of them than may stand', () => {
    const { acknowledgements } = AcknowledgedSchema.parse(acknowledged)
    expect(acknowledgements.flatMap(({ ids }) => ids).length).toBeLessThanOrEqual(MOST_FINDINGS)
  })
})
