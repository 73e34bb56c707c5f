import type { QueueMessage } from '../../shared/contracts/messages.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { isAbandoned } from '../../shared/domain/case/states.ts'
import { noCopies, withCopy, type CopyRecord } from '../../shared/domain/deidentification/study-copies.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { StoredInstanceSchema } from '../../shared/domain/upload/instance.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import {
  askForCopies,
  copiesOf,
  copiesWrite,
  copyWrite,
  loadCopies,
  type LoadedCopy,
} from '../../shared/ledger/copy-ledger.ts'
import { transactBesideCase, underWay } from '../../shared/ledger/erased-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import type { CellFacts } from '../../shared/ports/network-directory.ts'
import type { Handled } from '../../shared/runtime/queue-function.ts'
import { concludeCopies, type ConcludingPorts } from './conclude-copies.ts'
import { copyIdFor, macOfCase, makeCopy, type CopySource, type Making, type MakingPorts } from './make-copy.ts'

export interface CopyPorts extends ConcludingPorts, MakingPorts {
  readonly cell: CellFacts
}

/** As much as one message works on; the rest is asked for again, so that a large study never meets a time-out. */
const OBJECTS_AT_ONCE = 40
const BYTES_AT_ONCE = 256 * 1024 * 1024

interface Due extends CopySource {
  readonly before: LoadedCopy | undefined
}

/** Instances that nobody has tried to copy, or that a person has attested since. */
async function* dueIn({ store }: CopyPorts, making: Making): AsyncGenerator<Due> {
  const { referralId } = making.case
  const known = new Map<string, LoadedCopy>()
  for await (const loaded of copiesOf(store, referralId)) known.set(loaded.copy.copyId, loaded)
  for await (const { sort, body } of recordsUnder(store, referralId, 'instance#')) {
    const instance = StoredInstanceSchema.parse(body)
    const before = known.get(copyIdFor(making, instance))
    if (before !== undefined && !before.copy.again) continue
    yield { instance, digest: sort.slice('instance#'.length), before, attestation: before?.copy.attestation ?? {} }
  }
}

const ATTEMPTS = 12

/** The copy and the sum over all of them stand or fall together. Whoever was quicker with this copy is right. */
async function keep(ports: CopyPorts, copy: CopyRecord, before: LoadedCopy | undefined): Promise<void> {
  const { referralId, copyId } = copy
  const own = keys.copy(referralId, copyId)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const all = await loadCopies(ports.store, referralId)
    const sum = withCopy(all?.copies ?? noCopies, before?.copy, copy)
    const writes = [copyWrite(copy, before?.version), copiesWrite(referralId, sum, all?.version)]
    const outcome = await transactBesideCase(ports, referralId, writes)
    if (outcome.outcome === 'committed' || outcome.at.sort === own.sort) return
  }
  throw new Refusal('busy', { what: 'copies' })
}

async function makeDue(ports: CopyPorts, making: Making): Promise<'all' | 'more'> {
  let [objects, bytes] = [0, 0]
  for await (const due of dueIn(ports, making)) {
    if (objects >= OBJECTS_AT_ONCE || (objects > 0 && bytes + due.instance.bytes > BYTES_AT_ONCE)) return 'more'
    objects += 1
    bytes += due.instance.bytes
    await keep(ports, await makeCopy(ports, making, due), due.before)
  }
  return 'all'
}

const mayBeCopied = (c: Case | undefined): c is Case => c !== undefined && !isAbandoned(c.phase.state)

/**
 * Makes the copies of a case that are missing and lays those that may be released into their own bucket. Repeats make
 * nothing twice; killed anywhere, the next attempt goes on where it stopped.
 */
export async function copyStudy(ports: CopyPorts, message: QueueMessage<'copies'>): Promise<Handled> {
  const { referralId, readerId } = message
  const loaded = await loadCase(ports.store, referralId)
  if (ports.cell.copies === undefined || !mayBeCopied(loaded?.case)) return 'done'
  const c = loaded.case
  const making = { case: c, policy: ports.cell.copies.policy, mac: await macOfCase(ports, c) }
  if ((await underWay(ports, referralId, () => makeDue(ports, making))) === 'more') {
    await transactBesideCase(ports, referralId, [askForCopies(ports, referralId, ports.clock.now(), readerId)])
    return 'done'
  }
  await concludeCopies(ports, message)
  return 'done'
}
