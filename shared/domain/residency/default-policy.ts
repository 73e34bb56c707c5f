import { JurisdictionPolicySchema, type JurisdictionPolicy } from './jurisdiction-policy.ts'
import document from './default-jurisdictions.policy.json' with { type: 'json' }

/**
 * The project's own engineering defaults: NOT LEGAL ADVICE. No row of it is confirmed, so each runs one step
 * stricter until the deployer's counsel has put a name to it; a deployment may replace it whole.
 */
export const defaultJurisdictionPolicy: JurisdictionPolicy = JurisdictionPolicySchema.parse(document)
