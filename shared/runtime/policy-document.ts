import { canonicalJson } from '../domain/canonical-json.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../domain/residency/jurisdiction-policy.ts'
import { sha256 } from '../ledger/sha256.ts'

/** SHA-256 (hex) of the canonical JSON of a policy: two files that say the same have the same hash. */
export const hashPolicy = (policy: JurisdictionPolicy): string => sha256(canonicalJson(policy))

/** The form in which `decide` takes a policy. */
export const policyDocument = (policy: JurisdictionPolicy): PolicyDocument => ({ policy, sha256: hashPolicy(policy) })
