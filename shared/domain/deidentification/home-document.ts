import type { InflateRaw } from '../dicom/inspect-object.ts'
import { DEFAULT_SOP_CATEGORIES, sopCategory } from '../dicom/sop-classes.ts'
import { TRANSFER_SYNTAX } from '../dicom/transfer-syntax.ts'
import { join } from './data-set-writer.ts'
import { readDocument, textAt, type DataSet, type DocumentTree } from './document-tree.ts'
import { asciiText } from './element-value.ts'
import { fileHead } from './file-head.ts'
import { pseudonymsIn, replacedUidsIn } from './home-words.ts'
import { HomeWriter, type HomeFacts, type HomeFault } from './home-writer.ts'
import { pixelPieces } from './object-source.ts'

const IMPLEMENTATION_VERSION = 'OVERREAD_HOME_1'

const tags = {
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
} as const

export type DocumentUids = Readonly<Record<keyof typeof tags, string>>

/** A DICOM document that was written on copies, read but not yet brought home. */
export interface AwayDocument {
  readonly tree: DocumentTree
  readonly uids: DocumentUids
  /** What in it may be a replacement of the cell's: to be looked up before it is brought home. */
  readonly sought: ReadonlySet<string>
}

export type HomeDocument =
  | { readonly outcome: 'home'; readonly document: Uint8Array; readonly replaced: number }
  | ({ readonly outcome: 'refused' } & HomeFault)

const wordsOf = (dataSet: DataSet): readonly string[] =>
  [...dataSet.values()].flatMap((element) => {
    if ('items' in element) return element.items.flatMap(wordsOf)
    if (element.vr.startsWith('O')) return []
    const text = asciiText(element.value)
    return [...replacedUidsIn(text), ...pseudonymsIn(text)]
  })

/** Reads what a reader has attached. Objects that are opaque, or no patient's, are no documents of a report. */
export const openDocument = (
  object: Uint8Array,
  maxBytes: number,
  inflateRaw: InflateRaw,
): AwayDocument | HomeFault => {
  const tree = readDocument(object, maxBytes, inflateRaw)
  if (typeof tree === 'string') return { reason: 'unreadable', at: tree }
  const uids = Object.fromEntries(
    Object.entries(tags).map(([name, tag]) => [name, textAt(tree.top, tag)]),
  ) as DocumentUids
  const category = sopCategory(uids.sopClassUid)
  const isDocument = category !== undefined && DEFAULT_SOP_CATEGORIES.has(category)
  if (!isDocument || Object.values(uids).includes('')) return { reason: 'not-a-document' }
  return { tree, uids, sought: new Set(wordsOf(tree.top)) }
}

/**
 * The document as the site can file it: every UID of a copy replaced by its original's and patient and study those of the
 * case. Refused where it names anything that the map does not know: a reference to nothing, or to somebody else's image.
 */
export const homeDocument = ({ tree, uids }: AwayDocument, facts: HomeFacts): HomeDocument => {
  // Under the UID of a copy it would come home as the image itself.
  if (facts.originals.has(uids.sopInstanceUid)) return { outcome: 'refused', reason: 'copy-of-an-image' }
  const writer = new HomeWriter(facts)
  const { before, after } = writer.written(tree.top)
  if (writer.fault !== undefined) return { outcome: 'refused', ...writer.fault }
  const { source, pixels } = tree
  const document = join([
    ...fileHead({
      sopClassUid: uids.sopClassUid,
      sopInstanceUid: uids.sopInstanceUid,
      transferSyntaxUid: source.compressedSyntax ?? TRANSFER_SYNTAX.explicitLittle,
      implementationVersion: IMPLEMENTATION_VERSION,
    }),
    ...before,
    ...(pixels === undefined ? [] : pixelPieces(source, pixels)),
    ...after,
  ])
  return { outcome: 'home', document, replaced: writer.replaced }
}
