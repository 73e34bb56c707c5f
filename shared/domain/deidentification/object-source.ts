import { DataSetWalk } from '../dicom/data-set-walk.ts'
import type { ElementListener } from '../dicom/element-listener.ts'
import { readFileMeta } from '../dicom/file-meta.ts'
import { inflateWithin, type InflateRaw } from '../dicom/inflate-within.ts'
import { DICOM_LIMITS, type DicomLimits } from '../dicom/limits.ts'
import type { DicomRejection } from '../dicom/rejection.ts'
import { EXPLICIT_LITTLE, TRANSFER_SYNTAX, type Encoding } from '../dicom/transfer-syntax.ts'
import { encapsulated, elementHeader, swapped, type Pieces } from './data-set-writer.ts'

/** The data set of an original, wherever its bytes are: in the object, or inflated from it. */
export interface ObjectSource {
  readonly bytes: Uint8Array
  readonly dataSetOffset: number
  readonly encoding: Encoding
  /** The transfer syntax of the copy, if its pixel data is compressed. */
  readonly compressedSyntax: string | undefined
}

const NATIVE: ReadonlySet<string> = new Set([
  TRANSFER_SYNTAX.implicitLittle,
  TRANSFER_SYNTAX.explicitLittle,
  TRANSFER_SYNTAX.explicitBig,
  TRANSFER_SYNTAX.deflated,
])

/** The source of an object of which all bytes are there, or why it has none. */
export const openObject = (
  object: Uint8Array,
  maxBytes: number,
  inflateRaw: InflateRaw | undefined,
): ObjectSource | DicomRejection => {
  const reading = readFileMeta(object, object.length, DICOM_LIMITS.metaGroupBytes)
  if (reading.kind === 'reject') return reading.reason
  if (reading.kind === 'need') return 'truncated'
  const { dataSetOffset, transferSyntaxUid: syntax, rule } = reading.meta
  if (syntax !== undefined && !NATIVE.has(syntax) && rule.pixels !== 'encapsulated')
    return 'unsupported-transfer-syntax'
  const compressedSyntax = rule.pixels === 'encapsulated' ? syntax : undefined
  if (!rule.deflated) return { bytes: object, dataSetOffset, encoding: rule.encoding, compressedSyntax }
  if (inflateRaw === undefined) return 'unsupported-transfer-syntax'
  const limits = { ...DICOM_LIMITS, inflatedBytes: Math.min(maxBytes, DICOM_LIMITS.inflatedBytes) }
  const inflated = inflateWithin(object.subarray(dataSetOffset), limits, inflateRaw)
  if (typeof inflated === 'string') return inflated
  return { bytes: inflated, dataSetOffset: 0, encoding: EXPLICIT_LITTLE, compressedSyntax }
}

/** Pixel data as the original has it. */
export interface PixelSpan {
  readonly elementOffset: number
  readonly from: number
  readonly toExclusive: number
  readonly fragments: boolean
}

/** Where the fragments of top-level pixel data end is known only while the walk leaves them. */
const watchingFragments = (listener: ElementListener, left: () => void): ElementListener => ({
  wants: (...heard) => listener.wants(...heard),
  element: (...heard) => listener.element(...heard),
  sequence: (...heard) => listener.sequence(...heard),
  item: (level) => listener.item(level),
  leave: (level) => {
    left()
    listener.leave(level)
  },
})

/** Walks the whole data set. Since all bytes are there, wanting more of them means that the object was cut. */
export const walkObject = (
  { bytes, dataSetOffset, encoding }: ObjectSource,
  listener: ElementListener,
  most: Pick<DicomLimits, 'elements' | 'items'>,
): { readonly pixels: PixelSpan | undefined } | DicomRejection => {
  let endOfFragments: number | undefined
  const watching = watchingFragments(listener, () => {
    if (walk.inTopLevelFragments) endOfFragments ??= walk.position
  })
  const limits = { ...DICOM_LIMITS, textBytes: bytes.length, ...most }
  const walk: DataSetWalk = new DataSetWalk(dataSetOffset, bytes.length, encoding, limits, watching)
  const stop = walk.resume(bytes, 0)
  if (stop.kind !== 'done') return stop.kind === 'reject' ? stop.reason : 'truncated'
  if (walk.pixelData === undefined) return { pixels: undefined }
  const { elementOffset, valueOffset: from, valueLength } = walk.pixelData
  const toExclusive = valueLength === undefined ? (endOfFragments ?? from) : from + valueLength
  return { pixels: { elementOffset, from, toExclusive, fragments: valueLength === undefined } }
}

/**
 * Pixel data as it goes into the copy; its place is last, since nothing that may follow it is copied, nor what stands in it behind
 * the last frame.
 */
export const pixelPieces = ({ bytes, encoding }: ObjectSource, span: PixelSpan, ofFrames?: bigint): Pieces => {
  const { explicit, littleEndian } = encoding
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = span.elementOffset
  const tag = view.getUint16(at, littleEndian) * 0x10000 + view.getUint16(at + 2, littleEndian)
  const whole = bytes.subarray(span.from, span.toExclusive)
  if (span.fragments) return encapsulated(tag, whole)
  const value = ofFrames === undefined ? whole : whole.subarray(0, Number(ofFrames + (ofFrames % 2n)))
  const written = explicit ? String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5)) : ''
  const vr = ['OB', 'OW', 'OF', 'OD'].includes(written) ? written : 'OW'
  return [elementHeader(tag, vr, value.length), littleEndian ? value : swapped(vr, value)]
}
