import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits, type IdentifiableRead } from '../../shared/domain/residency/decide.ts'
import { StoredInstanceSchema, type StoredInstance } from '../../shared/domain/upload/instance.ts'
import { appendAudit, caseChain } from '../../shared/ledger/audit-chain.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { casePartition } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { judgeReading, reportTypeOf } from '../../shared/ledger/reading-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { DownloadSigner, SignedRequest } from '../../shared/ports/object-store.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock, IdSource } from '../../shared/ports/surroundings.ts'

export interface ImagePorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly keys: Pick<KeyVault, 'mac'>
  readonly downloads: DownloadSigner
  readonly cell: CellFacts
  readonly clock: Clock
  readonly ids: IdSource
}

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

/**
 * URLs of the images for the reader who holds the case. Licence, place and policy are asked again at each page, and the record
 * of the access is durable before a URL exists.
 */
export async function listImages(
  ports: ImagePorts,
  { params, query, context }: { params: { referralId: ReferralId }; query: QueryOf<'listImages'>; context: Asking },
): Promise<AnswerOf<'listImages'>> {
  const { referralId } = params
  const { case: c, network } = await authoriseCase(ports, 'listImages', context.principal, referralId)
  const now = ports.clock.now()
  const setting = { network, policy: await ports.network.policy(), cell: ports.cell, now }
  const { decision, eligibility } = judgeReading(
    c,
    context.principal,
    'image-access',
    'image-access',
    reportTypeOf(c),
    setting,
  )
  if (!eligibility.eligible) throw new Refusal('not-eligible', { rule: eligibility.rule })
  if (!permits(decision, 'read_identifiable')) throw new Refusal('residency-forbidden', { mode: decision.mode })
  const page = await listPage(
    ports,
    casePartition(referralId),
    { from: 'instance#', to: 'instance#~' },
    query,
    (record) => StoredInstanceSchema.parse(record.body),
  )
  const decisionId = ports.ids.next()
  await appendAudit(ports.store, caseChain(referralId), [
    {
      at: now,
      by: context.actor,
      action: 'release',
      operation: 'listImages',
      outcome: 'success',
      referralId,
      requestId: context.requestId,
      decision: decision.record,
      facts: { decisionId, images: page.rows.length },
    },
  ])
  const urls = await releaseUrls(ports, decision, page.rows)
  return {
    referralId,
    decisionId,
    mode: decision.mode,
    ...(c.images.studyInstanceUid === undefined ? {} : { studyInstanceUid: c.images.studyInstanceUid }),
    images: page.rows.flatMap((instance, at) => {
      const get = urls[at]
      if (get === undefined) return []
      const { seriesInstanceUid, sopInstanceUid, sopClassUid, modality, instanceNumber, bytes, sha256 } = instance
      return [
        {
          seriesInstanceUid,
          sopInstanceUid,
          sopClassUid,
          modality,
          instanceNumber,
          bytes,
          sha256,
          get: { ...get, headers: { ...get.headers } },
        },
      ]
    }),
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  }
}
