const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])
const UNDEFINED_LENGTH = 0xffffffff

/** Pieces of a file in the order of writing; joined once, so that pixel data is copied once. */
export type Pieces = readonly Uint8Array[]

export const lengthOf = (pieces: Pieces): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

export const join = (pieces: Pieces): Uint8Array => {
  const whole = new Uint8Array(lengthOf(pieces))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** The header of an element in explicit VR little endian (PS3.5 7.1.2). */
export const elementHeader = (tag: number, vr: string, length: number): Uint8Array => {
  const [group, number] = [tag >>> 16, tag & 0xffff]
  const start = [group, group >>> 8, number, number >>> 8, vr.charCodeAt(0), vr.charCodeAt(1)]
  // No view of a buffer: headers are many and tiny, and a buffer of each costs ten times its bytes.
  return LONG_FORM.has(vr)
    ? Uint8Array.of(...start, 0, 0, length, length >>> 8, length >>> 16, length >>> 24)
    : Uint8Array.of(...start, length, length >>> 8)
}

export const maxShortFormBytes = 0xffff

/** Whether a value can be written with this VR at all. */
export const fitsVr = (vr: string, length: number): boolean => LONG_FORM.has(vr) || length <= maxShortFormBytes

export const element = (tag: number, vr: string, value: Uint8Array): Pieces =>
  value.length % 2 === 0
    ? [elementHeader(tag, vr, value.length), value]
    : [elementHeader(tag, vr, value.length + 1), value, new Uint8Array(1)]

/** A data set as it is written: by tag (PS3.5 7.1). */
export const inOrder = (dataSet: ReadonlyMap<number, Pieces>): Pieces =>
  [...dataSet].sort(([a], [b]) => a - b).flatMap(([, pieces]) => pieces)

const itemHeader = (length: number): Uint8Array =>
  Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, length, length >>> 8, length >>> 16, length >>> 24)

/** A sequence with defined lengths: a reader needs no delimiters, and a cut file is seen as cut. */
export const sequence = (tag: number, items: readonly Pieces[]): Pieces => {
  const body = items.flatMap((item) => [itemHeader(lengthOf(item)), ...item])
  return [elementHeader(tag, 'SQ', lengthOf(body)), ...body]
}

/** Encapsulated pixel data: its fragments and delimiter as they stand (PS3.5 A.4). */
export const encapsulated = (tag: number, fragments: Uint8Array): Pieces => [
  elementHeader(tag, 'OB', UNDEFINED_LENGTH),
  fragments,
]

const UNIT: Readonly<Record<string, number>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
}

/** A big-endian value in little endian. */
export const swapped = (vr: string, value: Uint8Array): Uint8Array => {
  const unit = UNIT[vr] ?? 1
  if (unit === 1 || value.length % unit !== 0) return value
  const out = new Uint8Array(value.length)
  for (let at = 0; at < value.length; at += unit) {
    for (let i = 0; i < unit; i += 1) out[at + i] = value[at + unit - 1 - i] ?? 0
  }
  return out
}
