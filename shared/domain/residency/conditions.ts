import type { DeidentificationFacts, Purpose, ResidencyFacts } from './decision-inputs.ts'
import { evidenceFor, type Question } from './evidence-window.ts'
import type { JurisdictionPolicy, PolicyOrigin } from './jurisdiction-policy.ts'
import { expandZone } from './zones.ts'

/** A question on one link of the chain of origins. */
export interface LinkQuestion extends Question {
  readonly policy: JurisdictionPolicy
  readonly leaf: PolicyOrigin
  readonly link: PolicyOrigin
  readonly purpose: Purpose
}

export interface ConditionOutcome {
  readonly held: boolean
  readonly evidenceId?: string
}

/** An identity provider's clock may run ahead of ours by as much as a signed header may (15 min); not by more. */
const maxClockSkewMs = 15 * 60_000
const maxSessionAgeMs = 12 * 3_600_000

/**
 * Modalities whose pixels often carry the patient's name, and in which (0028,0301) is therefore not believed
 * (PS3.15 E.3.1; controls DEID-04).
 */
export const burnedInRiskModalities: ReadonlySet<string> = new Set(['US', 'SC', 'XC', 'ES', 'OT', 'XA'])

const volumetricModalities: ReadonlySet<string> = new Set(['CT', 'MR', 'PT'])

/** Nothing of the study is released for these, so a copy that is only planned is enough to go on with. */
const beforeRelease: ReadonlySet<Purpose> = new Set<Purpose>(['offer', 'worklist', 'claim'])

type Check = (question: LinkQuestion) => boolean
type CopyCheck = (copy: DeidentificationFacts, facts: ResidencyFacts) => boolean

const onCopy =
  (check: CopyCheck): Check =>
  ({ evidence: { facts }, purpose }) => {
    const copy = facts.deidentification
    if (copy === undefined) return false
    return (copy.state === 'verified' || beforeRelease.has(purpose)) && check(copy, facts)
  }

const pixelsAreClean: CopyCheck = (copy, { modality }) => {
  if (copy.methodCodes.includes('113101') || copy.pixelsAttestedBy !== undefined) return true
  return copy.burnedInAnnotation === 'NO' && modality !== undefined && !burnedInRiskModalities.has(modality)
}

const facesAreGone: CopyCheck = (copy, { modality }) => {
  if (copy.methodCodes.includes('113102')) return true
  // What is known of the field outweighs the modality's name: a volume of ultrasound shows a face as well.
  if (copy.volumetricHeadOrNeck !== undefined) return !copy.volumetricHeadOrNeck
  return modality !== undefined && !volumetricModalities.has(modality)
}

const datesAreShifted: CopyCheck = (copy) =>
  copy.methodCodes.includes('113107') &&
  (!copy.methodCodes.includes('113106') || copy.fullDatesSignedOffBy !== undefined)

const sessionIsStrong: Check = ({ evidence: { facts, now } }) => {
  const age = Date.parse(now) - Date.parse(facts.authTime ?? '')
  return facts.mfa === true && age < maxSessionAgeMs && age >= -maxClockSkewMs
}

const isOutsideConcern: Check = ({ policy, places, reader }) => {
  const concern = expandZone(policy, 'US_COUNTRIES_OF_CONCERN')
  const control = reader.employerControlCountries ?? []
  return concern !== undefined && control.length > 0 && ![...places, ...control].some((code) => concern.has(code))
}

/** Conditions that the cell checks itself. Names are the policy's; a policy that asks for another one is refused at load. */
const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['MFA', sessionIsStrong],
  ['GEO_AGREE', ({ reader }) => reader.ipCountry === reader.country],
  ['STORAGE_IN_ZONE', ({ leaf, evidence }) => leaf.storageRegions.includes(evidence.facts.storageRegion ?? '')],
  ['NO_COPY_OUT', ({ evidence }) => evidence.facts.residencyFindings === 0],
  ['LOCAL_COPY_RETAINED', ({ evidence }) => evidence.facts.localCopyRetained === true],
  [
    'KEY_STAYS',
    ({ evidence: { facts } }) =>
      facts.pseudonymKey?.region === (facts.storageRegion ?? '') &&
      !facts.pseudonymKey.multiRegion &&
      facts.pseudonymKey.externalDecryptGrants === 0,
  ],
  ['NOT_COUNTRY_OF_CONCERN', isOutsideConcern],
  [
    'VOLUME_BELOW',
    ({ link, evidence }) => (evidence.facts.subjectsExported12Months ?? Infinity) < (link.volumeLimit ?? 0),
  ],
  ['NOT_NATIONAL_RECORD', ({ evidence }) => evidence.facts.studySource === 'site'],
  [
    'DEID_BASIC',
    onCopy((copy) => copy.patientIdentityRemoved && copy.methodCodes.includes('113100') && copy.verifierFindings === 0),
  ],
  ['DEID_PIXEL', onCopy(pixelsAreClean)],
  ['DEID_FACE', onCopy(facesAreGone)],
  ['DEID_DESC', onCopy((copy) => copy.methodCodes.includes('113105') || copy.descriptorsRemoved === true)],
  ['DATE_SHIFT', onCopy(datesAreShifted)],
])

/** The runtime and configuration conditions this engine can check. */
export const checkableConditions: ReadonlySet<string> = new Set(checks.keys())

/**
 * An offer is the router's question about a reader who need not be signed in: there is no request whose country could
 * agree and no token. Both are asked again, for real, at the listing, the claim and each access.
 */
const deferredAtOffer: ReadonlySet<string> = new Set(['MFA', 'GEO_AGREE'])

export const isDeferred = (condition: string, purpose: Purpose): boolean =>
  purpose === 'offer' && deferredAtOffer.has(condition)

/** Whether a condition of the policy holds; one the policy does not define never does. */
export const evaluateCondition = (condition: string, question: LinkQuestion): ConditionOutcome => {
  const definitions = question.policy.conditions
  const kind = Object.hasOwn(definitions, condition) ? definitions[condition]?.kind : undefined
  if (kind === undefined) return { held: false }
  if (kind === 'evidence') {
    const record = evidenceFor(condition, question)
    return record === undefined ? { held: false } : { held: true, evidenceId: record.id }
  }
  if (isDeferred(condition, question.purpose)) return { held: true }
  return { held: checks.get(condition)?.(question) ?? false }
}
