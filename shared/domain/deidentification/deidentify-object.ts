import type { InflateRaw } from '../dicom/inspect-object.ts'
import { frameBytes } from '../dicom/pixel-extent.ts'
import type { DicomRejection } from '../dicom/rejection.ts'
import { TRANSFER_SYNTAX } from '../dicom/transfer-syntax.ts'
import { CopyBuilder, FactListener } from './copy-builder.ts'
import { copyFacts, matrixOf } from './copy-facts.ts'
import { join, sequence, type Pieces } from './data-set-writer.ts'
import { methodCodesOf, type DeidentificationPolicy } from './deidentification-policy.ts'
import { asciiElement, fileHead } from './file-head.ts'
import type { Pseudonyms } from './keyed-pseudonyms.ts'
import { openObject, pixelPieces, walkObject } from './object-source.ts'
import { isReleasableClass, mayShowFace, saysNoText, type HoldReason } from './release-risk.ts'

/** Who has looked at the pixels of this object and found no text, or no face, in them. */
export interface PixelAttestation {
  readonly noTextSeenBy?: string
  readonly noFaceSeenBy?: string
}

export interface DeidentificationCommand {
  readonly object: Uint8Array
  readonly policy: DeidentificationPolicy
  readonly pseudonyms: Pseudonyms
  readonly attestation?: PixelAttestation
  readonly inflateRaw?: InflateRaw
}

/** Why there is no copy: the object cannot be read, or is of a kind that only a person can clear. */
export type NoCopyReason = DicomRejection | 'object-too-large' | 'class-not-releasable' | 'pixels-do-not-fit-syntax'

/** What is known of the pixels of a copy; it holds nothing of the patient. */
export interface CopyRisk {
  readonly modality: string
  readonly saysNoText: boolean
  readonly mayShowFace: boolean
}

export type DeidentificationOutcome =
  | {
      readonly outcome: 'copied'
      readonly copy: Uint8Array
      readonly sopInstanceUid: string
      readonly transferSyntaxUid: string
      readonly risk: CopyRisk
    }
  | { readonly outcome: 'held-for-human'; readonly reasons: readonly HoldReason[] }
  | { readonly outcome: 'not-copied'; readonly reason: NoCopyReason }

/** What a copy says it was written by. */
const IMPLEMENTATION_VERSION = 'OVERREAD_DEID_1'

/** Each is held as it is written, and as the verifier reads it: some 5,000 frames with all that is said of each. */
const most = { elements: 250_000, items: 40_000 }

const notCopied = (reason: NoCopyReason): DeidentificationOutcome => ({ outcome: 'not-copied', reason })

/** That this is a de-identified copy, how and by which codes it was made, and what became of its dates (PS3.15 E.1.1, E.3.6). */
const markers = (policy: DeidentificationPolicy): ReadonlyMap<number, Pieces> => {
  const codes = methodCodesOf(policy).map(([code, meaning]) => [
    ...asciiElement(0x00080100, 'SH', code),
    ...asciiElement(0x00080102, 'SH', 'DCM'),
    ...asciiElement(0x00080104, 'LO', meaning),
  ])
  return new Map([
    [0x00120062, asciiElement(0x00120062, 'CS', 'YES')],
    [0x00120063, asciiElement(0x00120063, 'LO', 'PS3.15 E Basic Profile, Overread')],
    [0x00120064, sequence(0x00120064, codes)],
    [0x00280303, asciiElement(0x00280303, 'CS', policy.dates === 'shift' ? 'MODIFIED' : 'REMOVED')],
  ])
}

const holdReasons = (risk: CopyRisk, attestation: PixelAttestation): readonly HoldReason[] => [
  ...(risk.saysNoText || attestation.noTextSeenBy !== undefined ? [] : (['burned-in-text'] as const)),
  ...(risk.mayShowFace && attestation.noFaceSeenBy === undefined ? (['recognizable-face'] as const) : []),
]

/**
 * A derived copy by the Basic Profile of PS3.15 annex E, in explicit VR little endian (or the original's compressed
 * syntax). It is not released by being made: `verifyCopy`, which shares no code with this, must find nothing.
 */
export const deidentifyObject = (command: DeidentificationCommand): DeidentificationOutcome => {
  const { object, policy, pseudonyms, attestation = {} } = command
  if (object.length > policy.maxObjectBytes) return notCopied('object-too-large')
  const source = openObject(object, policy.maxObjectBytes, command.inflateRaw)
  if (typeof source === 'string') return notCopied(source)
  const heard = new FactListener()
  const first = walkObject(source, heard, most)
  if (typeof first === 'string') return notCopied(first)
  const facts = copyFacts(heard.values)
  if (!isReleasableClass(facts)) return notCopied('class-not-releasable')
  const risk = { modality: facts.modality, saysNoText: saysNoText(facts), mayShowFace: mayShowFace(facts) }
  const reasons = holdReasons(risk, attestation)
  if (reasons.length > 0) return { outcome: 'held-for-human', reasons }
  const isCompressed = first.pixels?.fragments ?? false
  if (first.pixels !== undefined && isCompressed !== (source.compressedSyntax !== undefined)) {
    return notCopied('pixels-do-not-fit-syntax')
  }
  const builder = new CopyBuilder({ policy, pseudonyms, patientKey: facts.patientKey }, markers(policy))
  const second = walkObject(source, builder, most)
  if (typeof second === 'string') return notCopied(second)
  const sopInstanceUid = pseudonyms.uid(facts.sopInstanceUid)
  const transferSyntaxUid = source.compressedSyntax ?? TRANSFER_SYNTAX.explicitLittle
  const copy = join([
    ...fileHead({
      sopClassUid: facts.sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      implementationVersion: IMPLEMENTATION_VERSION,
    }),
    ...builder.written,
    ...(first.pixels === undefined
      ? []
      : pixelPieces(source, first.pixels, frameBytes(matrixOf(heard.values, source.encoding.littleEndian)))),
  ])
  return { outcome: 'copied', copy, sopInstanceUid, transferSyntaxUid, risk }
}
