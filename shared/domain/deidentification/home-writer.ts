import { withoutTail } from '../without-tail.ts'
import { chooseDecoding, decodeText, DEFAULT_DECODING, type TextDecoding } from '../dicom/character-set.ts'
import { TAG_PIXEL_DATA } from '../dicom/structure-tags.ts'
import { VR_IMPLICIT } from '../dicom/vr.ts'
import { element, fitsVr, inOrder, sequence, type Pieces } from './data-set-writer.ts'
import { textAt, type DataSet } from './document-tree.ts'
import { asciiBytes, asciiText, isWellKnownUid } from './element-value.ts'
import type { HomeIdentity } from './home-identity.ts'
import { pseudonymsIn, replacedUidsIn, withOriginalUids, withPatient } from './home-words.ts'
import { writtenVr } from './written-vr.ts'

/** Why a document cannot come home, and where in it: by tags, never by a value. */
export interface HomeFault {
  readonly reason: 'unreadable' | 'not-a-document' | 'copy-of-an-image' | 'unknown-uid' | 'other-patient'
  readonly at?: string
}

export interface HomeFacts {
  /** Originals of the replacements that stand in the document, UIDs and pseudonyms alike, as the cell's keyed map has them. */
  readonly originals: ReadonlyMap<string, string>
  /** Instances and series that readers' documents of this case have made: they are nobody's copies. */
  readonly own: ReadonlySet<string>
  readonly identity: HomeIdentity
}

const TAG_CHARACTER_SET = 0x00080005
const TAG_PATIENT_NAME = 0x00100010
const TAG_PATIENT_ID = 0x00100020
const TAG_UID_VALUE = 0x0040a124
const TAG_CONCEPT_NAME = 0x0040a043

/**
 * Elements that are false at home: that the patient's identity was removed and how, that dates were moved; the lengths of
 * groups; digital signatures, which cover what was just changed (the document as it was signed is kept beside).
 */
const DROPPED = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280303, 0x4ffe0001, 0xfffafffa])
const isDropped = (tag: number): boolean => DROPPED.has(tag) || tag % 0x10000 === 0 || tag < 0x00080000

/**
 * Elements whose UID names software, a device, a vocabulary or a thing that the document itself has found: whoever wrote the
 * document made it. No UID of an instance, a series, a study or a frame of reference is among them.
 */
const MADE_BY_WRITER = new Set([
  0x00080014, 0x0008010c, 0x0008010d, 0x00080117, 0x00080118, 0x0018100b, 0x00181002, 0x00209164, 0x0040a171,
  0x0040db0c, 0x0040db0d, 0x00620021, 0x0070031a, 0x00701101, 0x00701102,
])
/** The same of a UIDREF content item (PS3.16 annex D): Tracking Unique Identifier, Device Observer UID. */
const CONCEPTS_OF_WRITER = new Set(['112040', '121012'])

const ENCODED_TEXT = new Set(['SH', 'LO', 'ST', 'LT', 'UT', 'UC', 'PN'])

const hex = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase()

const utf8 = new TextEncoder()
const textBytes = (text: string): Uint8Array => {
  const bytes = utf8.encode(text)
  return bytes.length % 2 === 0 ? bytes : utf8.encode(`${text} `)
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

/** True where the item says by its concept name that its UID is the writer's own. */
const isOfWriter = (dataSet: DataSet): boolean => {
  const concept = dataSet.get(TAG_CONCEPT_NAME)
  const code = concept !== undefined && 'items' in concept ? concept.items[0] : undefined
  return textAt(code, 0x00080102) === 'DCM' && CONCEPTS_OF_WRITER.has(textAt(code, 0x00080100))
}

interface Place {
  readonly dataSet: DataSet
  readonly tag: number
  readonly path: string
  readonly decoding: TextDecoding
}

/** Writes a document as it goes home. The first thing it cannot bring home is its fault; what it wrote is then of no use. */
export class HomeWriter {
  replaced = 0
  fault: HomeFault | undefined
  private readonly facts: HomeFacts

  constructor(facts: HomeFacts) {
    this.facts = facts
  }

  /** The top level, up to where pixel data stands and from there. */
  written(top: DataSet): { readonly before: Pieces; readonly after: Pieces } {
    this.requirePatient(top)
    const elements = this.elementsOf(top, '', DEFAULT_DECODING)
    const own = new Map([...this.facts.identity.values, [TAG_CHARACTER_SET, 'ISO_IR 192']])
    for (const [tag, text] of own) {
      const vr = writtenVr(tag, VR_IMPLICIT)
      elements.set(tag, element(tag, vr, textBytes(text)))
    }
    const pieces = (wanted: (tag: number) => boolean) => inOrder(new Map([...elements].filter(([tag]) => wanted(tag))))
    return { before: pieces((tag) => tag < TAG_PIXEL_DATA), after: pieces((tag) => tag > TAG_PIXEL_DATA) }
  }

  /** A document of another patient must not become this one's: it names the copies' patient, or nobody. */
  private requirePatient(top: DataSet): void {
    for (const tag of [TAG_PATIENT_ID, TAG_PATIENT_NAME]) {
      const text = withoutTail(textAt(top, tag), '^= ')
      if (text !== '' && !this.facts.originals.has(text)) this.fail('other-patient', hex(tag))
    }
  }

  private fail(reason: HomeFault['reason'], at: string): void {
    this.fault ??= { reason, at }
  }

  private elementsOf(dataSet: DataSet, path: string, outer: TextDecoding): Map<number, Pieces> {
    const set = dataSet.get(TAG_CHARACTER_SET)
    const decoding = set === undefined || 'items' in set ? outer : chooseDecoding(set.value)
    const written = new Map<number, Pieces>()
    for (const [tag, found] of dataSet) {
      if (isDropped(tag) || tag === TAG_CHARACTER_SET) continue
      const at = path === '' ? hex(tag) : `${path}.${hex(tag)}`
      if ('items' in found) {
        const items = found.items.map((item) => inOrder(this.elementsOf(item, at, decoding)))
        written.set(tag, sequence(tag, items))
        continue
      }
      const value = this.valueOf(found.vr, found.value, { dataSet, tag, path: at, decoding })
      if (!fitsVr(found.vr, value.length)) this.fail('unreadable', at)
      else written.set(tag, element(tag, found.vr, value))
    }
    return written
  }

  private valueOf(vr: string, value: Uint8Array, place: Place): Uint8Array {
    if (vr === 'UI') return asciiBytes(this.uidsOf(asciiText(value), place), 0)
    if (ENCODED_TEXT.has(vr)) return this.textOf(vr, value, place)
    if (vr === 'UR') return textBytes(this.homeText(asciiText(value)))
    // Nobody knows how such a value is built: a UID in it can neither be replaced nor left.
    if (vr === 'UN' && this.namesCopy(asciiText(value))) this.fail('unknown-uid', place.path)
    return value
  }

  private uidsOf(text: string, { dataSet, tag, path }: Place): string {
    const isWriters = MADE_BY_WRITER.has(tag) || (tag === TAG_UID_VALUE && isOfWriter(dataSet))
    const { originals, own } = this.facts
    return text
      .split('\\')
      .map((uid) => {
        const original = originals.get(uid)
        if (original !== undefined) {
          this.replaced += 1
          return original
        }
        if (uid !== '' && !isWellKnownUid(uid) && !own.has(uid) && !isWriters) this.fail('unknown-uid', path)
        return uid
      })
      .join('\\')
  }

  /** In UTF-8, whatever it was written in: the patient's name may have letters that the document's set does not. */
  private textOf(vr: string, value: Uint8Array, { path, decoding }: Place): Uint8Array {
    const text = decodeText(value, decoding)
    if (text.includes('\ufffd')) this.fail('unreadable', path)
    const { patientId, patientName } = this.facts.identity
    const home = withPatient(this.homeText(text), this.facts.originals, vr === 'PN' ? patientName : patientId)
    // Its padding was of another length.
    const written = textBytes(home === text ? text : home.trimEnd())
    // What did not change is not held a second time.
    return sameBytes(written, value) ? value : written
  }

  private homeText(text: string): string {
    this.replaced += replacedUidsIn(text).filter((uid) => this.facts.originals.has(uid)).length
    return withOriginalUids(text, this.facts.originals)
  }

  private namesCopy(text: string): boolean {
    return [...replacedUidsIn(text), ...pseudonymsIn(text)].some((word) => this.facts.originals.has(word))
  }
}
