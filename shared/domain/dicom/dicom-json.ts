import { chooseDecoding, DEFAULT_DECODING } from './character-set.ts'
import type { TextDecoding } from './character-set.ts'
import { DataSetWalk } from './data-set-walk.ts'
import type { ElementListener } from './element-listener.ts'
import { jsonValues } from './dicom-json-values.ts'
import type { DicomJson, DicomJsonElement } from './dicom-json-values.ts'
import type { DicomLimits } from './limits.ts'
import type { DicomRejection } from './rejection.ts'
import { TAG_PIXEL_DATA } from './structure-tags.ts'
import type { Encoding } from './transfer-syntax.ts'
import { BULK_VRS, dictionaryVr, isStandardVr, VR_IMPLICIT, VR_SS, VR_UN, VR_US, VR_XS, vrLetters } from './vr.ts'

const TAG_CHARACTER_SET = 0x00080005
const TAG_PIXEL_REPRESENTATION = 0x00280103
const UTF8_TERM = 'ISO_IR 192'

const keyOf = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0')
const typedVr = (tag: number, vr: number): number =>
  vr === VR_IMPLICIT || vr === VR_UN || !isStandardVr(vr) ? dictionaryVr(tag) : vr

interface Open {
  readonly dataSet: DicomJson
  readonly decoding: TextDecoding
  /** Pixel Representation (0028,0103) is 1: "US or SS" means SS. */
  readonly signed: boolean
}

/** Builds the JSON while the walk goes on: the same walk that judged the object, so both see the same elements. */
class JsonBuilder implements ElementListener {
  readonly root: DicomJson = {}
  /** Data sets by level: 0, 2, 4 ... */
  private readonly open: Open[] = [{ dataSet: this.root, decoding: DEFAULT_DECODING, signed: false }]
  private readonly items: (DicomJson[] | undefined)[] = []
  private elements = 0
  private textBytes = 0
  private values = 0
  private readonly limits: DicomLimits

  constructor(limits: DicomLimits) {
    this.limits = limits
  }

  wants(tag: number, vr: number, _level: number, length: number): boolean {
    // Group lengths tell of the file's encoding; PS3.18 F.2.2 leaves them out.
    return tag % 0x10000 !== 0 && length <= this.limits.textBytes && !BULK_VRS.has(vrLetters(typedVr(tag, vr)))
  }

  element(
    tag: number,
    vr: number,
    level: number,
    value: Uint8Array,
    littleEndian: boolean,
  ): DicomRejection | undefined {
    this.textBytes += value.length
    this.elements += 1
    if (this.textBytes > this.limits.metadataTextBytes || this.elements > this.limits.metadataElements)
      return 'header-too-large'
    const current = this.open[level / 2]
    const key = keyOf(tag)
    // Of two elements of one tag the first counts, as in the facts.
    if (current === undefined || Object.hasOwn(current.dataSet, key)) return undefined
    const typed = typedVr(tag, vr)
    const letters = vrLetters(typed === VR_XS ? (current.signed ? VR_SS : VR_US) : typed)
    if (tag === TAG_PIXEL_REPRESENTATION) this.open[level / 2] = { ...current, signed: value.includes(1) }
    if (tag === TAG_CHARACTER_SET) {
      this.open[level / 2] = { ...current, decoding: chooseDecoding(value) }
      // JSON is UTF-8, and says so instead of naming the file's character sets.
      current.dataSet[key] = { vr: 'CS', Value: [UTF8_TERM] }
      return undefined
    }
    const values = jsonValues(letters, value, littleEndian, current.decoding)
    this.values += values.length
    if (this.values > this.limits.metadataValues) return 'header-too-large'
    current.dataSet[key] = values.length === 0 ? { vr: letters } : { vr: letters, Value: values }
    return undefined
  }

  sequence(tag: number, level: number): void {
    const parent = this.open[(level - 1) / 2]
    const key = keyOf(tag)
    this.elements += 1
    this.items[level] = undefined
    if (tag === TAG_PIXEL_DATA || parent === undefined || Object.hasOwn(parent.dataSet, key)) return
    const items: DicomJson[] = []
    this.items[level] = items
    parent.dataSet[key] = { vr: 'SQ', Value: items }
  }

  item(level: number): void {
    const dataSet: DicomJson = {}
    this.items[level - 1]?.push(dataSet)
    // An item without its own Specific Character Set has that of the data set around it (PS3.3 C.12.1.1.2).
    const outer = this.open[level / 2 - 1]
    this.open[level / 2] = { dataSet, decoding: outer?.decoding ?? DEFAULT_DECODING, signed: outer?.signed ?? false }
  }

  leave(): void {
    // Nothing to close: a level is set anew when it is entered again.
  }
}

/**
 * The metadata of an accepted object: every element of `dataSet` (its bytes from the data set's start to
 * `layout.headerEnd`) except bulk VRs and values too long to be text. Bounded in elements and in bytes.
 */
export const toDicomJson = (
  dataSet: Uint8Array,
  encoding: Encoding,
  limits: DicomLimits,
): DicomJson | 'header-too-large' => {
  const builder = new JsonBuilder(limits)
  const stop = new DataSetWalk(0, dataSet.length, encoding, limits, builder).resume(dataSet, 0)
  return stop.kind === 'done' ? builder.root : 'header-too-large'
}

/** JSON text with tags in ascending order (PS3.18 F.2.2): JavaScript itself would put `30060010` before `00080005`. */
export const dicomJsonText = (dataSet: DicomJson): string => {
  const members = Object.keys(dataSet)
    .sort()
    .map((tag) => `"${tag}":${elementText(dataSet[tag])}`)
  return `{${members.join(',')}}`
}

const elementText = (element: DicomJsonElement | undefined): string => {
  if (element?.vr !== 'SQ' || element.Value === undefined) return JSON.stringify(element)
  const items = element.Value.map((item) => dicomJsonText(item as DicomJson))
  return items.length === 0 ? '{"vr":"SQ"}' : `{"vr":"SQ","Value":[${items.join(',')}]}`
}
