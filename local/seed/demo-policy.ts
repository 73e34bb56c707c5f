import { defaultJurisdictionPolicy } from '../../shared/domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyOrigin } from '../../shared/domain/residency/jurisdiction-policy.ts'

const confirmedBy = { name: 'Demo', role: 'nobody: made-up patients only', date: '2026-11-24' }

/** A member state that adds nothing to the Union's row; who may read is then the Union's to say (the stricter wins). */
const memberState = (id: string): PolicyOrigin => ({
  id,
  inherits: 'EU',
  law: 'GDPR ch. V; national law not modelled',
  storageRegions: ['eu-central-1', 'eu-west-1', 'eu-west-3', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
  rules: [
    { id: `${id}-1`, reader: 'EEA', mode: 'read_identifiable', requires: [] },
    { id: `${id}-2`, reader: '*', mode: 'view_in_region_identifiable', requires: [] },
  ],
  sources: ['as EU'],
  confidence: 'low',
  confirmedBy,
})

/**
 * The project's default policy with the rows of the demo's two countries and their confirmation, without which every row
 * runs one step stricter. NOT LEGAL ADVICE, and no confirmation for any patient: a deployment brings its own.
 */
export const demoPolicy: JurisdictionPolicy = {
  ...defaultJurisdictionPolicy,
  policyVersion: `${defaultJurisdictionPolicy.policyVersion}-demo`,
  origins: [
    ...defaultJurisdictionPolicy.origins.map((origin) => (origin.id === 'EU' ? { ...origin, confirmedBy } : origin)),
    memberState('AT'),
    memberState('IE'),
  ],
}
