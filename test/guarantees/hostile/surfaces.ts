import { createHmac } from 'node:crypto'
import { dicomJsonText } from '../../../shared/domain/dicom/dicom-json.ts'
import { framePart, readRanges } from '../../../shared/domain/dicom/frame-part.ts'
import { inspectDicomObject, type RangeSource } from '../../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../../shared/domain/dicom/limits.ts'
import { locateFrame } from '../../../shared/domain/dicom/locate-frame.ts'
import { readDicomJson } from '../../../shared/domain/dicom/read-metadata.ts'
import { storedPixelsOf } from '../../../shared/domain/dicom/stored-pixels.ts'
import { defaultDeidentificationPolicy } from '../../../shared/domain/deidentification/deidentification-policy.ts'
import { deidentifyObject } from '../../../shared/domain/deidentification/deidentify-object.ts'
import { homeDocument, openDocument } from '../../../shared/domain/deidentification/home-document.ts'
import { homeIdentity } from '../../../shared/domain/deidentification/home-identity.ts'
import { keyedPseudonyms } from '../../../shared/domain/deidentification/keyed-pseudonyms.ts'
import { verifyCopy } from '../../../shared/domain/deidentification/verify-copy.ts'
import { FRAME_PART_BYTES } from '../../../shared/contracts/http/frames.ts'
import { inflateRawBounded } from '../../../shared/runtime/bounded-inflate.ts'

/** Where a hostile file meets code of ours that reads it. */
export const surfaces = ['arrival', 'frames', 'copy', 'home'] as const
export type Surface = (typeof surfaces)[number]

/** What a file was answered, and by how many reads of the store. */
export type Try = (source: RangeSource) => Promise<string>

const inspect = (source: RangeSource) => inspectDicomObject(source, DICOM_LIMITS, inflateRawBounded)

/** As `study-arrival` reads an object: the verdict, then the metadata and where the pixels are. */
const arrival: Try = async (source) => {
  const verdict = await inspect(source)
  if (verdict.verdict === 'rejected') return verdict.reason
  const json = await readDicomJson(source, verdict, DICOM_LIMITS)
  if (json !== 'header-too-large') dicomJsonText(json)
  storedPixelsOf(verdict, json === 'header-too-large' ? {} : json)
  return 'accepted'
}

/** As `image-access` shows the first and the last frame of a stored object. */
const frames: Try = async (source) => {
  const verdict = await inspect(source)
  if (verdict.verdict === 'rejected') return verdict.reason
  const pixels = storedPixelsOf(verdict, {})
  if (pixels === undefined) return 'no-frames'
  for (const frame of new Set([1, 2, pixels.display.frames])) {
    const location = await locateFrame(source, pixels, frame)
    if (location.found === 'frame') await readRanges(source, framePart(location.ranges, 0, FRAME_PART_BYTES))
  }
  return 'answered'
}

const whole = (source: RangeSource) => source.read(0, source.size)
const policy = defaultDeidentificationPolicy
const pseudonyms = () =>
  keyedPseudonyms((message) => createHmac('sha256', 'a key').update(message).digest(), {
    organisationId: 'a',
    scopeId: 'b',
  })

/** As `study-deidentify` copies an original, with everything attested that a person could attest. */
const copy: Try = async (source) => {
  const verdict = await inspect(source)
  if (verdict.verdict === 'rejected') return verdict.reason
  const object = await whole(source)
  const attestation = { noTextSeenBy: 'p', noFaceSeenBy: 'p' }
  const made = deidentifyObject({
    object,
    policy,
    pseudonyms: pseudonyms(),
    attestation,
    inflateRaw: inflateRawBounded,
  })
  if (made.outcome !== 'copied') return made.outcome
  return verifyCopy(made.copy, object, policy, inflateRawBounded).outcome
}

const DOCUMENT_BYTES = 100 * 1024 * 1024

/** As `report-filing` brings a reader's document home: no gate has seen it. */
const home: Try = async (source) => {
  const document = openDocument(await whole(source), DOCUMENT_BYTES, inflateRawBounded)
  if ('reason' in document) return document.reason
  const identity = homeIdentity({ patientId: 'MRN-0042', name: { family: 'Example', given: 'Ada' } }, {})
  const originals = new Map([
    ['MRN-0042', 'MRN-0042'],
    ['Example^Ada', 'Example^Ada'],
  ])
  return homeDocument(document, { originals, own: new Set(Object.values(document.uids)), identity }).outcome
}

export type Tries = Readonly<Record<Surface, Try>>
export const tries: Tries = { arrival, frames, copy, home }
