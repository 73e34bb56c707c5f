import { decodeAscii } from './coded-set.ts'
import { isDicomUid } from './dicom-uid.ts'
import type { DicomUid } from './dicom-uid.ts'
import { isArchive, judgePreamble } from './preamble.ts'
import type { DicomRejection } from './rejection.ts'
import { transferSyntaxRule } from './transfer-syntax.ts'
import type { Encoding, TransferSyntaxRule } from './transfer-syntax.ts'
import { hasLongForm, isStandardVr } from './vr.ts'

/** What stands before the data set, and how the data set is to be read. */
export interface FileMeta {
  readonly dataSetOffset: number
  readonly transferSyntaxUid: DicomUid | undefined
  readonly mediaStorageSopClassUid: DicomUid | undefined
  readonly rule: TransferSyntaxRule
  /** False for a bare data set (no preamble, no `DICM`, no group 0002): only its content can show that it is DICOM. */
  readonly marked: boolean
}

export type FileMetaReading =
  | { readonly kind: 'meta'; readonly meta: FileMeta }
  | { readonly kind: 'need'; readonly toExclusive: number }
  | { readonly kind: 'reject'; readonly reason: DicomRejection }

const PREAMBLE_BYTES = 128
const MARKED_BYTES = 132
/** The longest header that a meta element or the first element of a data set has. */
const HEADER_BYTES = 12
const GROUP_META = 0x0002
const TAG_GROUP_LENGTH = 0x00020000
const TAG_SOP_CLASS = 0x00020002
const TAG_TRANSFER_SYNTAX = 0x00020010

const reject = (reason: DicomRejection): FileMetaReading => ({ kind: 'reject', reason })

const isMarked = (bytes: Uint8Array): boolean =>
  bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d

/**
 * How a data set without a known transfer syntax is written, by its first element: a VR shows that it is explicit, and
 * the group number, small in every real first element, shows the byte order.
 */
export const detectEncoding = (bytes: Uint8Array, at: number): Encoding => {
  const vr = ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0)
  const littleGroup = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 0x100
  const bigGroup = (bytes[at] ?? 0) * 0x100 + (bytes[at + 1] ?? 0)
  return { explicit: isStandardVr(vr), littleEndian: !(littleGroup > 0xff && bigGroup <= 0xff) }
}

/** Reads preamble and file meta group (PS3.10 7.1) from a window that begins at byte 0 of an object of `size` bytes. */
export const readFileMeta = (bytes: Uint8Array, size: number, maximumBytes: number): FileMetaReading => {
  if (size < 8) return reject('not-dicom')
  const marked = size >= MARKED_BYTES && isMarked(bytes)
  if (marked) {
    const refused = judgePreamble(bytes.subarray(0, PREAMBLE_BYTES))
    if (refused !== undefined) return reject(refused)
  } else if (isArchive(bytes)) return reject('archive-wrapper')
  return readMetaGroup(bytes, size, maximumBytes, marked)
}

const readMetaGroup = (bytes: Uint8Array, size: number, maximumBytes: number, marked: boolean): FileMetaReading => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = marked ? MARKED_BYTES : 0
  let at = start
  const uids = new Map<number, DicomUid>()
  let groupEnd: number | undefined
  while (at < size) {
    if (at + HEADER_BYTES > bytes.length && bytes.length < size)
      return { kind: 'need', toExclusive: Math.min(size, at + HEADER_BYTES) }
    if (at + 2 > size || view.getUint16(at, true) !== GROUP_META) break
    if (at + 8 > size) return reject('truncated')
    const tag = GROUP_META * 0x10000 + view.getUint16(at + 2, true)
    const header = metaHeader(view, at)
    if (header === undefined) return reject('truncated')
    const end = header.valueAt + header.length
    if (end > size) return reject(header.length > size ? 'length-exceeds-object' : 'truncated')
    if (end > maximumBytes) return reject('header-too-large')
    if (end > bytes.length) return { kind: 'need', toExclusive: Math.min(size, end + HEADER_BYTES) }
    if (tag === TAG_GROUP_LENGTH && header.length === 4) groupEnd ??= end + view.getUint32(header.valueAt, true)
    if (tag === TAG_TRANSFER_SYNTAX || tag === TAG_SOP_CLASS) {
      const uid = uidText(bytes.subarray(header.valueAt, end))
      if (uid !== '') {
        if (!isDicomUid(uid)) return reject('bad-uid')
        if ((uids.get(tag) ?? uid) !== uid) return reject('conflicting-duplicate')
        uids.set(tag, uid)
      }
    }
    at = end
  }
  // Readers that trust a false group length start the data set elsewhere than those that do not (control DCM-06).
  if (groupEnd !== undefined && groupEnd !== at) return reject('false-group-length')
  return describe(bytes, at, size, uids, marked || at > start)
}

const describe = (
  bytes: Uint8Array,
  at: number,
  size: number,
  uids: ReadonlyMap<number, DicomUid>,
  marked: boolean,
): FileMetaReading => {
  if (at >= size) return reject(marked ? 'empty-data-set' : 'not-dicom')
  const transferSyntaxUid = uids.get(TAG_TRANSFER_SYNTAX)
  const known = transferSyntaxUid === undefined ? undefined : transferSyntaxRule(transferSyntaxUid)
  const rule = known ?? { encoding: detectEncoding(bytes, at), pixels: 'either', deflated: false }
  const mediaStorageSopClassUid = uids.get(TAG_SOP_CLASS)
  return { kind: 'meta', meta: { dataSetOffset: at, transferSyntaxUid, mediaStorageSopClassUid, rule, marked } }
}

/** Group 0002 is explicit little endian (PS3.10 7.1); some writers use the implicit form for it too. */
const metaHeader = (view: DataView, at: number): { valueAt: number; length: number } | undefined => {
  const vr = view.getUint16(at + 4, false)
  if (!isStandardVr(vr)) return { valueAt: at + 8, length: view.getUint32(at + 4, true) }
  if (!hasLongForm(vr)) return { valueAt: at + 8, length: view.getUint16(at + 6, true) }
  return at + 12 > view.byteLength ? undefined : { valueAt: at + 12, length: view.getUint32(at + 8, true) }
}

/** UI values are padded with NUL (PS3.5 6.2), in practice with spaces too. */
export const uidText = (value: Uint8Array): string => {
  let end = value.length
  while (end > 0 && (value[end - 1] === 0 || value[end - 1] === 0x20)) end -= 1
  return decodeAscii(value.subarray(0, Math.min(end, 256)))
}
