import type { RangeSource } from './inspect-object.ts'
import type { ByteRange } from './read-plan.ts'
import type { StoredPixels } from './stored-pixels.ts'

export type FrameLocation =
  | { readonly found: 'frame'; readonly ranges: readonly ByteRange[]; readonly bytes: number }
  | { readonly found: 'none'; readonly reason: 'no-such-frame' | 'not-addressable' }

const none = (reason: 'no-such-frame' | 'not-addressable'): FrameLocation => ({ found: 'none', reason })
const frameOf = (ranges: readonly ByteRange[]): FrameLocation => ({
  found: 'frame',
  ranges,
  bytes: ranges.reduce((sum, { from, toExclusive }) => sum + toExclusive - from, 0),
})

/** Chroma-subsampled native pixels hold fewer samples than Samples per Pixel says (PS3.3 C.7.6.3.1.2). */
const samplesOf = ({ samplesPerPixel, photometricInterpretation }: StoredPixels['display']): number => {
  if (samplesPerPixel !== 3) return samplesPerPixel
  if (photometricInterpretation.endsWith('_422')) return 2
  return photometricInterpretation.endsWith('_420') ? 1.5 : 3
}

function nativeFrame({ valueOffset, valueLength, display }: StoredPixels, frame: number): FrameLocation {
  const bits = display.rows * display.columns * samplesOf(display) * display.bitsAllocated
  // PS3.5 8.1.1: frames of single-bit pixels are packed without a gap, so that one may begin within a byte.
  if (bits % 8 !== 0 && display.frames > 1) return none('not-addressable')
  const bytes = Math.ceil(bits / 8)
  const from = valueOffset + (frame - 1) * bytes
  return from + bytes > valueOffset + (valueLength ?? 0)
    ? none('not-addressable')
    : frameOf([{ from, toExclusive: from + bytes }])
}

interface Item {
  readonly valueAt: number
  readonly length: number
}

const ITEM = 0xfffee000
const HEADER_BYTES = 8
/** Reads ahead: fragments of a compressed cine are short, and one read then finds many. */
const WINDOW_BYTES = 64 * 1024
/** Each read is a request to the store: an object without an offset table must not buy thousands of them. */
const READS = 256

/** Item headers of encapsulated pixel data (PS3.5 A.4), read by windows. */
class FragmentReader {
  private window: Uint8Array = new Uint8Array(0)
  private base = 0
  private reads = 0
  private readonly source: RangeSource

  constructor(source: RangeSource) {
    this.source = source
  }

  /** The item that begins at `at`; undefined at the end of the sequence, where the bytes are none, or the reads used up. */
  async itemAt(at: number): Promise<Item | undefined> {
    const view = await this.bytes(at, HEADER_BYTES)
    if (view === undefined) return undefined
    const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true)
    const length = view.getUint32(4, true)
    const fits = at + HEADER_BYTES + length <= this.source.size
    return tag === ITEM && fits ? { valueAt: at + HEADER_BYTES, length } : undefined
  }

  async bytes(from: number, length: number): Promise<DataView | undefined> {
    if (from < this.base || from + length > this.base + this.window.length) {
      if (++this.reads > READS || from + length > this.source.size) return undefined
      this.base = from
      this.window = await this.source.read(from, Math.min(this.source.size, from + Math.max(length, WINDOW_BYTES)))
      if (this.window.length < length) return undefined
    }
    return new DataView(this.window.buffer, this.window.byteOffset + from - this.base, length)
  }
}

/** Fragments of one frame: an encoder that splits a frame of 100 MB into pieces of 4 KiB makes no more. */
const FRAGMENTS = 25_600

/** Fragments from `at` on, up to `end` (exclusive) or the end of the sequence. */
async function* fragmentsFrom(reader: FragmentReader, at: number, end: number): AsyncGenerator<Item> {
  let next = at
  while (next < end) {
    const item = await reader.itemAt(next)
    if (item === undefined) return
    yield item
    next = item.valueAt + item.length
  }
}

async function asFrame(fragments: AsyncIterable<Item>): Promise<FrameLocation> {
  const items: Item[] = []
  for await (const item of fragments) {
    if (items.length === FRAGMENTS) return none('not-addressable')
    items.push(item)
  }
  return rangesOf(items)
}

const rangesOf = (items: readonly Item[]): FrameLocation =>
  items.length === 0
    ? none('not-addressable')
    : frameOf(items.map(({ valueAt, length }) => ({ from: valueAt, toExclusive: valueAt + length })))

async function tableOffset(reader: FragmentReader, table: Item, frame: number): Promise<number | undefined> {
  const entry = (frame - 1) * 4
  if (entry >= table.length) return Number.POSITIVE_INFINITY
  return (await reader.bytes(table.valueAt + entry, 4))?.getUint32(0, true)
}

async function byTable(reader: FragmentReader, table: Item, frame: number): Promise<FrameLocation> {
  const first = table.valueAt + table.length
  const [from, to] = [await tableOffset(reader, table, frame), await tableOffset(reader, table, frame + 1)]
  if (from === undefined || to === undefined || from >= to) return none('not-addressable')
  return asFrame(fragmentsFrom(reader, first + from, first + to))
}

/** Without a table, a single frame is all fragments, and of several each is one (PS3.5 A.4: nothing else is certain). */
async function byCounting(
  reader: FragmentReader,
  first: number,
  frames: number,
  frame: number,
): Promise<FrameLocation> {
  const fragments = fragmentsFrom(reader, first, Number.POSITIVE_INFINITY)
  if (frames === 1) return asFrame(fragments)
  let [count, found]: [number, Item | undefined] = [0, undefined]
  for await (const item of fragments) {
    count += 1
    if (count === frame) found = item
  }
  return found === undefined || count !== frames ? none('not-addressable') : rangesOf([found])
}

/** Where one frame, counted from 1, lies in a stored object. Guesses nothing: a frame that is not certain is not shown. */
export async function locateFrame(source: RangeSource, pixels: StoredPixels, frame: number): Promise<FrameLocation> {
  const { frames } = pixels.display
  if (frame > frames) return none('no-such-frame')
  if (pixels.valueLength !== null) return nativeFrame(pixels, frame)
  const reader = new FragmentReader(source)
  const table = await reader.itemAt(pixels.valueOffset)
  if (table === undefined) return none('not-addressable')
  return table.length > 0 ? byTable(reader, table, frame) : byCounting(reader, table.valueAt, frames, frame)
}
