import type { AuditEntry } from '../domain/audit/audit-record.ts'
import type { ReferralId } from '../domain/case/case.ts'
import { StoredCaseSchema } from '../domain/case/stored-case.ts'
import type { Actor } from '../domain/case/events.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { Refusal } from '../domain/refusal.ts'
import type { ErasureIn, RetentionFile } from '../domain/retention/retention-file.ts'
import { AnsweredBefore } from './asking.ts'
import { caseChain, transactWithAudit } from './audit-chain.ts'
import type { LoadedCase } from './case-ledger.ts'
import { plain } from './case-rows.ts'
import { erasedMark, requireQuiet } from './erased-case.ts'
import { keys } from './keys.ts'
import { rememberWrite, type Remembered } from './remembered-answers.ts'
import { fileWrite, loadFile, type LoadedFile } from './retention-files.ts'
import { wipe, type ErasurePorts } from './wipe-case.ts'

export interface ErasureOrder {
  readonly by: Actor
  readonly requestId: string
  readonly remember?: (file: RetentionFile, version: number) => Remembered
}

const entryOf = (
  ports: Pick<ErasurePorts, 'clock'>,
  { by, requestId }: ErasureOrder,
  {
    referralId,
    erasure,
  }: { readonly referralId: ReferralId; readonly erasure: ErasureIn<'erasing' | 'wiped' | 'erased'> },
  facts: NonNullable<AuditEntry['facts']>,
): AuditEntry => ({
  at: ports.clock.now(),
  by,
  action: 'erase',
  operation: 'confirmErasure',
  outcome: 'success',
  referralId,
  requestId,
  facts: {
    requestedBy: erasure.requestedBy,
    confirmedBy: erasure.confirmedBy,
    ruleIds: [...erasure.ruleIds],
    policyVersion: erasure.policyVersion,
    ...facts,
  },
})

const ATTEMPTS = 12

/**
 * The case goes out of sight at once and whole: from this transaction on no read, command, message or sweep finds it, nothing
 * is written beside it, and a hold or an addendum that came in meanwhile fails it instead of being erased unseen.
 */
export async function beginErasure(
  ports: ErasurePorts,
  {
    loaded,
    file,
    erasure,
    order,
  }: {
    readonly loaded: LoadedCase
    readonly file: LoadedFile
    readonly erasure: ErasureIn<'erasing'>
    readonly order: ErasureOrder
  },
): Promise<void> {
  const { referralId } = loaded.case
  const outcome = await transactWithAudit(
    ports.store,
    caseChain(referralId),
    [entryOf(ports, order, { referralId, erasure }, { step: 'begun' })],
    [
      { write: 'remove', when: { version: loaded.version }, ...keys.case(referralId) },
      { write: 'put', when: 'absent', ...keys.erasing(referralId), body: plain(loaded.case) },
      erasedMark(referralId, erasure.begunAt),
      fileWrite(file, { ...file.file, erasure }),
    ],
  )
  if (outcome.outcome !== 'committed') throw new Refusal('stale-version')
}

/** Everything but the case is gone: it goes with the proof, in one transaction. Somebody else may have been first. */
async function concludeWiping(
  ports: ErasurePorts,
  network: NetworkIndex,
  file: LoadedFile,
  erasure: ErasureIn<'erasing'>,
): Promise<void> {
  const { referralId } = file.file
  const record = await ports.store.read(keys.erasing(referralId))
  if (record === undefined) return
  await requireQuiet(ports, referralId)
  const proof = await wipe(ports, StoredCaseSchema.parse(record.body), network)
  await ports.store.transact([
    { write: 'remove', when: { version: record.version }, ...keys.erasing(referralId) },
    fileWrite(file, { ...file.file, erasure: { ...erasure, state: 'wiped', proof } }),
  ])
}

async function concludeErasure(
  ports: ErasurePorts,
  file: LoadedFile,
  wiped: ErasureIn<'wiped'>,
  order: ErasureOrder,
): Promise<LoadedFile | undefined> {
  await ports.eraser.scrub()
  const erasure: ErasureIn<'erased'> = { ...wiped, state: 'erased', erasedAt: ports.clock.now() }
  const { referralId } = file.file
  const after = { file: { ...file.file, erasure }, version: file.version + 1 }
  const entry = entryOf(ports, order, { referralId, erasure }, { step: 'erased', ...wiped.proof })
  const remember = order.remember?.(after.file, after.version)
  const kept = remember === undefined ? [] : [rememberWrite(remember)]
  const outcome = await transactWithAudit(
    ports.store,
    caseChain(referralId),
    [entry],
    [...kept, fileWrite(file, after.file)],
  )
  if (outcome.outcome === 'committed') return after
  if (remember?.key.partition === outcome.at.partition && outcome.found !== undefined)
    throw new AnsweredBefore(outcome.found)
  return undefined
}

/**
 * Carries a begun erasure to its end from wherever it stands: objects with all versions, the rows and guards outside the
 * case's partition, its records but the audit, the case, then what deleted records leave in the store's own files. A repeat
 * after a crash does what is left. The audit stays: it names no patient and proves the erasure.
 */
export async function finishErasure(
  ports: ErasurePorts,
  network: NetworkIndex,
  referralId: ReferralId,
  order: ErasureOrder,
): Promise<LoadedFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const loaded = await loadFile(ports.store, referralId)
    const { erasure } = loaded.file
    switch (erasure?.state) {
      case undefined:
      case 'requested':
        throw new Refusal('illegal-transition')
      case 'erasing':
        await concludeWiping(ports, network, loaded, erasure)
        break
      case 'wiped': {
        const done = await concludeErasure(ports, loaded, erasure, order)
        if (done !== undefined) return done
        break
      }
      case 'erased':
        return loaded
    }
  }
  throw new Refusal('busy', { what: 'erasure' })
}
