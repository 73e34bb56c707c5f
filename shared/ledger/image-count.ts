import type { Case, ReferralId } from '../domain/case/case.ts'
import {
  UploadSessionSchema,
  type AnnouncedObject,
  type Arrival,
  type UploadSession,
} from '../domain/upload/upload-session.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { casePartition } from './keys.ts'
import { announcedObjects, arrivalsOf } from './upload-ledger.ts'
import { walkPartition } from './walk-partition.ts'

export interface UploadTally {
  readonly session: UploadSession
  readonly stored: number
  readonly failed: number
}

const COUNTS = 'upload-counts#'

/** Every upload of the case with what has become of its objects: sessions and counters sort side by side, so one walk. */
export async function uploadTallies(store: RecordStore, referralId: ReferralId): Promise<UploadTally[]> {
  const sessions: UploadSession[] = []
  const counts = new Map<string, Readonly<Record<string, unknown>>>()
  for await (const { sort, body } of walkPartition(store, casePartition(referralId), {
    from: 'upload#',
    to: `${COUNTS}~`,
  })) {
    if (sort.startsWith(COUNTS)) counts.set(sort.slice(COUNTS.length), body)
    else sessions.push(UploadSessionSchema.parse(body))
  }
  return sessions.map((session) => {
    const { stored = 0, failed = 0 } = counts.get(session.uploadId) ?? {}
    return { session, stored: Number(stored), failed: Number(failed) }
  })
}

export interface ImageCount {
  readonly expected: number
  readonly stored: number
  readonly failed: number
  readonly complete: boolean
}

const sumOf = (uploads: readonly UploadTally[]): Omit<ImageCount, 'complete'> => ({
  expected: uploads.reduce((sum, { session }) => sum + session.expected, 0),
  stored: uploads.reduce((sum, { stored }) => sum + stored, 0),
  failed: uploads.reduce((sum, { failed }) => sum + failed, 0),
})

/**
 * Whether what failed is the sender's last word. Of an upload that was refused whole somebody has been told by an exception:
 * whoever then sends the right images must not have to find and complete the wrong ones.
 */
const failuresStand = ({ session, failed }: UploadTally): boolean =>
  session.state === 'complete' || failed >= session.expected

/** What an upload has yet to answer for: until its sender has said that it is complete, a failed object may be sent again. */
const owedBy = (one: UploadTally): number => one.session.expected - one.stored - (failuresStand(one) ? one.failed : 0)

interface Inventory extends UploadTally {
  readonly objects: readonly AnnouncedObject[]
  readonly arrivals: ReadonlyMap<number, Arrival>
}

const onlyBytes = (sha256: string): string => `bytes ${sha256}`

/**
 * What the case holds, by the names of manifests. An object announced under a UID is never taken for another because their
 * digests agree: a manifest that mixes up two images would pass for whole without one of them.
 */
const heldNames = (inventories: readonly Inventory[]): ReadonlySet<string> =>
  new Set(
    inventories.flatMap(({ objects, arrivals }) =>
      objects.flatMap(({ sopInstanceUid, sha256 }, index) =>
        arrivals.get(index)?.state === 'stored' ? [sopInstanceUid ?? onlyBytes(sha256), sha256] : [],
      ),
    ),
  )

const isHeld = (held: ReadonlySet<string>, { sopInstanceUid, sha256 }: AnnouncedObject): boolean =>
  sopInstanceUid === undefined ? held.has(sha256) : held.has(sopInstanceUid) || held.has(onlyBytes(sha256))

const isAnswered = (held: ReadonlySet<string>, one: Inventory): boolean =>
  one.objects.every(
    (object, index) => isHeld(held, object) || (failuresStand(one) && one.arrivals.get(index)?.state === 'failed'),
  )

const missingOf = ({ objects, arrivals }: Inventory): AnnouncedObject[] =>
  objects.filter((_, index) => !arrivals.has(index))

/** Counters alone rule most cases out: manifests are read only where the other uploads have stored enough. */
const mayBeElsewhere = (uploads: readonly UploadTally[], one: UploadTally, owed: number): boolean =>
  owed <= sumOf(uploads).stored - one.stored

const inventoriesOf = (
  store: RecordStore,
  referralId: ReferralId,
  uploads: readonly UploadTally[],
): Promise<Inventory[]> =>
  Promise.all(
    uploads.map(async (one) => {
      const { uploadId } = one.session
      const [objects, arrivals] = await Promise.all([
        announcedObjects(store, referralId, uploadId),
        arrivalsOf(store, referralId, uploadId),
      ])
      return { ...one, objects, arrivals }
    }),
  )

/** Whether another upload of the case has stored each object of this one that never arrived. */
export async function missingIsElsewhere(
  store: RecordStore,
  referralId: ReferralId,
  uploadId: string,
): Promise<boolean> {
  const uploads = await uploadTallies(store, referralId)
  const own = uploads.find(({ session }) => session.uploadId === uploadId)
  if (own === undefined || !mayBeElsewhere(uploads, own, own.session.expected - own.stored - own.failed)) return false
  const inventories = await inventoriesOf(store, referralId, uploads)
  const held = heldNames(inventories)
  return inventories
    .filter(({ session }) => session.uploadId === uploadId)
    .every((one) => missingOf(one).every((object) => isHeld(held, object)))
}

/**
 * Expected against received, recomputed over all uploads of the case. Images are complete once nothing is missing and the
 * sender has said so, or once everything announced was stored: a sender that dies after its last object must not hold up a stroke.
 * What one upload announced and another stored is not missing, and is expected once: an upload that was given up, or whose
 * manifest was wrong, must not hold the study that was then sent.
 */
export async function countImages(store: RecordStore, referralId: ReferralId): Promise<ImageCount> {
  const uploads = await uploadTallies(store, referralId)
  const sum = sumOf(uploads)
  const open = uploads.filter((one) => owedBy(one) > 0)
  if (open.length === 0) return { ...sum, complete: sum.stored > 0 }
  if (!open.every((one) => mayBeElsewhere(uploads, one, owedBy(one)))) return { ...sum, complete: false }
  const inventories = await inventoriesOf(store, referralId, uploads)
  const held = heldNames(inventories)
  if (!inventories.every((one) => isAnswered(held, one))) return { ...sum, complete: false }
  const elsewhere = inventories.reduce((missing, one) => missing + missingOf(one).length, 0)
  return { ...sum, expected: sum.expected - elsewhere, complete: true }
}

/** What a case has received at this moment: its own counts are those of the last upload that had nothing under way. */
export async function receivedSoFar(store: RecordStore, { referralId, images }: Case): Promise<Case['images']> {
  if (images.complete || images.expected === 0) return images
  return { ...images, ...sumOf(await uploadTallies(store, referralId)) }
}

/** Uploads of which every object has been refused: nothing is under way, and nothing of them is with the study. */
export const refusedWhole = (uploads: readonly UploadTally[]): UploadTally[] =>
  uploads.filter(({ session, failed }) => failed >= session.expected)

export const countsDiffer = (c: Case, counted: ImageCount): boolean =>
  c.images.expected !== counted.expected ||
  c.images.stored !== counted.stored ||
  c.images.failed !== counted.failed ||
  c.images.complete !== counted.complete
