import { element, join, type Pieces } from './data-set-writer.ts'
import { asciiBytes } from './element-value.ts'

/** This software's class UID in the objects it writes (PS3.10 7.1). */
const IMPLEMENTATION_CLASS_UID = '2.25.255083461925047213768205416729801350772'
const PREAMBLE_BYTES = 128

export const asciiElement = (tag: number, vr: string, value: string): Pieces =>
  element(tag, vr, asciiBytes(value, vr === 'UI' ? 0 : 0x20))

export interface FileHead {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly implementationVersion: string
}

/** Preamble, `DICM` and file meta group of an object that Overread writes. */
export const fileHead = (head: FileHead): Pieces => {
  const group = join([
    ...element(0x00020001, 'OB', new Uint8Array([0, 1])),
    ...asciiElement(0x00020002, 'UI', head.sopClassUid),
    ...asciiElement(0x00020003, 'UI', head.sopInstanceUid),
    ...asciiElement(0x00020010, 'UI', head.transferSyntaxUid),
    ...asciiElement(0x00020012, 'UI', IMPLEMENTATION_CLASS_UID),
    ...asciiElement(0x00020013, 'SH', head.implementationVersion),
  ])
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, group.length, true)
  // A zero preamble: PS3.10 7.1 leaves it to anybody, and an original's may hold a name.
  return [new Uint8Array(PREAMBLE_BYTES), asciiBytes('DICM', 0), ...element(0x00020000, 'UL', length), group]
}
