import type { ElementListener } from '../dicom/element-listener.ts'
import type { InflateRaw } from '../dicom/inspect-object.ts'
import type { DicomRejection } from '../dicom/rejection.ts'
import { TAG_PIXEL_DATA } from '../dicom/structure-tags.ts'
import { swapped } from './data-set-writer.ts'
import { asciiText } from './element-value.ts'
import { openObject, walkObject, type ObjectSource, type PixelSpan } from './object-source.ts'
import { writtenVr } from './written-vr.ts'

/** One element: a value in little endian, or the items of a sequence. */
export type TreeElement =
  { readonly vr: string; readonly value: Uint8Array } | { readonly vr: 'SQ'; readonly items: readonly DataSet[] }
export type DataSet = ReadonlyMap<number, TreeElement>

/** Empty where there is no such element, or where it is a sequence. */
export const textAt = (dataSet: DataSet | undefined, tag: number): string => {
  const found = dataSet?.get(tag)
  return found === undefined || 'items' in found ? '' : asciiText(found.value)
}

export interface DocumentTree {
  readonly source: ObjectSource
  readonly top: DataSet
  readonly pixels: PixelSpan | undefined
}

/** No report is as long: text is held as it stands, as it reads and as it is written. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024

type OpenItems = { readonly tag: number; readonly items: DataSet[] } | undefined

/** Keeps a whole data set but its top-level pixel data. What it could not write again as it stood, it refuses. */
class TreeListener implements ElementListener {
  readonly top = new Map<number, TreeElement>()
  refused: DicomRejection | undefined
  private textBytes = 0
  private readonly dataSets: Map<number, TreeElement>[] = [this.top]
  private readonly sequences: OpenItems[] = []

  wants(): boolean {
    return true
  }

  element(
    tag: number,
    vr: number,
    level: number,
    value: Uint8Array,
    littleEndian: boolean,
  ): DicomRejection | undefined {
    const letters = writtenVr(tag, vr)
    if (!letters.startsWith('O')) this.textBytes += value.length
    if (this.textBytes > MOST_TEXT_BYTES) return 'header-too-large'
    const into = this.dataSets[level / 2]
    if (into?.has(tag) !== false) return 'conflicting-duplicate'
    into.set(
      tag,
      letters === 'SQ'
        ? { vr: 'SQ', items: [] }
        : { vr: letters, value: littleEndian ? value : swapped(letters, value) },
    )
    return undefined
  }

  sequence(tag: number, level: number): void {
    const isPixelData = tag === TAG_PIXEL_DATA
    this.sequences[level] = isPixelData ? undefined : { tag, items: [] }
    if (isPixelData && level > 1) this.refused = 'encapsulated-pixels-in-native-syntax'
    if (this.dataSets[(level - 1) / 2]?.has(tag) === true) this.refused = 'conflicting-duplicate'
  }

  item(level: number): void {
    const item = new Map<number, TreeElement>()
    this.dataSets[level / 2] = item
    this.sequences[level - 1]?.items.push(item)
  }

  leave(level: number): void {
    const open = level % 2 === 1 ? this.sequences[level] : undefined
    if (open !== undefined) this.dataSets[(level - 1) / 2]?.set(open.tag, { vr: 'SQ', items: open.items })
  }
}

/** A report has some thousands. Each is an object of its own here, and another as it is written. */
const most = { elements: 100_000, items: 20_000 }

/** A whole document in memory, element by element, or why it cannot be read. */
export const readDocument = (
  object: Uint8Array,
  maxBytes: number,
  inflateRaw: InflateRaw,
): DocumentTree | DicomRejection => {
  const source = openObject(object, maxBytes, inflateRaw)
  if (typeof source === 'string') return source
  const listener = new TreeListener()
  const walked = walkObject(source, listener, most)
  if (typeof walked === 'string') return walked
  return listener.refused ?? { source, top: listener.top, pixels: walked.pixels }
}
