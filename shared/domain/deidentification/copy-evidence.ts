import type { DeidentificationFacts } from '../residency/decision-inputs.ts'
import { methodCodesOf, type DeidentificationPolicy } from './deidentification-policy.ts'
import type { CopyRisk, PixelAttestation } from './deidentify-object.ts'
import type { CopyVerification } from './verify-copy.ts'

/** Whether somebody, or the object itself where that is believed, says that no text is burned in. */
const isVouchedFor = ({ pixelsAttestedBy, burnedInAnnotation }: DeidentificationFacts): boolean =>
  pixelsAttestedBy !== undefined || burnedInAnnotation === 'NO'

/** What a decision on two sets of copies may rest on: the worse of each. */
export const bothCopyFacts = (a: DeidentificationFacts, b: DeidentificationFacts): DeidentificationFacts => {
  const attestedBy = a.pixelsAttestedBy ?? b.pixelsAttestedBy
  const vouched = isVouchedFor(a) && isVouchedFor(b)
  return {
    state: a.state === 'verified' && b.state === 'verified' ? 'verified' : 'planned',
    patientIdentityRemoved: a.patientIdentityRemoved && b.patientIdentityRemoved,
    methodCodes: a.methodCodes.filter((code) => b.methodCodes.includes(code)),
    verifierFindings: a.verifierFindings + b.verifierFindings,
    descriptorsRemoved: a.descriptorsRemoved === true && b.descriptorsRemoved === true,
    volumetricHeadOrNeck: a.volumetricHeadOrNeck !== false || b.volumetricHeadOrNeck !== false,
    ...(a.burnedInAnnotation === 'NO' && b.burnedInAnnotation === 'NO' ? { burnedInAnnotation: 'NO' as const } : {}),
    ...(vouched && attestedBy !== undefined ? { pixelsAttestedBy: attestedBy } : {}),
  }
}

/** What a decision may rest on before there is a copy: enough to offer and claim, for nothing that releases. */
export const plannedCopyFacts = (policy: DeidentificationPolicy): DeidentificationFacts => ({
  state: 'planned',
  patientIdentityRemoved: true,
  methodCodes: methodCodesOf(policy).map(([code]) => code),
  verifierFindings: 0,
  descriptorsRemoved: true,
  volumetricHeadOrNeck: false,
  pixelsAttestedBy: 'planned',
})

/** What a decision may rest on once a copy is made and verified. A blocked copy carries its findings: nothing permits it. */
export const verifiedCopyFacts = (
  risk: CopyRisk,
  attestation: PixelAttestation,
  verification: CopyVerification,
): DeidentificationFacts => ({
  state: 'verified',
  patientIdentityRemoved: true,
  methodCodes: verification.outcome === 'clean' ? [...verification.methodCodes] : [],
  verifierFindings: verification.outcome === 'clean' ? 0 : verification.findings.length,
  descriptorsRemoved: true,
  volumetricHeadOrNeck: risk.mayShowFace && attestation.noFaceSeenBy === undefined,
  ...(risk.saysNoText && { burnedInAnnotation: 'NO' as const }),
  ...(attestation.noTextSeenBy !== undefined && { pixelsAttestedBy: attestation.noTextSeenBy }),
})
