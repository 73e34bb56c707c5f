import * as z from 'zod'
import { WorklistItemSchema } from '../../shared/contracts/http/worklist.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import type { Principal } from '../../shared/domain/access/principal.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits } from '../../shared/domain/residency/decide.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import { askForReader, settingFor } from '../../shared/ledger/residency-question.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface WorklistPorts {
  readonly store: RecordStore
  readonly network: ResidencyDirectory
  readonly keys: Pick<KeyVault, 'mac'>
  readonly cell: CellFacts
  readonly clock: Clock
}

/**
 * A row lives until its case moves on: one of an earlier release has the body part in the order's own words, and is shown without; nor
 * does it say what failed.
 */
const StoredItemSchema = z.object({
  ...WorklistItemSchema.shape,
  bodyRegion: WorklistItemSchema.shape.bodyRegion.default('unknown'),
  imagesFailed: WorklistItemSchema.shape.imagesFailed.default(0),
})

/** Where the policy forbids, the reader is not even told that the case exists. */
async function maySee(
  ports: WorklistPorts,
  referralId: ReferralId,
  principal: Principal,
  network: NetworkIndex,
): Promise<boolean> {
  const loaded = await loadCase(ports.store, referralId)
  if (loaded === undefined) return false
  const setting = await settingFor(ports, network, loaded.case)
  const decision = askForReader(loaded.case, principal, 'worklist', setting)
  return permits(decision, 'transfer_deidentified')
}

/** The reader's own cases, the most pressing first: offered, claimed and awaiting a final report. */
export async function listWorklist(
  ports: WorklistPorts,
  { query, context }: { query: QueryOf<'listWorklist'>; context: Asking },
): Promise<AnswerOf<'listWorklist'>> {
  authoriseWithoutCase('listWorklist', context.principal)
  const { readerId } = context.principal
  if (readerId === undefined) throw new Refusal('not-permitted')
  const network = await ports.network.current()
  let withheld = 0
  const page = await listPage(ports, keys.worklistRow(readerId, '', '').partition, {}, query, async (record) => {
    const item = StoredItemSchema.parse(record.body)
    if (await maySee(ports, item.referralId, context.principal, network)) return item
    withheld += 1
    return undefined
  })
  const items = page.rows
  await recordAccess(ports, context, {
    action: 'query',
    facts: {
      rows: items.length,
      withheld,
      referrals: items.map(({ referralId }) => referralId),
    },
  })
  return { items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}
