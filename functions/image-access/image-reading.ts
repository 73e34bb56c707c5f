import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { AuditEntry } from '../../shared/domain/audit/audit-record.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits, type Permit, type ResidencyDecision } from '../../shared/domain/residency/decide.ts'
import type { ReadingMode } from '../../shared/domain/residency/reading-mode.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { reportTypeOf } from '../../shared/domain/case/reading-facts.ts'
import { judgeReading } from '../../shared/ledger/reading-question.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { settingFor } from '../../shared/ledger/residency-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { DownloadSigner, ObjectStore, SignedRequest } from '../../shared/ports/object-store.ts'
import type { UrlRelease } from '../../shared/ports/rights.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock, IdSource } from '../../shared/ports/surroundings.ts'

export interface ImagePorts {
  readonly store: RecordStore
  readonly network: ResidencyDirectory
  readonly keys: Pick<KeyVault, 'mac'>
  readonly objects: Pick<ObjectStore, 'readRange'>
  readonly downloads: DownloadSigner
  readonly cell: CellFacts
  readonly clock: Clock
  readonly ids: IdSource
}

export interface ImagesAsked {
  readonly params: { readonly referralId: ReferralId }
  readonly query: QueryOf<'listImages'>
  readonly context: Asking
}

export type ImageDecision = ResidencyDecision<'image-access'>

export interface ImageReading<D extends ImageDecision = ImageDecision> {
  readonly case: Case
  readonly decision: D
}

/** The reader who holds the case, asked again: licence, place and policy at each page and each frame. */
export async function judgeImageReading(
  ports: ImagePorts,
  operation: 'listImages' | 'readFrame',
  referralId: ReferralId,
  { principal }: Asking,
): Promise<ImageReading> {
  const { case: c, network } = await authoriseCase(ports, operation, principal, referralId)
  const setting = await settingFor(ports, network, c)
  const purpose = 'image-access'
  const { decision, eligibility } = judgeReading(c, principal, purpose, purpose, reportTypeOf(c), setting)
  if (!eligibility.eligible) throw new Refusal('not-eligible', { rule: eligibility.rule })
  return { case: c, decision }
}

/** The same reading, known to allow at least so much. */
export function allowing<const M extends Exclude<ReadingMode, 'forbidden'>>(
  { case: c, decision }: ImageReading,
  mode: M,
): ImageReading<Permit<M, 'image-access'>> {
  if (!permits(decision, mode)) throw new Refusal('residency-forbidden', { mode: decision.mode })
  return { case: c, decision }
}

/** Durable before anything is handed out; the answer names the record by the id it returns. */
export async function recordRelease(
  ports: ImagePorts,
  { case: { referralId }, decision }: ImageReading,
  context: Asking,
  facts: NonNullable<AuditEntry['facts']>,
): Promise<string> {
  const decisionId = ports.ids.next()
  await recordAccess(ports, context, {
    action: 'release',
    referralId,
    decision: decision.record,
    facts: { decisionId, ...facts },
  })
  return decisionId
}

/** As long as a GET URL may live: it is a bearer of the pixels until it expires. */
const URL_LIFE_SECONDS = 300

/** Numbered within the page: a file name of the site's own would tell of the patient. */
export const signImages = (
  { downloads }: Pick<ImagePorts, 'downloads'>,
  release: UrlRelease,
  keys: readonly string[],
): Promise<readonly SignedRequest[]> =>
  downloads.signGets(
    release,
    keys.map((key, at) => ({ key, fileName: `image-${at + 1}.dcm`, contentType: 'application/dicom' })),
    URL_LIFE_SECONDS,
  )

export type ImageEntry = AnswerOf<'listImages'>['images'][number]

export const withUrl = (entry: ImageEntry, get: SignedRequest | undefined): ImageEntry =>
  get === undefined ? entry : { ...entry, get: { ...get, headers: { ...get.headers } } }
