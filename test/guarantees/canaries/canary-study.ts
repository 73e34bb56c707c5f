import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StudyFile } from '../../../local/client/upload-study.ts'
import { identifyingObject, listedTags, type IdentifyingObject } from '../../fixtures/identifying-object.ts'
import { seededRandom, type SeededRandom } from '../../fixtures/seeded-random.ts'
import type { CanaryWords } from './canary-words.ts'

export interface CanaryPatient {
  readonly patientId: string
  readonly issuerOfPatientId?: string
  readonly name: { readonly family: string; readonly given: string }
}

export const canaryPatient = (words: CanaryWords): CanaryPatient => ({
  patientId: words.digits('patient id'),
  // PN of an object in Latin-1 or without a character set: ASCII, so that referral and object agree.
  name: { family: words.plain('family name'), given: words.plain('given name') },
})

export interface CanaryStudy {
  readonly studyInstanceUid: string
  readonly files: readonly StudyFile[]
}

const SYNTAXES = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.2'] as const

/** Nothing of the object may get out, whichever element it stands in: text, names, numbers, private blocks, overlays, UIDs. */
function takeAll(words: CanaryWords, object: IdentifyingObject, from: string): void {
  for (const word of object.canaries) words.take(word, from)
  for (const uid of object.uids) words.take(uid, from, 'uid')
}

/** Real DICOM files of one patient and study: the first with every attribute of the confidentiality profile, the others with some. */
export async function canaryStudy(
  words: CanaryWords,
  random: SeededRandom,
  patient: CanaryPatient,
  { folder, objects }: { readonly folder: string; readonly objects: number },
): Promise<CanaryStudy> {
  await mkdir(folder, { recursive: true })
  const uid = words.take(`1.2.826.0.1.3680043.77.${random.int(1_000_000, 2_000_000_000)}`, 'study UID', 'uid')
  const { patientId: id, name } = patient
  const study = { uid, date: '20261102', name: `${name.family}^${name.given}`, id }
  // The referral states no issuer, so an issuer among the elements is one more canary and no contradiction.
  const files: StudyFile[] = []
  for (let at = 0; at < objects; at++) {
    const own = seededRandom(random.int(1, 2_000_000_000))
    const tags = at === 0 ? listedTags : own.subset(listedTags, 0.3)
    const object = identifyingObject(own, { syntax: SYNTAXES[at % SYNTAXES.length] ?? SYNTAXES[0], tags, study })
    takeAll(words, object, `DICOM object ${at + 1}`)
    files.push(await kept(join(folder, `${words.plain('file name')}.dcm`), object.bytes, object.sopInstanceUid))
  }
  return { studyInstanceUid: uid, files }
}

/** A file as the sender's scan would describe it. */
export async function kept(path: string, bytes: Uint8Array, sopInstanceUid?: string): Promise<StudyFile> {
  await writeFile(path, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { path, bytes: bytes.length, sha256, ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }) }
}
