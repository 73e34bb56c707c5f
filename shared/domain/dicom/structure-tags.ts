import { dictionaryVr, VR_IMPLICIT, VR_SQ, VR_UN } from './vr.ts'

export const TAG_PIXEL_DATA = 0x7fe00010
const TAG_FLOAT_PIXEL_DATA = 0x7fe00008
const TAG_DOUBLE_PIXEL_DATA = 0x7fe00009
const FIRST_DELIMITER_TAG = 0xfffe0000
const LAST_DELIMITER_TAG = 0xfffeffff
export const TAG_ITEM = 0xfffee000
export const TAG_ITEM_END = 0xfffee00d
export const TAG_SEQUENCE_END = 0xfffee0dd
export const UNDEFINED_LENGTH = 0xffffffff

/** Item and delimiter tags (PS3.5 7.5): they have no VR in any encoding. */
export const isDelimiterTag = (tag: number): boolean => tag >= FIRST_DELIMITER_TAG && tag <= LAST_DELIMITER_TAG

export const isPixelData = (tag: number): boolean =>
  tag === TAG_PIXEL_DATA || tag === TAG_FLOAT_PIXEL_DATA || tag === TAG_DOUBLE_PIXEL_DATA

export const isSequence = (tag: number, vr: number, length: number): boolean =>
  vr === VR_IMPLICIT ? length !== 0 && dictionaryVr(tag) === VR_SQ : vr === VR_SQ

/** An implicit element without an entry in the dictionary, a private one for instance, is a sequence if it says so. */
export const mayBeUndefined = (tag: number, vr: number): boolean => {
  if (vr !== VR_IMPLICIT) return vr === VR_SQ || vr === VR_UN
  const isPrivate = Math.floor(tag / 0x10000) % 2 === 1
  const known = dictionaryVr(tag)
  return isPrivate || known === VR_SQ || known === VR_UN
}
