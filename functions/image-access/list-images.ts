import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { permits, type IdentifiableRead } from '../../shared/domain/residency/decide.ts'
import { StoredInstanceSchema, type StoredInstance } from '../../shared/domain/upload/instance.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { casePartition } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import type { SignedRequest } from '../../shared/ports/object-store.ts'
import { judgeImageReading, recordRelease, type ImagePorts } from './image-reading.ts'

/** As long as a GET URL may live: it is a bearer of the pixels until it expires. */
const URL_LIFE_SECONDS = 300

/** Cannot be called without a decision that allows an identifiable read. */
const releaseUrls = (
  ports: ImagePorts,
  _permit: IdentifiableRead,
  instances: readonly StoredInstance[],
): Promise<readonly SignedRequest[]> =>
  ports.downloads.signGets(
    instances.map(({ key }, at) => ({
      ref: { bucket: 'images', key },
      fileName: `image-${at + 1}.dcm`,
      contentType: 'application/dicom',
    })),
    URL_LIFE_SECONDS,
  )

type ImageEntry = AnswerOf<'listImages'>['images'][number]

const entryOf = (instance: StoredInstance, get: SignedRequest | undefined): ImageEntry => {
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
    ...(get === undefined ? {} : { get: { ...get, headers: { ...get.headers } } }),
  }
}

/**
 * The images for the reader who holds the case, with URLs where the decision allows the objects themselves. Licence, place
 * and policy are asked again at each page, and the record of the access is durable before a URL exists.
 */
export async function listImages(
  ports: ImagePorts,
  { params, query, context }: { params: { referralId: ReferralId }; query: QueryOf<'listImages'>; context: Asking },
): Promise<AnswerOf<'listImages'>> {
  const { referralId } = params
  const reading = await judgeImageReading(ports, 'listImages', referralId, context)
  const { case: c, decision } = reading
  const page = await listPage(
    ports,
    casePartition(referralId),
    { from: 'instance#', to: 'instance#~' },
    query,
    (record) => StoredInstanceSchema.parse(record.body),
  )
  const decisionId = await recordRelease(ports, reading, context, { images: page.rows.length })
  const urls = permits(decision, 'read_identifiable') ? await releaseUrls(ports, decision, page.rows) : []
  return {
    referralId,
    decisionId,
    mode: decision.mode,
    ...(c.images.studyInstanceUid === undefined ? {} : { studyInstanceUid: c.images.studyInstanceUid }),
    images: page.rows.map((instance, at) => entryOf(instance, urls[at])),
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  }
}
