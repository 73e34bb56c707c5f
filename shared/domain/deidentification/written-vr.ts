import { dictionaryVr, isStandardVr, VR_IMPLICIT, VR_XS, vrLetters } from '../dicom/vr.ts'

/** The VR an element is written with: its own, or the dictionary's where the encoding names none or none that exists. */
export const writtenVr = (tag: number, vr: number): string => {
  const known = vr === VR_IMPLICIT || !isStandardVr(vr) ? dictionaryVr(tag) : vr
  return known === VR_XS ? 'US' : vrLetters(known)
}
