import { DeclinedReadingSchema, type DeclinedReading } from '../contracts/stored/declined-reading.ts'
import type { ReferralId } from '../domain/case/case.ts'
import type { ReaderId } from '../domain/network/ids.ts'
import type { DeclinedFor } from '../domain/routing/eligibility-question.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import { plain } from './case-rows.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

/** Stands or falls with the release it is told in. */
export function declinedWrite(referralId: ReferralId, declined: Omit<DeclinedReading, 'schema'>): RecordWrite {
  const body: DeclinedReading = { schema: 'overread/declined-reading@1', ...declined }
  return { write: 'put', when: 'always', ...keys.declined(referralId, declined.readerId), body: plain(body) }
}

/** Who has said that they may not read this case, and why. */
export async function declinedReadings(
  store: RecordStore,
  referralId: ReferralId,
): Promise<ReadonlyMap<ReaderId, DeclinedFor>> {
  const range = { from: keys.declined(referralId, '').sort, to: keys.declined(referralId, '~').sort }
  const declined = new Map<ReaderId, DeclinedFor>()
  for await (const { body } of walkPartition(store, casePartition(referralId), range)) {
    const { readerId, because } = DeclinedReadingSchema.parse(body)
    declined.set(readerId as ReaderId, because)
  }
  return declined
}
