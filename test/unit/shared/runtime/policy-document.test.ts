import { expect, it } from 'vitest'
import { defaultJurisdictionPolicy } from '../../../../shared/domain/residency/default-policy.ts'
import { hashPolicy, policyDocument } from '../../../../shared/runtime/policy-document.ts'

it('A policy has one hash however its members are ordered, and another one when a rule changes', () => {
  const reordered = Object.fromEntries(
    Object.entries(defaultJurisdictionPolicy).toReversed(),
  ) as typeof defaultJurisdictionPolicy
  expect(hashPolicy(reordered)).toBe(hashPolicy(defaultJurisdictionPolicy))
  expect(hashPolicy({ ...defaultJurisdictionPolicy, common: ['LICENSED'] })).not.toBe(
    hashPolicy(defaultJurisdictionPolicy),
  )
  expect(policyDocument(defaultJurisdictionPolicy).sha256).toMatch(/^[0-9a-f]{64}$/)
})
