import { describe, expect, test } from 'vitest'
import { evaluate } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { readDocument } from '../../infra/checks/policy-evaluation/statement.ts'
import { administratorsOf } from '../../infra/constructs/key-policy.ts'
import { policyRequests, type PolicyRequest } from '../fixtures/policy-requests.ts'
import { ACCOUNT, ownCell, ownPolicies } from './own-stacks.ts'

const { cell, templates } = ownCell('eu-central-1')
const policies = ownPolicies(cell, templates)
const requests = policyRequests(cell, templates, policies)
const of = (what: PolicyRequest['of']) => requests.filter((one) => one.of === what)

describe.each(['uploads', 'quarantine', 'images', 'copies', 'erasures', 'keys', 'queues', 'records'] as const)(
  '%s',
  (what) => {
    test('are asked for by those who may and by those who may not', () => {
      expect(new Set(of(what).map(({ allowed }) => allowed))).toEqual(new Set([true, false]))
    })

    test.each(of(what))('$name: allowed is $allowed', ({ request, allowed }) => {
      const verdict = evaluate(request, policies)
      expect(verdict, verdict.because).toMatchObject({ allowed })
    })
  },
)

test('keys are retired by administrators of the account', () => {
  expect(administratorsOf(cell).every((arn) => arn.includes(`:${ACCOUNT}:`))).toBe(true)
})

test('what is in quarantine is seen by administrators, whatever the rights of somebody else say', () => {
  const [seen] = of('quarantine').filter(({ name }) => name.startsWith('looked into'))
  if (seen === undefined) throw new Error('nobody looks')
  const wide = `arn:aws:iam::${ACCOUNT}:role/wide`
  const statements = readDocument({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }, 'wide')
  const ask = (principal: string, action: string) =>
    evaluate(
      { ...seen.request, principal, action },
      { ...policies, roles: new Map([[principal, { statements, unseen: [], boundary: undefined }]]) },
    )
  expect(ask(wide, 's3:GetObjectVersion')).toMatchObject({
    allowed: false,
    because: expect.stringContaining('Quarantine') as unknown,
  })
  expect(ask(wide, 's3:GetObject').allowed).toBe(true)
  const [, deployer = ''] = administratorsOf(cell)
  expect(ask(deployer.replace('*', 'x'), 's3:GetObjectVersion').allowed).toBe(true)
})
