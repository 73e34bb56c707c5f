import type { AnswerOf } from '../../shared/contracts/routes.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import {
  CopyRecordSchema,
  noCopies,
  withheldOf,
  type CopyRecord,
} from '../../shared/domain/deidentification/study-copies.ts'
import type { DeidentifiedRead } from '../../shared/domain/residency/decide.ts'
import { loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { casePartition } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import {
  recordRelease,
  signImages,
  withUrl,
  type ImageEntry,
  type ImagePorts,
  type ImageReading,
  type ImagesAsked,
} from './image-reading.ts'

type Answer = AnswerOf<'listImages'>
type Released = CopyRecord & { readonly released: NonNullable<CopyRecord['released']> }

const isReleased = (copy: CopyRecord): copy is Released => copy.state === 'released' && copy.released !== undefined

const entryOf = ({ sopClassUid, modality, instanceNumber, released }: Released): ImageEntry => {
  const { seriesInstanceUid, sopInstanceUid, transferSyntaxUid, bytes, sha256 } = released
  return { seriesInstanceUid, sopInstanceUid, sopClassUid, modality, instanceNumber, bytes, sha256, transferSyntaxUid }
}

/** What the reader does not see: a study read in part must be known to be one. */
async function withheldFrom(ports: ImagePorts, c: Case): Promise<NonNullable<Answer['withheld']>> {
  const copies = (await loadCopies(ports.store, c.referralId))?.copies ?? noCopies
  const { released, held, blocked } = copies
  return { held, blocked, underWay: Math.max(0, c.images.stored - released - withheldOf(copies)) }
}

/** The copies that may leave, by their own UIDs; nothing here names an original. */
export async function listCopies(
  ports: ImagePorts,
  reading: ImageReading<DeidentifiedRead>,
  { query, context }: ImagesAsked,
): Promise<Answer> {
  const { case: c, decision } = reading
  const { referralId } = c
  const page = await listPage(ports, casePartition(referralId), { from: 'copy#', to: 'copy#~' }, query, (record) => {
    const copy = CopyRecordSchema.parse(record.body)
    return isReleased(copy) ? copy : undefined
  })
  const withheld = await withheldFrom(ports, c)
  const decisionId = await recordRelease(ports, reading, context, { copies: page.rows.length, ...withheld })
  const keys = page.rows.map(({ released: { key } }) => key)
  const urls = keys.length === 0 ? [] : await signImages(ports, { by: decision, bucket: 'copies' }, keys)
  const studyInstanceUid = page.rows[0]?.released.studyInstanceUid
  return {
    referralId,
    decisionId,
    mode: decision.mode,
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
    images: page.rows.map((copy, at) => withUrl(entryOf(copy), urls[at])),
    failed: c.images.failed,
    withheld,
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  }
}
