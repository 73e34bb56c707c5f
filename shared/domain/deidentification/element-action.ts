import { dictionaryVr, VR_UN } from '../dicom/vr.ts'
import { profileRow, type ProfileRow } from './basic-profile.ts'
import type { DeidentificationPolicy } from './deidentification-policy.ts'

/** What becomes of one element. `fallback` is for a value that cannot be shifted or kept as it is. */
export type ElementAction =
  | { readonly do: 'keep' | 'remove' | 'empty' | 'dummy' | 'enter' }
  | { readonly do: 'replace-uid'; readonly keepWellKnown: boolean }
  | { readonly do: 'shift' | 'keep-if-coded' | 'keep-characteristic'; readonly fallback: 'remove' | 'empty' | 'dummy' }

const TEMPORAL = new Set(['DA', 'DT', 'TM'])
/** Text that people type. Where Table E.1-1 has no row for it, nobody has judged it: it goes. */
const TYPED_TEXT = new Set(['LT', 'ST', 'UT', 'UC', 'UR', 'PN', 'AE', 'AS', 'UN'])
const SHORT_TEXT = new Set(['LO', 'SH'])
/** A code in form alone: people name a drawing or a segmentation as they like, after a project or an institution. */
const CONTENT_LABEL = 0x00700080
const CODED = new Set(['CS', 'IS', 'DS'])

/**
 * The short text that is kept though anybody could type it: the code triplet of PS3.3 8.8, and what an image cannot be
 * read without (sequence, kernel, filter and coil names). The verifier searches it for every word of the patient.
 */
const KEPT_SHORT_TEXT = new Set([
  0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00180024, 0x00181160, 0x00181210, 0x00181250, 0x00181251,
])
const BULK = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW'])
/**
 * Bulk data that is kept: palettes and lookup tables (PS3.3 C.7.9, C.11), without which pixels have no colour. An ICC
 * profile (0028,2000) is not: it has text tags, a date and a maker, and sRGB is what a viewer takes in its absence.
 */
const KEPT_BULK = new Set([
  0x00281101, 0x00281102, 0x00281103, 0x00281201, 0x00281202, 0x00281203, 0x00281204, 0x00281221, 0x00281222,
  0x00281223, 0x00281224, 0x00281408, 0x00283006,
])
const NUMBERS = new Set(['AT', 'FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV'])
/** Groups whose numbers say how an image was taken, lies and is shown. Numbers of visits and persons stand elsewhere. */
const IMAGE_GROUPS = new Set([0x0018, 0x0020, 0x0022, 0x0028, 0x0040, 0x0048, 0x0052, 0x0054, 0x0062, 0x0066])
/** Frame of Reference UIDs may be well-known atlases (PS3.6 annex A); no other UID of an instance is. */
const FRAMES_OF_REFERENCE = new Set([0x00200052, 0x30060024, 0x300600c2])

/**
 * The Basic Profile leaves a choice where a type 2 or type 1 attribute must stay: the last code of the row keeps every
 * IOD valid, and an empty or dummy value tells as little as none.
 */
const basicAction = (row: ProfileRow, tag: number, vr: string): ElementAction => {
  const last = row.basic.at(-1)
  if (vr === 'SQ') {
    if (last === 'U*' || last === 'U') return { do: 'enter' }
    if (row.basic.includes('X')) return { do: row.basic.includes('Z') ? 'empty' : 'remove' }
    return { do: last === 'Z' ? 'empty' : 'dummy' }
  }
  // A UID row on something that is no UID is no reason to keep it; a dummy UID that all copies share would be one object.
  if (vr === 'UI' && (last === 'U' || last === 'D'))
    return { do: 'replace-uid', keepWellKnown: FRAMES_OF_REFERENCE.has(tag) }
  if (last === 'D') return { do: 'dummy' }
  return { do: last === 'Z' ? 'empty' : 'remove' }
}

const asFallback = (action: ElementAction): 'remove' | 'empty' | 'dummy' =>
  action.do === 'empty' || action.do === 'dummy' ? action.do : 'remove'

const rowAction = (row: ProfileRow, tag: number, vr: string, policy: DeidentificationPolicy): ElementAction => {
  const basic = basicAction(row, tag, vr)
  if (policy.keepPatientCharacteristics && row.options.p === 'K') {
    return { do: 'keep-characteristic', fallback: asFallback(basic) }
  }
  if (policy.dates === 'shift' && row.options.m === 'C' && TEMPORAL.has(vr)) {
    return { do: 'shift', fallback: asFallback(basic) }
  }
  return basic
}

/** Table E.1-1 names what may identify; what it does not name is kept only in forms that hold no free text. */
const unlistedAction = (tag: number, vr: string, policy: DeidentificationPolicy): ElementAction => {
  if (tag === CONTENT_LABEL) return { do: 'dummy' }
  if (dictionaryVr(tag) === VR_UN || TYPED_TEXT.has(vr)) return { do: 'remove' }
  if (vr === 'SQ') return { do: 'enter' }
  if (vr === 'UI') return { do: 'replace-uid', keepWellKnown: true }
  if (TEMPORAL.has(vr)) return policy.dates === 'shift' ? { do: 'shift', fallback: 'empty' } : { do: 'empty' }
  if (SHORT_TEXT.has(vr)) return { do: KEPT_SHORT_TEXT.has(tag) ? 'keep' : 'remove' }
  if (BULK.has(vr)) return { do: KEPT_BULK.has(tag) ? 'keep' : 'remove' }
  if (NUMBERS.has(vr)) return { do: IMAGE_GROUPS.has(Math.floor(tag / 0x10000)) ? 'keep' : 'remove' }
  return CODED.has(vr) ? { do: 'keep-if-coded', fallback: 'empty' } : { do: 'keep' }
}

const isBelowIdentification = (group: number): boolean => group < 0x0008
/** Curves, and the whole overlay plane: without its data the rest of it says nothing and may be labelled. */
const isGraphics = (group: number): boolean => group >>> 8 === 0x50 || group >>> 8 === 0x60

/** What the policy does with an element of this tag and VR, wherever it stands. */
export const elementAction = (tag: number, vr: string, policy: DeidentificationPolicy): ElementAction => {
  const group = Math.floor(tag / 0x10000)
  // Group lengths are of the original encoding; private elements cannot be judged (control DEID-03).
  if (group % 2 === 1 || tag % 0x10000 === 0 || isBelowIdentification(group) || isGraphics(group))
    return { do: 'remove' }
  const row = profileRow(tag)
  return row === undefined ? unlistedAction(tag, vr, policy) : rowAction(row, tag, vr, policy)
}
