import { describe, expect, test } from 'vitest'
import { evaluate } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { administratorsOf } from '../../infra/constructs/key-policy.ts'
import { policyRequests, type PolicyRequest } from '../fixtures/policy-requests.ts'
import { ACCOUNT, ownCell, ownPolicies } from './own-stacks.ts'

const { cell, templates } = ownCell('eu-central-1')
const policies = ownPolicies(cell, templates)
const requests = policyRequests(cell, templates, policies)
const of = (what: PolicyRequest['of']) => requests.filter((one) => one.of === what)

describe.each(['uploads', 'images', 'copies', 'erasures', 'keys', 'queues', 'records'] as const)('%s', (what) => {
  test('are asked for by those who may and by those who may not', () => {
    expect(new Set(of(what).map(({ allowed }) => allowed))).toEqual(new Set([true, false]))
  })

  test.each(of(what))('$name: allowed is $allowed', ({ request, allowed }) => {
    const verdict = evaluate(request, policies)
    expect(verdict, verdict.because).toMatchObject({ allowed })
  })
})

test('keys are retired by administrators of the account', () => {
  expect(administratorsOf(cell).every((arn) => arn.includes(`:${ACCOUNT}:`))).toBe(true)
})
