import type { AnswerOf } from '../../shared/contracts/routes.ts'
import { permits, type InRegionView } from '../../shared/domain/residency/decide.ts'
import { StoredInstanceSchema, type StoredInstance } from '../../shared/domain/upload/instance.ts'
import { casePartition } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { listCopies } from './list-copies.ts'
import {
  allowing,
  judgeImageReading,
  recordRelease,
  signImages,
  withUrl,
  type ImageDecision,
  type ImageEntry,
  type ImagePorts,
  type ImageReading,
  type ImagesAsked,
} from './image-reading.ts'

const entryOf = (instance: StoredInstance): ImageEntry => {
  const { seriesInstanceUid, sopInstanceUid, sopClassUid, modality, instanceNumber, bytes, sha256 } = instance
  const { transferSyntaxUid, pixels } = instance
  return {
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid,
    modality,
    instanceNumber,
    bytes,
    sha256,
    ...(transferSyntaxUid === undefined ? {} : { transferSyntaxUid }),
    ...(pixels === undefined ? {} : { display: pixels.display }),
  }
}

async function listOriginals(
  ports: ImagePorts,
  reading: ImageReading<InRegionView>,
  { query, context }: ImagesAsked,
): Promise<AnswerOf<'listImages'>> {
  const { case: c } = reading
  const { referralId } = c
  const decision: ImageDecision = reading.decision
  const page = await listPage(
    ports,
    casePartition(referralId),
    { from: 'instance#', to: 'instance#~' },
    query,
    (record) => StoredInstanceSchema.parse(record.body),
  )
  const decisionId = await recordRelease(ports, reading, context, { images: page.rows.length })
  const keys = page.rows.map(({ key }) => key)
  const urls = permits(decision, 'read_identifiable')
    ? await signImages(ports, { by: decision, bucket: 'images' }, keys)
    : []
  return {
    referralId,
    decisionId,
    mode: decision.mode,
    ...(c.images.studyInstanceUid === undefined ? {} : { studyInstanceUid: c.images.studyInstanceUid }),
    images: page.rows.map((instance, at) => withUrl(entryOf(instance), urls[at])),
    failed: c.images.failed,
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  }
}

/**
 * The images for the reader who holds the case, with URLs where the decision allows the objects themselves, or else their
 * de-identified copies. Licence, place and policy are asked again at each page, and the record of the access is durable
 * before a URL exists.
 */
export async function listImages(ports: ImagePorts, asked: ImagesAsked): Promise<AnswerOf<'listImages'>> {
  const { params, context } = asked
  const reading = await judgeImageReading(ports, 'listImages', params.referralId, context)
  return permits(reading.decision, 'view_in_region_identifiable')
    ? listOriginals(ports, allowing(reading, 'view_in_region_identifiable'), asked)
    : listCopies(ports, allowing(reading, 'transfer_deidentified'), asked)
}
