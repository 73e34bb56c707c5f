import type { InflateRaw } from '../dicom/inspect-object.ts'
import table from './basic-profile.policy.json' with { type: 'json' }
import type { DeidentificationPolicy } from './deidentification-policy.ts'
import { identityTokens, rawText, type IdentityTokens } from './identity-tokens.ts'
import { PixelResidue } from './pixel-residue.ts'
import { residueOf } from './residual-words.ts'
import { elementsIn, scanFileMeta, UnreadableObject, type ScannedElement } from './scanned-element.ts'

/** What the verifier may find. It names kind and place, never a value: a finding is logged, a name must not be. */
export type FindingKind =
  | 'unreadable'
  | 'original-unreadable'
  | 'preamble'
  | 'file-meta'
  | 'marker'
  | 'private-element'
  | 'graphics'
  | 'structured-text'
  | 'typed-text'
  | 'bulk-data'
  | 'beside-pixels'
  | 'listed-attribute'
  | 'uid'
  | 'date'
  | 'residual-identity'

export interface CopyFinding {
  readonly kind: FindingKind
  readonly path: string
}

export type CopyVerification =
  | { readonly outcome: 'clean'; readonly methodCodes: readonly string[] }
  | { readonly outcome: 'blocked'; readonly findings: readonly CopyFinding[] }

/** Table E.1-1 in this reader's own form: tag in hex, to the rest of its row. */
const listed: ReadonlyMap<string, string> = new Map(
  Object.entries(table.rows).flatMap(([group, rows]) =>
    rows.map((row) => [group + row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)] as const),
  ),
)

const hexOf = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase()
const harmless = new Set(['', 'REMOVED', '0', '000Y', '19000101', '19000101000000', '000000', 'about:blank', '\u0000'])
const replacedUid = /^2\.25\.\d{1,39}$/
const standardUid = /^1\.2\.840\.10008(\.\d{1,4})+$/
const pseudonym = /^OVR-[0-9A-F]{16}$/
const framesOfReference = new Set(['00200052', '30060024', '300600C2'])
const characteristicForm = /^(0[0-9]{2}[DWMY]|[MFO]|YES|NO|UNKNOWN|(UN)?ALTERED|\d{1,3}(\.\d{1,4})?)$/
const metaAllowed = new Set([0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013])
const typedText = new Set(['LT', 'ST', 'UT', 'UC', 'UR', 'PN', 'AE', 'AS', 'UN'])
/** Short text that may be there: codes, and names of sequence, filter, kernel and coils. */
const shortTextAllowed = /^(0008010[0234]|00180024|00181160|00181210|0018125[01]|0012006[34].*)$/
const bulkVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW'])
/** Bulk data that may be there: the pixels, palettes and lookup tables. */
const bulkAllowed = /^(7FE00010|002811(0[123])|002812(0[1-4]|2[1-4])|00281408|00283006)$/
const temporalVrs = new Set(['DA', 'DT', 'TM'])
const textModalities = new Set(['SR', 'KO', 'PR', 'DOC', 'AU', 'PLAN'])

const isHarmless = (element: ScannedElement): boolean => {
  if (element.value.length <= 2 && element.value.every((byte) => byte === 0)) return true
  return element.value.length <= 16 && harmless.has(rawText(element.value))
}

const uidsAreClean = (element: ScannedElement, mayBeStandard: boolean, original: IdentityTokens): boolean =>
  rawText(element.value)
    .split('\\')
    .every(
      (uid) => uid === '' || (replacedUid.test(uid) ? !original.uids.has(uid) : mayBeStandard && standardUid.test(uid)),
    )

interface Scanned {
  readonly element: ScannedElement
  /** A sequence that holds elements: the first stands right behind it. */
  readonly isFilled: boolean
}

/** One element after the other: all of a copy at once, each with its place, would be many times its bytes. */
function* scanned(elements: Iterable<ScannedElement>): Generator<Scanned, void> {
  let before: ScannedElement | undefined
  for (const element of elements) {
    if (before !== undefined) yield { element: before, isFilled: element.path.startsWith(`${before.path}[`) }
    before = element
  }
  if (before !== undefined) yield { element: before, isFilled: false }
}

interface Look {
  readonly original: IdentityTokens
  readonly policy: DeidentificationPolicy
}

const listedFinding = ({ element, isFilled }: Scanned, row: string, look: Look): FindingKind | undefined => {
  const [action = '', ...options] = row.split(' ')
  const { policy, original } = look
  const hex = hexOf(element.tag)
  if (element.items !== undefined) {
    return !action.includes('U') && isFilled ? 'listed-attribute' : undefined
  }
  if (isHarmless(element)) return undefined
  if (element.vr === 'UI') return uidsAreClean(element, framesOfReference.has(hex), original) ? undefined : 'uid'
  if (action === 'X' && !options.includes('mC') && !options.includes('pK')) return 'listed-attribute'
  if ((hex === '00100010' || hex === '00100020') && pseudonym.test(rawText(element.value))) return undefined
  if (options.includes('mC') && policy.dates === 'shift' && temporalVrs.has(element.vr))
    return temporalFinding(element, look)
  const isCharacteristic = policy.keepPatientCharacteristics && options.includes('pK')
  if (isCharacteristic && characteristicForm.test(rawText(element.value))) return undefined
  return 'listed-attribute'
}

/** A date must be one, and not the one that stood there. A time of day may stay: alone it dates nothing. */
const temporalFinding = (element: ScannedElement, { original }: Look): FindingKind | undefined => {
  const text = rawText(element.value)
  if (element.vr === 'TM') return /^[\d.\\ ]*$/.test(text) ? undefined : 'date'
  if (!/^[\d.\\ ]*$/.test(text)) return 'date'
  const before = original.temporal.get(element.path)
  const day = (value: string) => value.split('\\').map((one) => one.replace(/\.(?=\d\d\.?\d\d$)/g, '').slice(0, 8))
  const was = new Set(before === undefined ? [] : day(before))
  return day(text).some((value) => value !== '' && was.has(value)) ? 'date' : undefined
}

const unlistedFinding = (element: ScannedElement, look: Look): FindingKind | undefined => {
  if (element.items !== undefined || isHarmless(element)) return undefined
  if (typedText.has(element.vr) || element.tag === 0x00700080) return 'typed-text'
  if ((element.vr === 'LO' || element.vr === 'SH') && !shortTextAllowed.test(hexOf(element.tag))) return 'typed-text'
  if (bulkVrs.has(element.vr) && !bulkAllowed.test(hexOf(element.tag))) return 'bulk-data'
  if (element.vr === 'UI') return uidsAreClean(element, true, look.original) ? undefined : 'uid'
  if (!temporalVrs.has(element.vr)) return undefined
  return look.policy.dates === 'shift' ? temporalFinding(element, look) : 'date'
}

const elementFinding = (scan: Scanned, look: Look): FindingKind | undefined => {
  const { element } = scan
  const group = Math.floor(element.tag / 65_536)
  if (group % 2 !== 0) return 'private-element'
  if ((group >= 0x5000 && group <= 0x50ff) || (group >= 0x6000 && group <= 0x60ff)) return 'graphics'
  const isText = element.tag === 0x0040a160 || (element.tag === 0x0040a730 && scan.isFilled)
  if (isText || (element.tag === 0x00080060 && textModalities.has(rawText(element.value)))) return 'structured-text'
  const row = listed.get(hexOf(element.tag))
  return row === undefined ? unlistedFinding(element, look) : listedFinding(scan, row, look)
}

const headFindings = (copy: Uint8Array, meta: readonly ScannedElement[]): CopyFinding[] => [
  ...(copy.subarray(0, 128).some((byte) => byte !== 0) ? [{ kind: 'preamble' as const, path: '' }] : []),
  ...meta.filter(({ tag }) => !metaAllowed.has(tag)).map(({ path }) => ({ kind: 'file-meta' as const, path })),
  ...meta
    .filter(({ tag, value }) => tag === 0x00020003 && !replacedUid.test(rawText(value)))
    .map(({ path }) => ({ kind: 'uid' as const, path })),
]

/** What a copy says of how it was made. */
interface Markers {
  readonly codes: string[]
  isMarked: boolean
}

const noteMarker = (markers: Markers, { path, value }: ScannedElement): void => {
  if (/^00120064\[\d+\]\.00080100$/.test(path)) markers.codes.push(rawText(value))
  if (path === '00120062' && rawText(value) === 'YES') markers.isMarked = true
}

const markerFindings = ({ codes, isMarked }: Markers, policy: DeidentificationPolicy): CopyFinding[] => {
  const wanted = ['113100', ...(policy.dates === 'shift' ? ['113107'] : [])]
  const isHonest =
    wanted.every((code) => codes.includes(code)) && !codes.some((code) => ['113106', '113110'].includes(code))
  return [
    ...(isMarked ? [] : [{ kind: 'marker' as const, path: '00120062' }]),
    ...(isHonest ? [] : [{ kind: 'marker' as const, path: '00120064' }]),
  ]
}

const findingsOf = (copy: Uint8Array, original: IdentityTokens, policy: DeidentificationPolicy) => {
  const { meta, dataSetAt } = scanFileMeta(copy)
  const holdsResidue = residueOf(original)
  const pixels = new PixelResidue()
  const isCompressed = meta.some(({ tag, value }) => tag === 0x00020010 && rawText(value) !== '1.2.840.10008.1.2.1')
  const markers: Markers = { codes: [], isMarked: false }
  const found: CopyFinding[] = []
  const residue = meta.filter(holdsResidue).map(({ path }) => path)
  for (const scan of scanned(elementsIn(copy, dataSetAt, { explicit: true, littleEndian: true }))) {
    const { path } = scan.element
    const kind = elementFinding(scan, { original, policy })
    if (kind !== undefined) found.push({ kind, path })
    if (pixels.isIn(scan.element, isCompressed)) found.push({ kind: 'beside-pixels', path })
    if (holdsResidue(scan.element)) residue.push(path)
    noteMarker(markers, scan.element)
  }
  const findings = [
    ...headFindings(copy, meta),
    ...markerFindings(markers, policy),
    ...found,
    ...residue.map((path) => ({ kind: 'residual-identity' as const, path })),
  ]
  return { findings, methodCodes: markers.codes }
}

const readable = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnreadableObject || error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Whether a de-identified copy may be released: reads it with another reader than the one that made it, and blocks on
 * any name, id, date, accession, private element, overlay, report text or UID of the original, wherever it stands.
 */
export const verifyCopy = (
  copy: Uint8Array,
  original: Uint8Array,
  policy: DeidentificationPolicy,
  inflateRaw?: InflateRaw,
): CopyVerification => {
  const tokens = readable(() => identityTokens(original, inflateRaw))
  if (tokens === undefined) return { outcome: 'blocked', findings: [{ kind: 'original-unreadable', path: '' }] }
  const looked = readable(() => findingsOf(copy, tokens, policy))
  if (looked === undefined) return { outcome: 'blocked', findings: [{ kind: 'unreadable', path: '' }] }
  return looked.findings.length === 0
    ? { outcome: 'clean', methodCodes: looked.methodCodes }
    : { outcome: 'blocked', findings: looked.findings }
}
