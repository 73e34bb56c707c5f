import { FRAME_PART_BYTES, type BinaryAnswer } from '../../shared/contracts/http/frames.ts'
import type { ParamsOf, QueryOf } from '../../shared/contracts/routes.ts'
import { frameMediaType } from '../../shared/domain/dicom/frame-media-type.ts'
import { framePart, readRanges } from '../../shared/domain/dicom/frame-part.ts'
import { locateFrame } from '../../shared/domain/dicom/locate-frame.ts'
import type { ByteRange } from '../../shared/domain/dicom/read-plan.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { InRegionView } from '../../shared/domain/residency/decide.ts'
import { StoredInstanceSchema, type StoredInstance } from '../../shared/domain/upload/instance.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { instanceDigest } from '../../shared/ledger/instance-digest.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { allowing, judgeImageReading, recordRelease, type ImagePorts } from './image-reading.ts'

interface FrameAsked {
  readonly params: ParamsOf<'readFrame'>
  readonly query: QueryOf<'readFrame'>
  readonly context: Asking
}

async function instanceIn(ports: ImagePorts, { referralId, sopInstanceUid }: FrameAsked['params']) {
  const found = await ports.store.read(keys.instance(referralId, instanceDigest(referralId, sopInstanceUid)))
  if (found === undefined) throw new Refusal('frame-unavailable', { reason: 'no-such-image' })
  return StoredInstanceSchema.parse(found.body)
}

interface Frame {
  readonly ranges: readonly ByteRange[]
  readonly bytes: number
}

const reading =
  (ports: ImagePorts, permit: InRegionView, { key }: StoredInstance) =>
  (from: number, toExclusive: number) =>
    ports.objects.readRange(permit, { bucket: 'images', key }, from, toExclusive)

async function frameIn(
  ports: ImagePorts,
  permit: InRegionView,
  instance: StoredInstance,
  number: number,
): Promise<Frame> {
  const { pixels, bytes: size } = instance
  if (pixels === undefined) throw new Refusal('frame-unavailable', { reason: 'no-frames' })
  const location = await locateFrame({ size, read: reading(ports, permit, instance) }, pixels, number)
  if (location.found === 'none') throw new Refusal('frame-unavailable', { reason: location.reason })
  return location
}

/** A part cut silently would be shown as a whole image: whoever does not ask for parts is told that there are some. */
function partOf({ ranges, bytes }: Frame, part: number | undefined): ByteRange[] {
  const parts = Math.max(1, Math.ceil(bytes / FRAME_PART_BYTES))
  if (part === undefined && parts > 1) throw new Refusal('frame-too-large', { bytes, parts })
  if ((part ?? 0) >= parts) throw new Refusal('frame-unavailable', { reason: 'no-such-part' })
  return framePart(ranges, (part ?? 0) * FRAME_PART_BYTES, FRAME_PART_BYTES)
}

const releaseFrame = (
  ports: ImagePorts,
  permit: InRegionView,
  instance: StoredInstance,
  ranges: readonly ByteRange[],
): Promise<Uint8Array> => readRanges({ read: reading(ports, permit, instance) }, ranges)

/** One frame for the screen of the reader who holds the case; the object stays where it is and has no URL. */
export async function readFrame(ports: ImagePorts, { params, query, context }: FrameAsked): Promise<BinaryAnswer> {
  const reading = await judgeImageReading(ports, 'readFrame', params.referralId, context)
  const judged = allowing(reading, 'view_in_region_identifiable')
  const instance = await instanceIn(ports, params)
  const frame = await frameIn(ports, judged.decision, instance, params.frame)
  const ranges = partOf(frame, query.part)
  const facts = { image: instanceDigest(params.referralId, params.sopInstanceUid), frame: params.frame }
  const decisionId = await recordRelease(ports, judged, context, facts)
  return {
    contentType: frameMediaType(instance.transferSyntaxUid),
    bytes: await releaseFrame(ports, judged.decision, instance, ranges),
    headers: { 'x-frame-bytes': String(frame.bytes), 'x-decision-id': decisionId },
  }
}
