import type { Case } from '../../shared/domain/case/case.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { ratesOf } from '../../shared/domain/network/rates.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { RecordStore, RecordWrite } from '../../shared/ports/record-store.ts'

const GIGABYTE = 1e9
const DAY_MS = 86_400_000

/**
 * What a manifest announces is counted with its upload, in one transaction. Refused once the day's bytes are used up; stat and
 * urgent cases have a reserve beyond them. Uploads opened at the same moment may each still see room.
 */
export async function uploadAllowance(
  store: RecordStore,
  network: NetworkIndex,
  { referringOrgId, urgency }: Case,
  bytes: number,
  now: Instant,
): Promise<RecordWrite> {
  const rates = ratesOf(network.definition.rates, referringOrgId)
  const reserve = urgency === 'routine' ? 0 : rates.urgentUploadGigabytesPerDay
  const limit = (rates.uploadGigabytesPerDay + reserve) * GIGABYTE
  const key = keys.uploadBytes(referringOrgId, now.slice(0, 10))
  const used = (await store.read(key))?.body['bytes'] ?? 0
  if (Number(used) + bytes > limit) {
    const retryAfterSeconds = Math.ceil((DAY_MS - (Date.parse(now) % DAY_MS)) / 1000)
    throw new Refusal('too-many-requests', { rate: 'uploadGigabytesPerDay', retryAfterSeconds })
  }
  return { write: 'add', ...key, counts: { bytes } }
}
