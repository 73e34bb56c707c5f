import { describe, expect, it } from 'vitest'
import { frameMediaType } from '../../../../../shared/domain/dicom/frame-media-type.ts'
import { locateFrame } from '../../../../../shared/domain/dicom/locate-frame.ts'
import type { StoredPixels } from '../../../../../shared/domain/dicom/stored-pixels.ts'

const display = (changes: Partial<StoredPixels['display']> = {}): StoredPixels['display'] => ({
  rows: 2,
  columns: 2,
  frames: 3,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsAllocated: 16,
  ...changes,
})

const source = (bytes: Uint8Array) => ({
  size: bytes.length,
  read: (from: number, to: number) => Promise.resolve(bytes.subarray(from, to)),
})

const item = (...value: number[]): number[] => [0xfe, 0xff, 0x00, 0xe0, value.length, 0, 0, 0, ...value]
const end = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]
const offsets = (...values: number[]): number[] => item(...values.flatMap((value) => [value, 0, 0, 0]))
const at = 100

/** Encapsulated pixel data that begins at byte 100, as its items say. */
const encapsulated = (...items: number[][]) => source(Uint8Array.from([...Array<number>(at).fill(0), ...items.flat()]))

const bytesOf = async (from: ReturnType<typeof source>, pixels: StoredPixels, frame: number) => {
  const location = await locateFrame(from, pixels, frame)
  if (location.found === 'none') return location.reason
  const pieces = await Promise.all(location.ranges.map((range) => from.read(range.from, range.toExclusive)))
  return pieces.flatMap((piece) => [...piece])
}

describe('where a frame lies', () => {
  it('cuts native pixels into frames of equal length', async () => {
    const pixels = { valueOffset: at, valueLength: 24, display: display() }
    const location = await locateFrame(source(new Uint8Array(124)), pixels, 2)
    expect(location).toEqual({ found: 'frame', ranges: [{ from: 108, toExclusive: 116 }], bytes: 8 })
  })

  it('counts the samples of subsampled colour as they are stored', async () => {
    const colour = { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422', bitsAllocated: 8 }
    const pixels = { valueOffset: at, valueLength: 24, display: display(colour) }
    expect(await locateFrame(source(new Uint8Array(124)), pixels, 3)).toMatchObject({
      ranges: [{ from: 116, toExclusive: 124 }],
    })
  })

  it('shows no frame that begins within a byte, lies past the pixels, or is not there', async () => {
    const single = { valueOffset: at, valueLength: 24, display: display({ bitsAllocated: 1 }) }
    expect(await bytesOf(source(new Uint8Array(124)), single, 1)).toBe('not-addressable')
    const short = { valueOffset: at, valueLength: 16, display: display() }
    expect(await bytesOf(source(new Uint8Array(124)), short, 3)).toBe('not-addressable')
    expect(await bytesOf(source(new Uint8Array(124)), short, 4)).toBe('no-such-frame')
  })

  const packed = (frames: number): StoredPixels => ({
    valueOffset: at,
    valueLength: null,
    display: display({ frames }),
  })

  it('joins the fragments of a frame by the offset table', async () => {
    const object = encapsulated(offsets(0, 20), item(1, 2), item(3, 4), item(5, 6), end)
    expect(await bytesOf(object, packed(2), 1)).toEqual([1, 2, 3, 4])
    expect(await bytesOf(object, packed(2), 2)).toEqual([5, 6])
  })

  it('takes one fragment a frame without a table, and all of them for a single frame', async () => {
    const object = encapsulated(item(), item(1, 2), item(3, 4), end)
    expect(await bytesOf(object, packed(2), 2)).toEqual([3, 4])
    expect(await bytesOf(object, packed(1), 1)).toEqual([1, 2, 3, 4])
  })

  it('guesses nothing when fragments and frames differ and no table parts them', async () => {
    const object = encapsulated(item(), item(1, 2), item(3, 4), item(5, 6), end)
    expect(await bytesOf(object, packed(2), 1)).toBe('not-addressable')
  })

  it('follows no fragment that is longer than the object, and no table that leads nowhere', async () => {
    const long = encapsulated(item(), [0xfe, 0xff, 0x00, 0xe0, 0xf0, 0xff, 0xff, 0xff, 1, 2])
    expect(await bytesOf(long, packed(1), 1)).toBe('not-addressable')
    const astray = encapsulated(offsets(0, 200), item(1, 2), item(3, 4), end)
    expect(await bytesOf(astray, packed(2), 2)).toBe('not-addressable')
    const backwards = encapsulated(offsets(10, 0), item(1, 2), item(3, 4), end)
    expect(await bytesOf(backwards, packed(2), 1)).toBe('not-addressable')
  })
})

describe('the media type of a frame', () => {
  it('names the transfer syntax, compressed or not', () => {
    expect(frameMediaType('1.2.840.10008.1.2.4.90')).toBe('image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90')
    expect(frameMediaType('1.2.840.10008.1.2.4.201')).toBe('image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201')
    expect(frameMediaType('1.2.840.10008.1.2.1')).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1')
    expect(frameMediaType()).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2')
  })
})
