import type { ScannedElement } from './scanned-element.ts'

/** What the verifier knows of the matrix: the numbers of the copy's own data set, by tag. */
const described = new Set([
  0x00280002, 0x00280004, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
  0x00280120,
])

const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const shortAt = (value: Uint8Array, at = 0): number => (value[at] ?? 0) + (value[at + 1] ?? 0) * 256

/** Samples a pixel of the native forms that subsample colour. */
const subsampled: Readonly<Record<string, number>> = { YBR_FULL_422: 2, YBR_PARTIAL_422: 2, YBR_PARTIAL_420: 1.5 }

/**
 * The application segments and comments of a compressed stream that say how it is to be decoded, or by what it was written; anything
 * else (Exif with a name and a place, XMP, a free comment, a thumbnail) says what no header does.
 */
const harmlessSegments: Readonly<Record<number, RegExp>> = {
  0xffe0: /^JFIF\0.{9}$/s,
  0xffe8: /^(SPIFF\0.{0,26}|\0\0\0.\xff\xd8)$/s,
  0xffee: /^Adobe.{7}$/s,
  0xff64: /^\0.(Kakadu-[\w.]{1,12}|Created by (GDCM\/)?OpenJPEG (ver(sion)? ?)?[\w.]{1,12})\0?$/s,
}
const isSegment = (marker: number): boolean =>
  (marker >= 0xffe0 && marker <= 0xffef) || marker === 0xfffe || marker === 0xff64
/** Start of a scan, of a tile: what follows is entropy-coded. */
const isCoded = (marker: number): boolean => marker === 0xffda || marker === 0xff90

/** Whether the head of a JPEG, JPEG-LS or JPEG 2000 stream holds a segment of words. */
const hasWords = (stream: Uint8Array): boolean => {
  const start = (stream[0] ?? 0) * 256 + (stream[1] ?? 0)
  if (start !== 0xffd8 && start !== 0xff4f) return false
  for (let at = 2; at + 4 <= stream.length;) {
    const marker = (stream[at] ?? 0) * 256 + (stream[at + 1] ?? 0)
    const length = (stream[at + 2] ?? 0) * 256 + (stream[at + 3] ?? 0)
    if (isCoded(marker) || marker < 0xff00 || length < 2) return false
    const content = stream.subarray(at + 4, at + 2 + length)
    if (isSegment(marker) && (content.length > 64 || harmlessSegments[marker]?.test(asText(content)) !== true))
      return true
    at += 2 + length
  }
  return false
}

/** Streams of a frame or a piece of one, from the bytes of an encapsulated element. */
function* fragmentsOf(value: Uint8Array): Generator<Uint8Array, void> {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  for (let at = 0; at + 8 <= value.length;) {
    const length = view.getUint32(at + 4, true)
    yield value.subarray(at + 8, at + 8 + length)
    at += 8 + length
  }
}

/** What stands in pixel data and is no pixel: no viewer shows it, and nobody who looks at the images sees it. */
export class PixelResidue {
  private readonly values = new Map<number, Uint8Array>()

  /** Every element, the pixel data last: what describes it stands before it. */
  isIn({ tag, path, value }: ScannedElement, isCompressed: boolean): boolean {
    if (path.length !== 8) return false
    if (described.has(tag)) this.values.set(tag, value)
    if (tag !== 0x7fe00010) return false
    if (isCompressed) return fragmentsOf(value).some(hasWords)
    // Without a matrix there is no last frame, and no viewer that shows one.
    return (this.values.has(0x00280010) && value.length > this.frameBytes() + 1) || this.hasOtherBits(value)
  }

  private number(tag: number): number {
    return shortAt(this.values.get(tag) ?? new Uint8Array(0))
  }

  private text(tag: number): string {
    return asText((this.values.get(tag) ?? new Uint8Array(0)).subarray(0, 64)).trim()
  }

  private frameBytes(): number {
    const samples = subsampled[this.text(0x00280004)] ?? this.number(0x00280002)
    const pixels = this.number(0x00280010) * this.number(0x00280011) * Number(this.text(0x00280008) || '1')
    return Math.ceil((pixels * samples * this.number(0x00280100)) / 8)
  }

  /** Bits of a word that are no part of its sample: overlays stood there once. A sign goes on, and one value means no pixel. */
  private hasOtherBits(value: Uint8Array): boolean {
    const [allocated, stored, high] = [this.number(0x00280100), this.number(0x00280101), this.number(0x00280102)]
    if (stored >= allocated || (allocated !== 8 && allocated !== 16)) return false
    const step = allocated / 8
    const ones = (1 << allocated) - (1 << (high + 1))
    const sign = this.number(0x00280103) === 1 ? 1 << high : 0
    const below = (1 << Math.max(0, high + 1 - stored)) - 1
    const padding = this.values.has(0x00280120) ? this.number(0x00280120) : 0
    for (let at = 0; at + step <= value.length; at += step) {
      const word = step === 1 ? (value[at] ?? 0) : shortAt(value, at)
      const above = word & ones
      if (((above !== 0 && !((word & sign) !== 0 && above === ones)) || (word & below) !== 0) && word !== padding)
        return true
    }
    return false
  }
}
