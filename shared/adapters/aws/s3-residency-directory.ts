import { policyKey } from '../../contracts/network-objects.ts'
import { defaultJurisdictionPolicy } from '../../domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../../domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../../domain/residency/policy-checks.ts'
import type { ResidencyDirectory } from '../../ports/network-directory.ts'
import type { ConditionalGet } from './s3-conditional-get.ts'
import { followed, refuseUnsound } from './s3-followed-object.ts'
import { s3NetworkDirectory } from './s3-network-directory.ts'

/** `toDocument` hashes a policy; the same in both editions, so that a decision can be re-run anywhere. */
export const s3ResidencyDirectory = (
  get: ConditionalGet,
  toDocument: (policy: JurisdictionPolicy) => PolicyDocument,
  nowMs: () => number = Date.now,
): ResidencyDirectory => ({
  ...s3NetworkDirectory(get, nowMs),
  policy: followed<PolicyDocument>(
    get,
    {
      key: policyKey,
      read: (json) => {
        const load = loadJurisdictionPolicy(json)
        return load.outcome === 'accepted' ? toDocument(load.policy) : refuseUnsound('residency policy', load.problems)
      },
      absent: toDocument(defaultJurisdictionPolicy),
    },
    nowMs,
  ),
})
