import { ByteWindow } from './byte-window.ts'
import type { ElementListener } from './element-listener.ts'
import { IDENTIFYING_TAGS } from './fact-fields.ts'
import type { DicomLimits } from './limits.ts'
import type { DicomRejection } from './rejection.ts'
import {
  isDelimiterTag,
  isPixelData,
  isSequence,
  mayBeUndefined,
  TAG_ITEM,
  TAG_ITEM_END,
  TAG_PIXEL_DATA,
  TAG_SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './structure-tags.ts'
import type { Encoding } from './transfer-syntax.ts'
import { hasLongForm, isStandardVr, VR_IMPLICIT, VR_UN } from './vr.ts'
import { DONE, reject, type WalkStop } from './walk-stop.ts'

export interface PixelData {
  readonly elementOffset: number
  readonly valueOffset: number
  /** Undefined for encapsulated pixel data. */
  readonly valueLength: number | undefined
}

const DATA_SET = 0
const SEQUENCE = 1
const ITEM = 2
const FRAGMENTS = 3

/**
 * Walks a data set by declared lengths, over whatever window of the object it is given, and holds no value that nobody
 * asked for. It keeps its own stack, so nesting costs it no call depth (control DCM-05), and it stops for more bytes
 * instead of assuming that they follow: an object cut in its pixel data is seen as cut (dicom-parser, stopped at a tag,
 * is not able to say so).
 */
export class DataSetWalk extends ByteWindow {
  position: number
  pixelData: PixelData | undefined
  /** True while the walk follows the fragments of top-level encapsulated pixel data. */
  get inTopLevelFragments(): boolean {
    return this.depth === 1 && this.kinds[1] === FRAGMENTS
  }

  private explicit: boolean
  private depth = 0
  private elements = 0
  private items = 0
  private readonly kinds: number[] = [DATA_SET]
  /** Where the frame ends; -1 if only a delimiter ends it. */
  private readonly ends: number[]
  /** The nearest defined end that the frame must respect, its own or an outer one. */
  private readonly bounds: number[]
  private readonly encodings: Encoding[]
  private readonly size: number
  private readonly limits: DicomLimits
  private readonly listener: ElementListener

  constructor(from: number, size: number, encoding: Encoding, limits: DicomLimits, listener: ElementListener) {
    super()
    this.position = from
    this.size = size
    this.explicit = encoding.explicit
    this.littleEndian = encoding.littleEndian
    this.ends = [size]
    this.bounds = [size]
    this.encodings = [encoding]
    this.limits = limits
    this.listener = listener
  }

  /** Goes on over a window that begins at `base` of the object. */
  resume(window: Uint8Array, base: number): WalkStop {
    this.window = window
    this.base = base
    for (;;) {
      while (this.depth > 0 && this.position === this.ends[this.depth]) this.leave()
      if (this.depth === 0 && this.position === this.size) return DONE
      const kind = this.kinds[this.depth]
      const stop = kind === DATA_SET || kind === ITEM ? this.stepElement() : this.stepItem(kind === FRAGMENTS)
      if (stop !== undefined) return stop
    }
  }

  private stepElement(): WalkStop | undefined {
    const at = this.position - this.base
    const window = this.window
    if (at < 0 || at + 8 > window.length) return this.lacks(8)
    const tag = this.tagAt(at)
    if (isDelimiterTag(tag)) return this.stepDelimiter(tag, at)
    if (++this.elements > this.limits.elements) return reject('too-many-elements')

    let vr = VR_IMPLICIT
    let headerLength = 8
    let length: number
    if (this.explicit) {
      vr = ((window[at + 4] ?? 0) << 8) | (window[at + 5] ?? 0)
      if (hasLongForm(vr)) {
        if (at + 12 > window.length) return this.lacks(12)
        headerLength = 12
        length = this.uint32(at + 8)
      } else length = this.uint16(at + 6)
    } else length = this.uint32(at + 4)

    const valueAt = this.position + headerLength
    if (length === UNDEFINED_LENGTH) return this.enterUndefined(tag, vr, valueAt)
    const end = valueAt + length
    const bound = this.bounds[this.depth] ?? this.size
    if (end > bound) return reject(this.overrun(tag, length, bound))
    if (isSequence(tag, vr, length)) return this.enterSequence(tag, valueAt, end, this.explicit, this.littleEndian)
    return this.keepOrSkip(tag, vr, valueAt, end)
  }

  private keepOrSkip(tag: number, vr: number, valueAt: number, end: number): WalkStop | undefined {
    if (this.depth === 0 && isPixelData(tag)) this.notePixelData(valueAt, end - valueAt)
    else if (this.listener.wants(tag, vr, this.depth, end - valueAt)) {
      if (end - valueAt > this.limits.textBytes) return reject('text-too-long')
      if (end - this.base > this.window.length) return { kind: 'need', from: this.position, toExclusive: end }
      if (this.explicit && !isStandardVr(vr) && IDENTIFYING_TAGS.has(tag)) return reject('invalid-vr')
      const value = this.window.subarray(valueAt - this.base, end - this.base)
      const refused = this.listener.element(tag, vr, this.depth, value, this.littleEndian)
      if (refused !== undefined) return reject(refused)
    }
    this.position = end
    return undefined
  }

  private stepItem(fragments: boolean): WalkStop | undefined {
    const at = this.position - this.base
    if (at < 0 || at + 8 > this.window.length) return this.lacks(8)
    const tag = this.tagAt(at)
    const length = this.uint32(at + 4)
    const valueAt = this.position + 8
    if (tag === TAG_SEQUENCE_END) return this.endSequence(valueAt, length)
    if (tag !== TAG_ITEM) return reject(fragments ? 'malformed-fragments' : 'malformed-sequence')
    if (fragments) return this.skipFragment(valueAt, length)
    if (++this.items > this.limits.items) return reject('too-many-items')
    this.listener.item(this.depth + 1)
    if (length === UNDEFINED_LENGTH) return this.enter(ITEM, valueAt, -1, this.explicit, this.littleEndian)
    const bound = this.bounds[this.depth] ?? this.size
    const end = valueAt + length
    if (end <= bound) return this.enter(ITEM, valueAt, end, this.explicit, this.littleEndian)
    // Media writers leave a last item longer than its sequence. If sequence and object end together, nothing was cut.
    const closesObject = this.depth === 1 && this.ends[1] === this.size && length <= this.size
    return closesObject
      ? this.enter(ITEM, valueAt, this.size, this.explicit, this.littleEndian)
      : reject(this.overrun(tag, length, bound))
  }

  private skipFragment(valueAt: number, length: number): WalkStop | undefined {
    if (length === UNDEFINED_LENGTH) return reject('malformed-fragments')
    const bound = this.bounds[this.depth] ?? this.size
    if (valueAt + length > bound) return reject(bound === this.size ? 'truncated' : 'length-exceeds-container')
    this.position = valueAt + length
    return undefined
  }

  /** A sequence delimiter: needed after an undefined length, tolerated as the last thing of a defined one. */
  private endSequence(after: number, length: number): WalkStop | undefined {
    const end = this.ends[this.depth] ?? -1
    if (length !== 0) return reject('malformed-sequence')
    if (end !== -1 && end !== after) return reject('unexpected-delimiter')
    this.position = after
    this.leave()
    return undefined
  }

  private stepDelimiter(tag: number, at: number): WalkStop | undefined {
    const end = this.ends[this.depth] ?? -1
    const after = this.position + 8
    if (tag !== TAG_ITEM_END || this.kinds[this.depth] !== ITEM) return reject('unexpected-delimiter')
    if (this.uint32(at + 4) !== 0) return reject('malformed-sequence')
    if (end !== -1 && end !== after) return reject('unexpected-delimiter')
    this.position = after
    this.leave()
    return undefined
  }

  /** PS3.5 7.1.3 allows an undefined length for SQ and UN (CP-246: an implicit little-endian sequence) and pixel data. */
  private enterUndefined(tag: number, vr: number, valueAt: number): WalkStop | undefined {
    if (tag === TAG_PIXEL_DATA) {
      if (this.depth === 0) this.notePixelData(valueAt, undefined)
      this.listener.sequence(tag, this.depth + 1)
      return this.enter(FRAGMENTS, valueAt, -1, this.explicit, this.littleEndian)
    }
    if (!mayBeUndefined(tag, vr)) return reject('undefined-length-not-allowed')
    if (vr === VR_UN) return this.enterSequence(tag, valueAt, -1, false, true)
    return this.enterSequence(tag, valueAt, -1, this.explicit, this.littleEndian)
  }

  private enterSequence(
    tag: number,
    at: number,
    end: number,
    explicit: boolean,
    littleEndian: boolean,
  ): WalkStop | undefined {
    this.listener.sequence(tag, this.depth + 1)
    return this.enter(SEQUENCE, at, end, explicit, littleEndian)
  }

  private notePixelData(valueOffset: number, valueLength: number | undefined): void {
    this.pixelData ??= { elementOffset: this.position, valueOffset, valueLength }
  }

  private enter(kind: number, at: number, end: number, explicit: boolean, littleEndian: boolean): WalkStop | undefined {
    if (this.depth >= this.limits.nestingDepth * 2) return reject('nesting-too-deep')
    const outer = this.bounds[this.depth] ?? this.size
    this.depth += 1
    this.kinds[this.depth] = kind
    this.ends[this.depth] = end
    this.bounds[this.depth] = end === -1 ? outer : end
    if (explicit !== this.explicit || littleEndian !== this.littleEndian) {
      this.explicit = explicit
      this.littleEndian = littleEndian
      this.encodings[this.depth] = { explicit, littleEndian }
    } else this.encodings[this.depth] = this.encodings[this.depth - 1] ?? { explicit, littleEndian }
    this.position = at
    return undefined
  }

  private leave(): void {
    this.listener.leave(this.depth)
    this.depth -= 1
    const encoding = this.encodings[this.depth]
    if (encoding === undefined) return
    this.explicit = encoding.explicit
    this.littleEndian = encoding.littleEndian
  }

  private overrun(tag: number, length: number, bound: number): DicomRejection {
    if (bound !== this.size) return 'length-exceeds-container'
    return length > this.size && !isPixelData(tag) ? 'length-exceeds-object' : 'truncated'
  }

  /** The header of the next element is not in the window: beyond the object, beyond its container, or yet to be read. */
  private lacks(bytes: number): WalkStop {
    const bound = this.bounds[this.depth] ?? this.size
    if (this.position + bytes > bound) return reject(bound === this.size ? 'truncated' : 'length-exceeds-container')
    return { kind: 'need', from: this.position, toExclusive: this.position + bytes }
  }
}
