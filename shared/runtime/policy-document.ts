import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../domain/residency/jurisdiction-policy.ts'

/** SHA-256 (hex) of the canonical JSON of a policy: two files that say the same have the same hash. */
export const hashPolicy = (policy: JurisdictionPolicy): string =>
  createHash('sha256').update(canonicalJson(policy), 'utf8').digest('hex')

/** The form in which `decide` takes a policy. */
export const policyDocument = (policy: JurisdictionPolicy): PolicyDocument => ({ policy, sha256: hashPolicy(policy) })
