import type { Retention } from '../../shared/contracts/http/privacy.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { decideErasure, type ErasureDecision } from '../../shared/domain/retention/decide-erasure.ts'
import { RetentionFileSchema } from '../../shared/domain/retention/retention-file.ts'
import type { RetentionPolicy } from '../../shared/domain/retention/retention-rules.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseOwner, authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { retentionPartition } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { loadFile, loadRetained, type KnownCase, type LoadedFile } from '../../shared/ledger/retention-files.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface RetentionPorts {
  readonly store: RecordStore
  readonly clock: Clock
  readonly retention: RetentionPolicy
}

/** Whether the case could be erased now, were it this person who confirmed it. */
export const decideFor = (
  { retention }: Pick<RetentionPorts, 'retention'>,
  { file }: LoadedFile,
  { retained }: KnownCase,
  { personId, now }: { readonly personId: string; readonly now: Instant },
): ErasureDecision =>
  decideErasure(retained, file.legalHolds, retention, {
    requestedBy: file.erasure?.requestedBy ?? '',
    confirmedBy: personId,
    now,
  })

/** A case that is no longer there has nothing that could be kept. */
export function retentionOf(
  ports: RetentionPorts,
  loaded: LoadedFile,
  known: KnownCase | undefined,
  personId: string,
): Retention {
  const { schema: _, ...file } = loaded.file
  const decision = known && decideFor(ports, loaded, known, { personId, now: ports.clock.now() })
  return { ...file, version: loaded.version, kept: decision?.outcome === 'keep' ? [...decision.kept] : [] }
}

export async function readRetention(
  ports: RetentionPorts,
  { params: { referralId }, context }: { params: { referralId: ReferralId }; context: Asking },
): Promise<Retention> {
  authoriseOwner('readRetention', context.principal, referralId)
  const [loaded, known] = [await loadFile(ports.store, referralId), await loadRetained(ports.store, referralId)]
  if (known === undefined && loaded.version === 0) throw new Refusal('not-found')
  await recordAccess(ports, context, { action: 'read', referralId })
  return retentionOf(ports, loaded, known, context.principal.personId)
}

/** What waits for a second person, what is held, what was cut short, and what is gone with its proof. */
export async function listRetention(
  ports: RetentionPorts & { readonly keys: Pick<KeyVault, 'mac'> },
  { query, context }: { query: QueryOf<'listRetention'>; context: Asking },
): Promise<AnswerOf<'listRetention'>> {
  authoriseWithoutCase('listRetention', context.principal)
  const { orgId } = context.principal
  const page = await listPage(ports, retentionPartition(orgId), {}, query, ({ body, version }) => {
    const { schema: _, ...file } = RetentionFileSchema.parse(body)
    return { ...file, version }
  })
  await recordAccess(ports, context, {
    action: 'query',
    facts: { rows: page.rows.length, referrals: page.rows.map(({ referralId }) => referralId) },
  })
  return { files: page.rows, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}
