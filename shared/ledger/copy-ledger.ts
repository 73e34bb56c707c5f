import { orgOf, type Case, type ReferralId } from '../domain/case/case.ts'
import {
  CopyRecordSchema,
  StudyCopiesSchema,
  type CopyRecord,
  type StudyCopies,
} from '../domain/deidentification/study-copies.ts'
import type { ResidencyDecision } from '../domain/residency/decide.ts'
import type { Instant } from '../domain/instant.ts'
import type { SealContext } from '../ports/key-vault.ts'
import type { RecordStore, RecordWrite } from '../ports/record-store.ts'
import type { Clock, IdSource } from '../ports/surroundings.ts'
import { plain } from './case-rows.ts'
import { keys } from './keys.ts'
import { outboxWrite } from './outbox.ts'
import { sha256 } from './sha256.ts'
import { recordsUnder } from './upload-ledger.ts'

/** From the replaced UID, which nobody can make without the key: a digest of the original's could be tried out. */
export const copyIdOf = (replacedSopInstanceUid: string): string => sha256(replacedSopInstanceUid).slice(0, 32)

export const copyKey = (referralId: ReferralId, copyId: string): string => `copies/${referralId}/${copyId}`

export const uidPairsContext = ({ referralId, origin }: Pick<Case, 'referralId' | 'origin'>): SealContext => ({
  org: orgOf(referralId),
  case: referralId,
  purpose: 'copy-uids',
  residency: origin,
})

export interface LoadedCopies {
  readonly copies: StudyCopies
  readonly version: number
}

export async function loadCopies(store: RecordStore, referralId: ReferralId): Promise<LoadedCopies | undefined> {
  const found = await store.read(keys.copies(referralId))
  return found === undefined ? undefined : { copies: StudyCopiesSchema.parse(found.body), version: found.version }
}

export interface LoadedCopy {
  readonly copy: CopyRecord
  readonly version: number
}

export async function* copiesOf(store: RecordStore, referralId: ReferralId): AsyncGenerator<LoadedCopy> {
  for await (const { body, version } of recordsUnder(store, referralId, 'copy#')) {
    yield { copy: CopyRecordSchema.parse(body), version }
  }
}

const when = (version: number | undefined) => (version === undefined ? ('absent' as const) : { version })

export const copyWrite = (copy: CopyRecord, version: number | undefined): RecordWrite => ({
  write: 'put',
  when: when(version),
  ...keys.copy(copy.referralId, copy.copyId),
  body: plain(copy),
})

export const copiesWrite = (referralId: ReferralId, copies: StudyCopies, version: number | undefined): RecordWrite => ({
  write: 'put',
  when: when(version),
  ...keys.copies(referralId),
  body: plain(copies),
})

/** A reader who may be shown nothing but copies: they are made while the reader is still looking at the offer. */
export const copiesWanted = (
  ports: { readonly ids: IdSource; readonly clock: Clock },
  referralId: ReferralId,
  readerId: string,
  { mode }: Pick<ResidencyDecision, 'mode'>,
): RecordWrite[] =>
  mode === 'transfer_deidentified' ? [askForCopies(ports, referralId, ports.clock.now(), readerId)] : []

/** Asks for the copies of a case, together with whatever makes them needed. */
export function askForCopies(
  ports: { readonly ids: IdSource },
  referralId: ReferralId,
  writtenAt: Instant,
  readerId?: string,
): RecordWrite {
  const message = { kind: 'copy-study' as const, referralId, ...(readerId === undefined ? {} : { readerId }) }
  return outboxWrite(referralId, ports.ids.next(), { queue: 'copies', message, writtenAt })
}
