import type { Case, ReferralId } from '../domain/case/case.ts'
import {
  ArrivalSchema,
  MANIFEST_CHUNK,
  ManifestChunkSchema,
  UploadSessionSchema,
  type AnnouncedObject,
  type Arrival,
  type ObjectPlace,
  type UploadSession,
} from '../domain/upload/upload-session.ts'
import type { RecordKey, RecordStore, StoredRecord } from '../ports/record-store.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

export interface LoadedUpload {
  readonly session: UploadSession
  readonly version: number
  readonly stored: number
  readonly failed: number
}

const count = (record: StoredRecord | undefined, name: string): number => {
  const value = record?.body[name]
  return typeof value === 'number' ? value : 0
}

export async function loadUpload(
  store: RecordStore,
  referralId: ReferralId,
  uploadId: string,
): Promise<LoadedUpload | undefined> {
  const [record, counts] = await Promise.all([
    store.read(keys.upload(referralId, uploadId)),
    store.read(keys.uploadCounts(referralId, uploadId)),
  ])
  if (record === undefined) return undefined
  return {
    session: UploadSessionSchema.parse(record.body),
    version: record.version,
    stored: count(counts, 'stored'),
    failed: count(counts, 'failed'),
  }
}

/** All records of a case whose sort key starts so. */
export const recordsUnder = (
  store: RecordStore,
  referralId: ReferralId,
  prefix: string,
): AsyncGenerator<StoredRecord> => walkPartition(store, casePartition(referralId), { from: prefix, to: `${prefix}~` })

export type AnnouncedIn = (place: ObjectPlace) => Promise<AnnouncedObject | undefined>

/** What manifests announce. A chunk is read and checked once for all that is asked of it: a batch would parse it ten times. */
export function announcedIn(store: Pick<RecordStore, 'read'>): AnnouncedIn {
  const chunks = new Map<string, Promise<readonly AnnouncedObject[]>>()
  const readChunk = async (key: RecordKey): Promise<readonly AnnouncedObject[]> => {
    const chunk = await store.read(key)
    return chunk === undefined ? [] : ManifestChunkSchema.parse(chunk.body).objects
  }
  return async ({ referralId, uploadId, index }) => {
    const key = keys.manifest(referralId, uploadId, Math.floor(index / MANIFEST_CHUNK))
    const name = `${key.partition} ${key.sort}`
    const chunk = chunks.get(name) ?? readChunk(key)
    chunks.set(name, chunk)
    return (await chunk)[index % MANIFEST_CHUNK]
  }
}

export async function announcedObjects(
  store: RecordStore,
  referralId: ReferralId,
  uploadId: string,
): Promise<AnnouncedObject[]> {
  const objects: AnnouncedObject[] = []
  for await (const record of recordsUnder(store, referralId, `manifest#${uploadId}#`)) {
    objects.push(...ManifestChunkSchema.parse(record.body).objects)
  }
  return objects
}

export async function arrivalsOf(
  store: RecordStore,
  referralId: ReferralId,
  uploadId: string,
): Promise<Map<number, Arrival>> {
  const arrivals = new Map<number, Arrival>()
  for await (const record of recordsUnder(store, referralId, `arrival#${uploadId}#`)) {
    const arrival = ArrivalSchema.parse(record.body)
    arrivals.set(arrival.index, arrival)
  }
  return arrivals
}

export interface ImageCount {
  readonly expected: number
  readonly stored: number
  readonly failed: number
  readonly complete: boolean
}

/**
 * Expected against received, recomputed over all uploads of the case. Images are complete once nothing is missing and the
 * sender has said so, or once everything announced was stored: a sender that dies after its last object must not hold up a stroke.
 */
export async function countImages(store: RecordStore, referralId: ReferralId): Promise<ImageCount> {
  let [expected, stored, failed, settled] = [0, 0, 0, true]
  for await (const record of recordsUnder(store, referralId, 'upload#')) {
    const session = UploadSessionSchema.parse(record.body)
    const counts = await store.read(keys.uploadCounts(referralId, session.uploadId))
    const [one, other] = [count(counts, 'stored'), count(counts, 'failed')]
    expected += session.expected
    stored += one
    failed += other
    settled &&= session.state === 'complete' ? one + other >= session.expected : one >= session.expected
  }
  return { expected, stored, failed, complete: settled && stored > 0 }
}

export const countsDiffer = (c: Case, counted: ImageCount): boolean =>
  c.images.expected !== counted.expected ||
  c.images.stored !== counted.stored ||
  c.images.failed !== counted.failed ||
  c.images.complete !== counted.complete
