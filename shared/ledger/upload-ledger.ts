import type { ReferralId } from '../domain/case/case.ts'
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
