import { STANDARD_VRS } from './standard-vrs.ts'

/** A VR as the big-endian 16-bit code of its two letters, so that the walker compares numbers and builds no strings. */
export const vrCode = (letters: string): number => (letters.charCodeAt(0) << 8) | letters.charCodeAt(1)

export const VR_SQ = vrCode('SQ')
export const VR_UN = vrCode('UN')
export const VR_US = vrCode('US')
const VR_LO = vrCode('LO')
const VR_UL = vrCode('UL')
/** The dictionary's "US or SS": which of them, Pixel Representation (0028,0103) says. */
export const VR_XS = vrCode('XS')
export const VR_SS = vrCode('SS')
export const VR_IMPLICIT = 0

export const vrLetters = (code: number): string => String.fromCharCode(code >> 8, code & 0xff)

const LONG_FORM = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']
const SHORT_FORM = 'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ')

/** VRs whose values are bulk: never in metadata (PS3.18, 10.4.1.1.2 and the project's /metadata contract). */
export const BULK_VRS: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])

const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a

const NONSTANDARD = 2
const formOf = new Uint8Array(0x10000)
for (let code = 0; code < formOf.length; code += 1) {
  // PS3.5 7.1.2 promises 4-byte lengths for every VR to come; what is no VR at all is read as DCMTK reads it (2 bytes).
  formOf[code] = NONSTANDARD | (isUpper(code >> 8) && isUpper(code & 0xff) ? 1 : 0)
}
for (const vr of LONG_FORM) formOf[vrCode(vr)] = 1
for (const vr of SHORT_FORM) formOf[vrCode(vr)] = 0

/** True if the explicit-VR header has the 4-byte length field (PS3.5 7.1.2). */
export const hasLongForm = (code: number): boolean => ((formOf[code] ?? 0) & 1) === 1

/** True if the two bytes are a VR of PS3.5 6.2. */
export const isStandardVr = (code: number): boolean => (formOf[code] ?? NONSTANDARD) < NONSTANDARD

let dictionary: Map<number, number> | undefined

const readDictionary = (): Map<number, number> => {
  const vrs = new Map<number, number>()
  for (const [vr, groups] of Object.entries(STANDARD_VRS)) {
    for (const group of groups.split(' ')) {
      const [high = '', elements = ''] = group.split(':')
      let tag = parseInt(high, 16) * 0x10000
      for (const distance of elements.split(',')) {
        tag += parseInt(distance, 16)
        vrs.set(tag, vrCode(vr))
      }
    }
  }
  return vrs
}

/** The dictionary's VR of a tag; `UN` for private and unknown elements. */
export const dictionaryVr = (tag: number): number => {
  dictionary ??= readDictionary()
  const element = tag % 0x10000
  if (element === 0) return VR_UL
  const group = (tag - element) / 0x10000
  if (group % 2 === 1) return group > 8 && element >= 0x10 && element <= 0xff ? VR_LO : VR_UN
  return dictionary.get((group & 0xff00) === 0x6000 ? 0x60000000 + element : tag) ?? VR_UN
}
