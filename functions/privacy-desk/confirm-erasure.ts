import type { Retention } from '../../shared/contracts/http/privacy.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { Kept } from '../../shared/domain/retention/decide-erasure.ts'
import type { ErasureIn } from '../../shared/domain/retention/retention-file.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseOwner } from '../../shared/ledger/authorised-case.ts'
import { countUncounted } from '../../shared/ledger/count-events.ts'
import { beginErasure, finishErasure, type ErasureOrder } from '../../shared/ledger/erase-case.ts'
import { requireQuiet } from '../../shared/ledger/erased-case.ts'
import { loadFile, loadRetained, type LoadedFile } from '../../shared/ledger/retention-files.ts'
import { lockedUntil, type ErasurePorts } from '../../shared/ledger/wipe-case.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import { decideFor, retentionOf } from './read-retention.ts'
import { requireVersion, type CommandPorts } from './retention-commands.ts'

export interface ErasureDeskPorts extends ErasurePorts, CommandPorts {
  readonly network: NetworkDirectory
}

const said = (kept: Kept): string => {
  switch (kept.why) {
    case 'case-open':
    case 'second-person-needed':
      return kept.why
    case 'legal-hold':
      return `${kept.why} ${kept.holdIds.join(' ')}`
    case 'no-rule':
      return `${kept.why} ${kept.class}`
    case 'duty-to-retain':
      return `${kept.why} ${kept.class} until ${kept.until} by ${kept.ruleId}`
  }
}

/** Decided again on what stands now: a hold may have come in since the request, and a case may have been opened again. */
async function begin(
  ports: ErasureDeskPorts,
  file: LoadedFile,
  requested: ErasureIn<'requested'>,
  { context, order }: { readonly context: Asking; readonly order: ErasureOrder },
): Promise<void> {
  const { personId } = context.principal
  if (requested.requestedBy === personId) throw new Refusal('second-person-needed')
  const { referralId } = file.file
  const known = await loadRetained(ports.store, referralId)
  if (known === undefined) throw new Refusal('not-found')
  const now = ports.clock.now()
  const decision = decideFor(ports, file, known, { personId, now })
  if (decision.outcome === 'keep') throw new Refusal('erasure-kept', { kept: decision.kept.map(said) })
  await requireQuiet(ports, referralId)
  const until = await lockedUntil(ports, referralId)
  if (until !== undefined) throw new Refusal('erasure-locked', { until })
  await countUncounted(ports, known.case)
  const { ruleIds, policyVersion } = decision
  await beginErasure(ports, {
    loaded: known,
    file,
    erasure: {
      ...requested,
      state: 'erasing',
      begunAt: now,
      confirmedBy: personId,
      ruleIds: [...ruleIds],
      policyVersion,
    },
    order,
  })
}

/**
 * The second person's yes, and the erasure itself. What was begun and cut short is finished by a repeat of anybody who may
 * confirm: two people have decided it, and half of a case helps nobody. So its version is not asked for any more.
 */
export async function confirmErasure(
  ports: ErasureDeskPorts,
  { params: { referralId }, context }: { params: { referralId: ReferralId }; context: Asking },
): Promise<Retention> {
  const { principal, remember } = context
  authoriseOwner('confirmErasure', principal, referralId)
  const file = await loadFile(ports.store, referralId)
  const order: ErasureOrder = {
    by: context.actor,
    requestId: context.requestId,
    ...(remember === undefined
      ? {}
      : {
          remember: (after, version) =>
            remember(retentionOf(ports, { file: after, version }, undefined, principal.personId)),
        }),
  }
  const { erasure } = file.file
  switch (erasure?.state) {
    case undefined:
      if (file.version === 0 && (await loadRetained(ports.store, referralId)) === undefined)
        throw new Refusal('not-found')
      requireVersion(file, context)
      throw new Refusal('illegal-transition')
    case 'requested':
      requireVersion(file, context)
      await begin(ports, file, erasure, { context, order })
      break
    case 'erasing':
    case 'wiped':
      break
    case 'erased':
      throw new Refusal('illegal-transition')
  }
  const network = await ports.network.current()
  const done = await finishErasure(ports, network, referralId, order)
  return retentionOf(ports, done, undefined, principal.personId)
}
