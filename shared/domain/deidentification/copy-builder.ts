import type { ElementListener } from '../dicom/element-listener.ts'
import type { DicomRejection } from '../dicom/rejection.ts'
import { factTags } from './copy-facts.ts'
import { element, fitsVr, inOrder, join, type Pieces, sequence, swapped } from './data-set-writer.ts'
import { elementAction } from './element-action.ts'
import { copiedValue, type CopyContext } from './element-value.ts'
import { writtenVr } from './written-vr.ts'

/** Pixel data, and whatever stands after it (trailing padding, signatures): not copied as elements. */
const PIXEL_GROUP = 0x7fe00000

/** A data set (or item) that is being written, element by tag: of two elements of one tag the first counts. */
type OpenDataSet = Map<number, Pieces>

/** A data set in ascending order of tags (PS3.5 7.1), whatever the order of the original. */
interface OpenSequence {
  readonly tag: number
  readonly items: Pieces[]
}

/** Collects the facts of a data set; nothing is copied before they are known, since replacements hang on the patient. */
export class FactListener implements ElementListener {
  readonly values = new Map<number, Uint8Array>()
  wants(tag: number, _vr: number, level: number): boolean {
    return level === 0 && factTags.has(tag)
  }

  element(tag: number, _vr: number, _level: number, value: Uint8Array): undefined {
    if (!this.values.has(tag)) this.values.set(tag, value)
  }

  sequence(): void {
    // Facts stand at the top level only.
  }

  item(): void {
    // As above.
  }

  leave(): void {
    // As above.
  }
}

/** Writes the copy while the walk goes over the original. Pixel data is not its business, in sequences it is left out. */
export class CopyBuilder implements ElementListener {
  private readonly top: OpenDataSet
  private readonly dataSets: (OpenDataSet | undefined)[]
  private readonly sequences: (OpenSequence | undefined)[] = []
  private readonly context: CopyContext

  /** `own`: elements the copy has of its own; what the original says in their place is not taken. */
  constructor(context: CopyContext, own: ReadonlyMap<number, Pieces>) {
    this.context = context
    this.top = new Map(own)
    this.dataSets = [this.top]
  }

  /** The copy's data set, without pixel data. */
  get written(): Pieces {
    return inOrder(this.top)
  }

  wants(tag: number, vr: number, level: number): boolean {
    if (this.dataSets[level / 2] === undefined || tag >= PIXEL_GROUP) return false
    return elementAction(tag, writtenVr(tag, vr), this.context.policy).do !== 'remove'
  }

  element(
    tag: number,
    vr: number,
    level: number,
    value: Uint8Array,
    littleEndian: boolean,
  ): DicomRejection | undefined {
    const into = this.dataSets[level / 2]
    if (into === undefined || into.has(tag)) return undefined
    const letters = writtenVr(tag, vr)
    // Only an empty sequence comes as an element: the walk enters every other one.
    if (letters === 'SQ') {
      into.set(tag, sequence(tag, []))
      return undefined
    }
    const action = elementAction(tag, letters, this.context.policy)
    const copied = copiedValue(action, tag, letters, littleEndian ? value : swapped(letters, value), this.context)
    if (copied === undefined) return undefined
    if (!fitsVr(letters, copied.length)) return 'text-too-long'
    into.set(tag, element(tag, letters, copied))
    return undefined
  }

  sequence(tag: number, level: number): void {
    this.sequences[level] = undefined
    const into = this.dataSets[(level - 1) / 2]
    if (tag >= PIXEL_GROUP || into === undefined || into.has(tag)) return
    const action = elementAction(tag, 'SQ', this.context.policy).do
    if (action === 'enter') this.sequences[level] = { tag, items: [] }
    if (action === 'empty') into.set(tag, sequence(tag, []))
    if (action === 'dummy') into.set(tag, sequence(tag, [[]]))
  }

  item(level: number): void {
    this.dataSets[level / 2] = this.sequences[level - 1] && new Map()
  }

  leave(level: number): void {
    if (level % 2 === 0) {
      const item = this.dataSets[level / 2]
      // In one piece: of many items, the pieces weigh more than the bytes.
      if (item !== undefined) this.sequences[level - 1]?.items.push([join(inOrder(item))])
      this.dataSets[level / 2] = undefined
      return
    }
    const open = this.sequences[level]
    if (open !== undefined) this.dataSets[(level - 1) / 2]?.set(open.tag, sequence(open.tag, open.items))
    this.sequences[level] = undefined
  }
}
