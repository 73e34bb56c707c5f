import * as z from 'zod'
import type { ReferralId } from '../domain/case/case.ts'
import type { RecordKey, RecordStore, RecordWrite } from '../ports/record-store.ts'
import { plain } from './case-rows.ts'
import { casePartition, keys } from './keys.ts'
import { walkPartition } from './walk-partition.ts'

/** A remembered answer: a repeat of the command gets it back instead of being carried out twice. */
export interface Remembered {
  readonly key: RecordKey
  readonly payloadHash: string
  readonly status: number
  readonly expiresAt: string
  readonly answer: object
}

export const rememberWrite = (remember: Remembered): RecordWrite => ({
  write: 'put',
  when: 'absent',
  ...remember.key,
  body: plain({ payloadHash: remember.payloadHash, status: remember.status, answer: remember.answer }),
  expiresAt: remember.expiresAt,
})

/** The answer to a command on a case, and in the case where it lies: by its key alone, a digest, nobody can tell whose it is. */
export const rememberWrites = (referralId: ReferralId, remember: Remembered | undefined): RecordWrite[] =>
  remember === undefined
    ? []
    : [
        rememberWrite(remember),
        {
          write: 'put',
          when: 'always',
          ...keys.remembered(referralId, remember.key),
          body: { partition: remember.key.partition, sort: remember.key.sort },
          expiresAt: remember.expiresAt,
        },
      ]

const PlaceSchema = z.strictObject({ partition: z.string(), sort: z.string() })

/** Where the answers of a case lie that are still remembered. */
export const rememberedRowsOf = (store: RecordStore, referralId: ReferralId): Promise<RecordKey[]> =>
  Array.fromAsync(
    walkPartition(store, casePartition(referralId), { from: 'remembered#', to: 'remembered#~' }),
    ({ body }) => PlaceSchema.parse(body),
  )
