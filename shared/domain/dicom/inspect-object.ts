import { DataSetWalk } from './data-set-walk.ts'
import type { PixelData } from './data-set-walk.ts'
import type { ElementListener } from './element-listener.ts'
import type { DicomFacts } from './dicom-facts.ts'
import { readFileMeta } from './file-meta.ts'
import type { FileMeta } from './file-meta.ts'
import { FactGatherer } from './gather-facts.ts'
import { inflateWithin, type InflateRaw } from './inflate-within.ts'
import { DICOM_LIMITS } from './limits.ts'
import type { DicomLimits } from './limits.ts'
import { judgePixelExtent } from './pixel-extent.ts'
import { ReadPlan } from './read-plan.ts'
import type { ByteRange } from './read-plan.ts'
import type { DicomRejection } from './rejection.ts'
import type { Encoding } from './transfer-syntax.ts'
import type { WalkStop } from './walk-stop.ts'

export type { InflateRaw }

/** An object that can be read by ranges: S3, a file, or memory. */
export interface RangeSource {
  readonly size: number
  read(from: number, toExclusive: number): Promise<Uint8Array>
}

/** Where the parts of an accepted object are. For a deflated one, offsets count in the inflated data set. */
export interface DicomLayout {
  readonly dataSetOffset: number
  /** Where the metadata ends: the pixel data element, or the end of the data set. */
  readonly headerEnd: number
  readonly pixelData: PixelData | undefined
  readonly encoding: Encoding
  readonly deflated: boolean
}

export interface AcceptedObject {
  readonly verdict: 'accepted'
  readonly facts: DicomFacts
  readonly layout: DicomLayout
  /** The first bytes of the object (or of the inflated data set), as far as they had to be read in one piece. */
  readonly prefix: Uint8Array
  readonly bytesRead: number
}

export interface RejectedObject {
  readonly verdict: 'rejected'
  readonly reason: DicomRejection
  readonly bytesRead: number
}

export type DicomVerdict = AcceptedObject | RejectedObject

type Finding = Omit<AcceptedObject, 'bytesRead'> | DicomRejection
/** Asks for ranges of the object, is given their bytes, and ends with a finding. */
type Inspection = Generator<ByteRange, Finding, Uint8Array>

const UNHEARD: ElementListener = {
  wants: () => false,
  element: () => undefined,
  sequence: () => undefined,
  item: () => undefined,
  leave: () => undefined,
}

function* inspection(size: number, limits: DicomLimits, inflateRaw: InflateRaw): Inspection {
  let prefix = yield { from: 0, toExclusive: Math.min(size, limits.firstReadBytes) }
  let reading = readFileMeta(prefix, size, limits.metaGroupBytes)
  while (reading.kind === 'need') {
    // Doubled, so that a group of many small elements costs no read for each.
    const wanted = Math.max(reading.toExclusive, limits.secondReadEnd, 2 * prefix.length)
    prefix = yield { from: 0, toExclusive: Math.min(size, wanted) }
    reading = readFileMeta(prefix, size, limits.metaGroupBytes)
  }
  if (reading.kind === 'reject') return reading.reason
  if (reading.meta.rule.deflated) return yield* inspectDeflated(reading.meta, prefix, size, limits, inflateRaw)
  return yield* inspectDataSet(reading.meta, prefix, size, limits)
}

/** A deflated data set can only be judged whole (control DCM-02: bounded by size and by ratio). */
function* inspectDeflated(
  meta: FileMeta,
  prefix: Uint8Array,
  size: number,
  limits: DicomLimits,
  inflateRaw: InflateRaw,
): Inspection {
  if (size > limits.deflatedObjectBytes) return 'deflated-object-too-large'
  const whole = prefix.length === size ? prefix : yield { from: 0, toExclusive: size }
  const deflated = whole.subarray(meta.dataSetOffset)
  const inflated = inflateWithin(deflated, limits, inflateRaw)
  if (typeof inflated === 'string') return inflated
  if (inflated.length === 0) return 'empty-data-set'
  return yield* inspectDataSet({ ...meta, dataSetOffset: 0 }, inflated, inflated.length, limits)
}

function* inspectDataSet(meta: FileMeta, prefix: Uint8Array, size: number, limits: DicomLimits): Inspection {
  const gatherer = new FactGatherer(limits)
  const walk = new DataSetWalk(meta.dataSetOffset, size, meta.rule.encoding, limits, gatherer)
  const plan = new ReadPlan(size, prefix.length, limits)
  let stop = walk.resume(prefix, 0)
  while (stop.kind === 'need') {
    const range = walk.inTopLevelFragments ? plan.nextFragment(stop) : plan.next(stop)
    if (range !== undefined) stop = walk.resume(yield range, range.from)
    else if (walk.inTopLevelFragments) stop = yield* inspectTail(walk, size, meta.rule.encoding, limits)
    else return 'header-too-large'
  }
  if (stop.kind === 'reject') return meta.marked || gatherer.recognised ? stop.reason : 'not-dicom'
  if (!meta.marked && !gatherer.recognised) return 'not-dicom'
  return conclude(meta, prefix, size, limits, gatherer, walk.pixelData)
}

/**
 * An object with very many fragments is not followed one by one: a range read for each would let a sender buy hours of
 * requests. Its end must then show the sequence delimiter, with nothing but whole elements after it.
 */
function* inspectTail(
  walk: DataSetWalk,
  size: number,
  encoding: Encoding,
  limits: DicomLimits,
): Generator<ByteRange, WalkStop, Uint8Array> {
  const from = Math.max(walk.position, size - limits.tailReadBytes)
  const tail = yield { from, toExclusive: size }
  for (const end of delimiterEnds(tail, encoding.littleEndian)) {
    const rest = new DataSetWalk(from + end, size, encoding, limits, UNHEARD)
    if (rest.resume(tail, from).kind === 'done') return { kind: 'done' }
  }
  return { kind: 'reject', reason: 'truncated' }
}

/** Ends of the sequence delimiters in the tail, the last first; more than a few means that somebody plants them. */
const delimiterEnds = (tail: Uint8Array, littleEndian: boolean): number[] => {
  const mark = littleEndian ? [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0] : [0xff, 0xfe, 0xe0, 0xdd, 0, 0, 0, 0]
  const ends: number[] = []
  for (let at = tail.length - 8; at >= 0 && ends.length < 16; at -= 1) {
    if (tail[at] === mark[0] && mark.every((byte, index) => tail[at + index] === byte)) ends.push(at + 8)
  }
  return ends
}

const conclude = (
  meta: FileMeta,
  prefix: Uint8Array,
  size: number,
  limits: DicomLimits,
  gatherer: FactGatherer,
  pixelData: PixelData | undefined,
): Finding => {
  const { encoding, pixels, deflated } = meta.rule
  const facts = gatherer.facts(meta)
  if (typeof facts === 'string') return facts
  if (pixelData !== undefined && pixels !== 'either') {
    const encapsulated = pixelData.valueLength === undefined
    if (encapsulated && pixels === 'native') return 'encapsulated-pixels-in-native-syntax'
    if (!encapsulated && pixels === 'encapsulated') return 'native-pixels-in-encapsulated-syntax'
  }
  const refused = judgePixelExtent(facts, pixelData, limits)
  if (refused !== undefined) return refused
  const headerEnd = pixelData?.elementOffset ?? size
  const layout = { dataSetOffset: meta.dataSetOffset, headerEnd, pixelData, encoding, deflated }
  // A copy of what was inflated, so that its pixels do not stay in memory with the verdict.
  const kept = deflated ? prefix.slice(0, Math.min(headerEnd, limits.metadataReadBytes)) : prefix
  return { verdict: 'accepted', facts, layout, prefix: kept }
}

const verdictOf = (finding: Finding, bytesRead: number): DicomVerdict =>
  typeof finding === 'string' ? { verdict: 'rejected', reason: finding, bytesRead } : { ...finding, bytesRead }

/**
 * Judges one object by as few range reads as it takes (controls DCM-01 to DCM-09): 16 KiB first, more only for a longer
 * header, none of the pixels. Whatever the bytes are, it answers; it throws only what `source.read` throws.
 */
export const inspectDicomObject = async (
  source: RangeSource,
  limits: DicomLimits,
  inflateRaw: InflateRaw,
): Promise<DicomVerdict> => {
  const steps = inspection(source.size, limits, inflateRaw)
  let bytesRead = 0
  let step = steps.next()
  while (step.done !== true) {
    const { from, toExclusive } = step.value
    const bytes = await source.read(from, toExclusive)
    bytesRead += bytes.length
    // The store holds less than it said: never fill the gap with guesses.
    if (bytes.length !== toExclusive - from) return { verdict: 'rejected', reason: 'truncated', bytesRead }
    step = steps.next(bytes)
  }
  return verdictOf(step.value, bytesRead)
}

/** The same for an object that is in memory as a whole. */
export const inspectDicomBytes = (bytes: Uint8Array, inflateRaw: InflateRaw, limits = DICOM_LIMITS): DicomVerdict => {
  const steps = inspection(bytes.length, limits, inflateRaw)
  let bytesRead = 0
  let step = steps.next()
  while (step.done !== true) {
    bytesRead += step.value.toExclusive - step.value.from
    step = steps.next(bytes.subarray(step.value.from, step.value.toExclusive))
  }
  return verdictOf(step.value, bytesRead)
}
