import type { DeidentificationFacts } from '../residency/decision-inputs.ts'
import { methodCodesOf, type DeidentificationPolicy } from './deidentification-policy.ts'
import type { CopyRisk, PixelAttestation } from './deidentify-object.ts'
import type { CopyVerification } from './verify-copy.ts'

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
