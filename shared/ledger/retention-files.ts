import type { ReferralId } from '../domain/case/case.ts'
import { StoredCaseEventSchema } from '../domain/case/stored-case.ts'
import { nextDueAt } from '../domain/case/due.ts'
import type { RetainedCase } from '../domain/retention/decide-erasure.ts'
import { emptyFile, RetentionFileSchema, type RetentionFile } from '../domain/retention/retention-file.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import { loadCase, type LoadedCase } from './case-ledger.ts'
import { plain } from './case-rows.ts'
import { keys } from './keys.ts'

export interface LoadedFile {
  readonly file: RetentionFile
  /** 0: nobody has asked for anything yet. */
  readonly version: number
}

export async function loadFile(store: RecordStore, referralId: ReferralId): Promise<LoadedFile> {
  const record = await store.read(keys.retentionFile(referralId))
  return record === undefined
    ? { file: emptyFile(referralId), version: 0 }
    : { file: RetentionFileSchema.parse(record.body), version: record.version }
}

export const fileWrite = ({ version }: LoadedFile, file: RetentionFile): RecordWrite => ({
  write: 'put',
  when: version === 0 ? 'absent' : { version },
  ...keys.retentionFile(file.referralId),
  body: plain(file),
})

export interface KnownCase extends LoadedCase {
  readonly retained: RetainedCase
}

/** A case that has ended ended no later than its last event: counted from there, nothing is erased a day early. */
export async function loadRetained(store: RecordStore, referralId: ReferralId): Promise<KnownCase | undefined> {
  const loaded = await loadCase(store, referralId)
  if (loaded === undefined) return undefined
  const { origin, order, milestones, eventCount } = loaded.case
  const last = await store.read(keys.event(referralId, eventCount))
  if (last === undefined) throw new Error('a case without its last event')
  const { at } = StoredCaseEventSchema.parse(last.body)
  return {
    ...loaded,
    retained: {
      origin,
      submittedAt: milestones.submittedAt ?? at,
      // Until an emergency has been reviewed there is something left to do, whatever the state.
      ...(nextDueAt(loaded.case) === null ? { endedAt: at } : {}),
      ...(order.patientAgeYears === undefined ? {} : { patientAgeYears: order.patientAgeYears }),
    },
  }
}
