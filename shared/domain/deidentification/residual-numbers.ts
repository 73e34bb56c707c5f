import type { ScannedElement } from './scanned-element.ts'

type ReadNumber = (view: DataView, at: number) => number

/** Bytes of one number and how to read it, by VR, in a copy, which is little endian. */
const numeric: ReadonlyMap<string, readonly [bytes: number, read: ReadNumber]> = new Map<
  string,
  readonly [number, ReadNumber]
>([
  ['AT', [4, (view, at) => view.getUint32(at, true)]],
  ['FD', [8, (view, at) => view.getFloat64(at, true)]],
  ['FL', [4, (view, at) => view.getFloat32(at, true)]],
  ['SL', [4, (view, at) => view.getInt32(at, true)]],
  ['SS', [2, (view, at) => view.getInt16(at, true)]],
  ['SV', [8, (view, at) => Number(view.getBigInt64(at, true))]],
  ['UL', [4, (view, at) => view.getUint32(at, true)]],
  ['US', [2, (view, at) => view.getUint16(at, true)]],
  ['UV', [8, (view, at) => Number(view.getBigUint64(at, true))]],
])

export const isNumeric = ({ vr }: ScannedElement): boolean => numeric.has(vr)

export const numbersIn = ({ vr, value }: ScannedElement): readonly number[] => {
  const [bytes, read] = numeric.get(vr) ?? []
  if (bytes === undefined || read === undefined) return []
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  return Array.from({ length: Math.floor(value.length / bytes) }, (_, i) => read(view, i * bytes))
}

const dayForm = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/

/** Whether a number reads as a day, YYYYMMDD: no measure of an image is one, and whose day it is nobody can tell. */
export const datesItself = (number: number): boolean => dayForm.test(String(number))
