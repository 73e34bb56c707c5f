/**
 * A second reader of DICOM, for the verifier alone. It shares no code with the walker that the de-identifier stands on:
 * a mistake in one would otherwise hide the same thing from both. It is small because it may be slow and may refuse.
 */
export interface ScannedElement {
  readonly tag: number
  /** Two letters, or `??` where the encoding names none. */
  readonly vr: string
  /** `00081140[0].00081155`: where the element stands. */
  readonly path: string
  readonly value: Uint8Array
  /** Number of items, for a sequence. Its elements follow as elements of their own. */
  readonly items: number | undefined
}

export interface ScanFormat {
  readonly explicit: boolean
  readonly littleEndian: boolean
}

/** What is not DICOM as this reader knows it. */
export class UnreadableObject extends Error {}

const LONG = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ')
const SHORT = 'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ')
const MAX_DEPTH = 40
const ENDLESS = 0xffffffff

const hex = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase()

interface Cursor {
  readonly view: DataView
  at: number
}

interface Header {
  readonly tag: number
  readonly vr: string
  readonly length: number
}

const need = (cursor: Cursor, bytes: number, end: number): void => {
  if (cursor.at + bytes > end) throw new UnreadableObject('cut')
}

const readTag = ({ view }: Cursor, at: number, littleEndian: boolean): number =>
  view.getUint16(at, littleEndian) * 65_536 + view.getUint16(at + 2, littleEndian)

const readHeader = (cursor: Cursor, end: number, { explicit, littleEndian }: ScanFormat): Header => {
  need(cursor, 8, end)
  const { view, at } = cursor
  const tag = readTag(cursor, at, littleEndian)
  const isItem = Math.floor(tag / 65_536) === 0xfffe
  const vr = explicit && !isItem ? String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5)) : '??'
  if (!explicit || isItem) {
    cursor.at += 8
    return { tag, vr, length: view.getUint32(at + 4, littleEndian) }
  }
  if (SHORT.includes(vr)) {
    cursor.at += 8
    return { tag, vr, length: view.getUint16(at + 6, littleEndian) }
  }
  if (!LONG.includes(vr)) throw new UnreadableObject('no VR')
  need(cursor, 12, end)
  cursor.at += 12
  return { tag, vr, length: view.getUint32(at + 8, littleEndian) }
}

const startsWithItem = (cursor: Cursor, length: number, littleEndian: boolean): boolean =>
  length >= 8 && readTag(cursor, cursor.at, littleEndian) === 0xfffee000

/** Reads all elements between the cursor and `end`, those of items among them. */
function* readDataSet(
  cursor: Cursor,
  end: number,
  format: ScanFormat,
  path: string,
  depth: number,
): Generator<ScannedElement, void> {
  if (depth > MAX_DEPTH) throw new UnreadableObject('too deep')
  while (cursor.at < end) {
    const { tag, vr, length } = readHeader(cursor, end, format)
    if (tag === 0xfffee00d && path !== '') return
    const where = `${path}${hex(tag)}`
    const remaining = end - cursor.at
    if (length !== ENDLESS && length > remaining) throw new UnreadableObject('too long')
    const isPixels = tag === 0x7fe00010
    if (length === ENDLESS && isPixels) {
      yield { tag, vr, path: where, value: readFragments(cursor, end, format.littleEndian), items: undefined }
      continue
    }
    const inner = vr === 'UN' ? { explicit: false, littleEndian: true } : format
    const mayNest = vr === 'SQ' || length === ENDLESS || ((vr === '??' || vr === 'UN') && !isPixels)
    if (mayNest && (vr === 'SQ' || length === ENDLESS || startsWithItem(cursor, length, inner.littleEndian))) {
      yield* readItems(
        cursor,
        length === ENDLESS ? end : cursor.at + length,
        length === ENDLESS,
        inner,
        { tag, vr, where },
        depth,
      )
      continue
    }
    const start = cursor.view.byteOffset + cursor.at
    cursor.at += length
    yield { tag, vr, path: where, value: new Uint8Array(cursor.view.buffer, start, length), items: undefined }
  }
}

function* readItems(
  cursor: Cursor,
  end: number,
  endless: boolean,
  format: ScanFormat,
  { tag, vr, where }: { readonly tag: number; readonly vr: string; readonly where: string },
  depth: number,
): Generator<ScannedElement, void> {
  // Known only at its end; but it stands before what is in it, and nothing of that is held.
  const sequence = { tag, vr: vr === '??' || vr === 'UN' ? 'SQ' : vr, path: where, value: new Uint8Array(0), items: 0 }
  yield sequence
  while (cursor.at < end) {
    const item = readHeader(cursor, end, format)
    if (item.tag === 0xfffee0dd && endless) break
    if (item.tag !== 0xfffee000) throw new UnreadableObject('no item')
    const isEndless = item.length === ENDLESS
    if (!isEndless && item.length > end - cursor.at) throw new UnreadableObject('too long')
    const itemEnd = isEndless ? end : cursor.at + item.length
    yield* readDataSet(cursor, itemEnd, format, `${where}[${sequence.items}].`, depth + 1)
    sequence.items += 1
  }
}

const readFragments = (cursor: Cursor, end: number, littleEndian: boolean): Uint8Array => {
  const start = cursor.at
  for (;;) {
    const { tag, length } = readHeader(cursor, end, { explicit: false, littleEndian })
    if (tag === 0xfffee0dd) return new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + start, cursor.at - start)
    if (tag !== 0xfffee000 || length > end - cursor.at) throw new UnreadableObject('no fragment')
    cursor.at += length
  }
}

/**
 * The elements of a data set one by one, in the order of the file; how many items a sequence has is known once its last
 * has been read. Throws `UnreadableObject`.
 */
export const elementsIn = (bytes: Uint8Array, from: number, format: ScanFormat): Iterable<ScannedElement> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return readDataSet({ view, at: from }, bytes.length, format, '', 0)
}

/** All of them. */
export const scanDataSet = (bytes: Uint8Array, from: number, format: ScanFormat): readonly ScannedElement[] => [
  ...elementsIn(bytes, from, format),
]

/** The file meta group of a file with a preamble, and where the data set begins. */
export const scanFileMeta = (
  bytes: Uint8Array,
): { readonly meta: readonly ScannedElement[]; readonly dataSetAt: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const hasPreamble = bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM'
  const cursor: Cursor = { view, at: hasPreamble ? 132 : 0 }
  const meta: ScannedElement[] = []
  while (cursor.at + 8 <= bytes.length && view.getUint16(cursor.at, true) === 2) {
    const explicit = LONG.includes(vrAt(view, cursor.at)) || SHORT.includes(vrAt(view, cursor.at))
    const { tag, vr, length } = readHeader(cursor, bytes.length, { explicit, littleEndian: true })
    if (length > bytes.length - cursor.at) throw new UnreadableObject('too long')
    const value = bytes.subarray(cursor.at, cursor.at + length)
    meta.push({ tag, vr, path: hex(tag), value, items: undefined })
    cursor.at += length
  }
  return { meta, dataSetAt: cursor.at }
}

const vrAt = (view: DataView, at: number): string => String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5))
