import { createHmac } from 'node:crypto'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { verifiedCopyFacts } from '../../shared/domain/deidentification/copy-evidence.ts'
import type { DeidentificationPolicy } from '../../shared/domain/deidentification/deidentification-policy.ts'
import { deidentifyObject } from '../../shared/domain/deidentification/deidentify-object.ts'
import { keyedPseudonyms, type Mac, type Pseudonyms } from '../../shared/domain/deidentification/keyed-pseudonyms.ts'
import type { CopyRecord } from '../../shared/domain/deidentification/study-copies.ts'
import { verifyCopy } from '../../shared/domain/deidentification/verify-copy.ts'
import type { InflateRaw } from '../../shared/domain/dicom/inspect-object.ts'
import type { StoredInstance } from '../../shared/domain/upload/instance.ts'
import { copyIdOf, copyKey, uidPairsContext } from '../../shared/ledger/copy-ledger.ts'
import { sha256 } from '../../shared/ledger/sha256.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { ObjectStore } from '../../shared/ports/object-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface MakingPorts {
  readonly keys: Pick<KeyVault, 'mac' | 'seal'>
  readonly objects: Pick<ObjectStore, 'readRange' | 'put'>
  readonly clock: Clock
  readonly inflateRaw: InflateRaw
}

/** One case's copies under one policy. */
export interface Making {
  readonly case: Case
  readonly policy: DeidentificationPolicy
  readonly mac: Mac
}

/** A key of the case, made by the cell's own: of the one nobody learns the other, and a study costs one call to KMS. */
export async function macOfCase({ keys }: Pick<MakingPorts, 'keys'>, c: Case): Promise<Mac> {
  const caseKey = await keys.mac('copy-names', JSON.stringify([c.referringOrgId, c.referralId]))
  return (message) => createHmac('sha256', caseKey).update(message).digest()
}

/** Stable within the case and unlinkable beyond it: two cases of a patient look like two patients' (ADR 0018). */
const pseudonymsOf = ({ case: c, mac }: Making): Pseudonyms =>
  keyedPseudonyms(mac, { organisationId: c.referringOrgId, scopeId: c.referralId })

export const copyIdFor = (making: Making, { sopInstanceUid }: StoredInstance): string =>
  copyIdOf(pseudonymsOf(making).uid(sopInstanceUid))

export interface CopySource {
  readonly instance: StoredInstance
  readonly digest: string
  readonly attestation: CopyRecord['attestation']
}

/** Named in a record and shown to people: kind and place of what was found, never a value. */
const MOST_REASONS = 16
const reasonsOf = (reasons: readonly string[]): string[] =>
  [...new Set(reasons.map((reason) => reason.slice(0, 64)))].slice(0, MOST_REASONS)

const withoutUndefined = ({ noTextSeenBy, noFaceSeenBy }: CopyRecord['attestation']) => ({
  ...(noTextSeenBy === undefined ? {} : { noTextSeenBy }),
  ...(noFaceSeenBy === undefined ? {} : { noFaceSeenBy }),
})

async function readOriginal(ports: MakingPorts, { bytes, key }: StoredInstance): Promise<Uint8Array> {
  const object = await ports.objects.readRange(inCell('make-copy'), { bucket: 'images', key }, 0, bytes)
  // A shorter object would be read as another, valid one, of which half the images are missing.
  if (object.length !== bytes) throw new Error('the store holds less of the object than its index says')
  return object
}

/** The copy of one instance, in the bucket of copies if it may be released; in either case what became of it. */
export async function makeCopy(ports: MakingPorts, making: Making, source: CopySource): Promise<CopyRecord> {
  const { instance, digest, attestation } = source
  const { case: c, policy } = making
  const pseudonyms = pseudonymsOf(making)
  const copyId = copyIdOf(pseudonyms.uid(instance.sopInstanceUid))
  const recordOf = (state: CopyRecord['state'], reasons: readonly string[]): CopyRecord => ({
    schema: 'overread/copy@1',
    copyId,
    referralId: c.referralId,
    instance: digest,
    state,
    reasons: reasonsOf(reasons),
    attestation,
    again: false,
    sopClassUid: instance.sopClassUid,
    modality: instance.modality,
    instanceNumber: instance.instanceNumber,
    madeAt: ports.clock.now(),
  })
  if (instance.bytes > policy.maxObjectBytes) return recordOf('blocked', ['object-too-large'])
  const object = await readOriginal(ports, instance)
  const command = { object, policy, pseudonyms, attestation: withoutUndefined(attestation) }
  const made = deidentifyObject({ ...command, inflateRaw: ports.inflateRaw })
  if (made.outcome === 'held-for-human') return recordOf('held', made.reasons)
  if (made.outcome === 'not-copied') return recordOf('blocked', [made.reason])
  const verification = verifyCopy(made.copy, object, policy, ports.inflateRaw)
  if (verification.outcome === 'blocked') {
    return recordOf(
      'blocked',
      verification.findings.map(({ kind, path }) => `${kind} ${path}`),
    )
  }
  const key = copyKey(c.referralId, copyId)
  await ports.objects.put({ bucket: 'copies', key }, made.copy, { contentType: 'application/dicom', replace: true })
  const pairs = JSON.stringify([...pseudonyms.uidPairs, ...pseudonyms.patientPairs])
  return {
    ...recordOf('released', []),
    released: {
      key,
      bytes: made.copy.length,
      sha256: sha256(made.copy),
      studyInstanceUid: pseudonyms.uid(instance.studyInstanceUid),
      seriesInstanceUid: pseudonyms.uid(instance.seriesInstanceUid),
      sopInstanceUid: made.sopInstanceUid,
      transferSyntaxUid: made.transferSyntaxUid,
    },
    evidence: verifiedCopyFacts(made.risk, command.attestation, verification),
    uidPairs: await ports.keys.seal(pairs, uidPairsContext(c)),
  }
}
