/** How a data set is written: PS3.5 section 7 and annex A. */
export interface Encoding {
  readonly explicit: boolean
  readonly littleEndian: boolean
}

export const EXPLICIT_LITTLE: Encoding = { explicit: true, littleEndian: true }
export const IMPLICIT_LITTLE: Encoding = { explicit: false, littleEndian: true }
export const EXPLICIT_BIG: Encoding = { explicit: true, littleEndian: false }

export const TRANSFER_SYNTAX = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  encapsulatedUncompressed: '1.2.840.10008.1.2.1.98',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessFirstOrder: '1.2.840.10008.1.2.4.70',
  jpegLsLossless: '1.2.840.10008.1.2.4.80',
  jpegLsNearLossless: '1.2.840.10008.1.2.4.81',
  jpeg2000Lossless: '1.2.840.10008.1.2.4.90',
  jpeg2000: '1.2.840.10008.1.2.4.91',
  jpipReferenced: '1.2.840.10008.1.2.4.94',
  jpipReferencedDeflated: '1.2.840.10008.1.2.4.95',
  htj2kLossless: '1.2.840.10008.1.2.4.201',
  htj2kLosslessRpcl: '1.2.840.10008.1.2.4.202',
  htj2k: '1.2.840.10008.1.2.4.203',
  jpipHtj2kReferenced: '1.2.840.10008.1.2.4.204',
  jpipHtj2kReferencedDeflated: '1.2.840.10008.1.2.4.205',
  rleLossless: '1.2.840.10008.1.2.5',
  deflatedImageFrame: '1.2.840.10008.1.2.8.1',
  /** GE private: an implicit little-endian data set whose pixel data alone is big endian. */
  geImplicitBigPixels: '1.2.840.113619.5.2',
} as const

export type PixelForm = 'native' | 'encapsulated' | 'either'

export interface TransferSyntaxRule {
  readonly encoding: Encoding
  readonly pixels: PixelForm
  readonly deflated: boolean
}

const native = (encoding: Encoding, deflated = false): TransferSyntaxRule => ({ encoding, pixels: 'native', deflated })

const RULES: ReadonlyMap<string, TransferSyntaxRule> = new Map([
  [TRANSFER_SYNTAX.implicitLittle, native(IMPLICIT_LITTLE)],
  [TRANSFER_SYNTAX.geImplicitBigPixels, native(IMPLICIT_LITTLE)],
  [TRANSFER_SYNTAX.explicitLittle, native(EXPLICIT_LITTLE)],
  [TRANSFER_SYNTAX.explicitBig, native(EXPLICIT_BIG)],
  [TRANSFER_SYNTAX.deflated, native(EXPLICIT_LITTLE, true)],
  [TRANSFER_SYNTAX.jpipReferenced, native(EXPLICIT_LITTLE)],
  [TRANSFER_SYNTAX.jpipReferencedDeflated, native(EXPLICIT_LITTLE, true)],
  [TRANSFER_SYNTAX.jpipHtj2kReferenced, native(EXPLICIT_LITTLE)],
  [TRANSFER_SYNTAX.jpipHtj2kReferencedDeflated, native(EXPLICIT_LITTLE, true)],
])

const ENCAPSULATED: TransferSyntaxRule = { encoding: EXPLICIT_LITTLE, pixels: 'encapsulated', deflated: false }
const ENCAPSULATED_PREFIXES = [
  '1.2.840.10008.1.2.4.',
  TRANSFER_SYNTAX.rleLossless,
  TRANSFER_SYNTAX.encapsulatedUncompressed,
]

/**
 * The rule of a transfer syntax, or undefined for a private one, whose encoding must then be found from the first
 * element. Every compressed syntax of the standard is explicit little endian (PS3.5 A.4), those of later editions too.
 */
export const transferSyntaxRule = (uid: string): TransferSyntaxRule | undefined => {
  const rule = RULES.get(uid)
  if (rule !== undefined) return rule
  if (uid === TRANSFER_SYNTAX.deflatedImageFrame) return ENCAPSULATED
  return ENCAPSULATED_PREFIXES.some((prefix) => uid.startsWith(prefix)) ? ENCAPSULATED : undefined
}
