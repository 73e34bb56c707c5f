import type { Confirmation, JurisdictionPolicy } from './jurisdiction-policy.ts'

/**
 * The policy with every origin confirmed by one person. For a demonstration, a test, or a deployer whose counsel has
 * signed the whole table; it is written in the policy, hence in its hash, who that was.
 */
export const confirmEveryOrigin = (policy: JurisdictionPolicy, by: Confirmation): JurisdictionPolicy => ({
  ...policy,
  origins: policy.origins.map((origin) => ({ ...origin, confirmedBy: by })),
})
