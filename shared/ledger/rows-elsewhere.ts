import * as z from 'zod'
import type { ReferralId } from '../domain/case/case.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import { keys } from './keys.ts'

const ElsewhereSchema = z.strictObject({
  rows: z.array(z.strictObject({ partition: z.string(), sort: z.string() })),
})

/**
 * Where the rows lie that a case has outside its own partition under keyed hashes of what is sealed: an erasure finds them
 * without opening the patient, so whoever erases needs no right to read.
 */
export const rowsElsewhereWrite = (referralId: ReferralId, rows: readonly RecordKey[]): RecordWrite => ({
  write: 'put',
  when: 'always',
  ...keys.elsewhere(referralId),
  body: { rows: rows.map(({ partition, sort }) => ({ partition, sort })) },
})

export async function rowsElsewhereOf(store: RecordStore, referralId: ReferralId): Promise<RecordKey[]> {
  const mark = await store.read(keys.elsewhere(referralId))
  return mark === undefined ? [] : ElsewhereSchema.parse(mark.body).rows
}
