import { ReferralRowSchema, type ReferralRow } from '../../shared/contracts/http/referrals.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import type { SettingPorts } from '../../shared/ledger/residency-question.ts'
import { isReaderAlone, mayBeTold } from '../../shared/ledger/told-of-case.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface ListPorts {
  readonly store: RecordStore
  readonly keys: Pick<KeyVault, 'mac'>
  readonly clock: Clock
}

const matches = (row: ReferralRow, query: QueryOf<'listReferrals'>): boolean =>
  (query.state === undefined || row.state === query.state) &&
  (query.siteId === undefined || row.siteId === query.siteId) &&
  (query.pathwayId === undefined || row.pathwayId === query.pathwayId)

/** Asked only of readers: nobody else's list is for the policy to shorten. */
async function isTold(ports: SettingPorts, { referralId }: ReferralRow, { principal }: Asking): Promise<boolean> {
  if (!isReaderAlone(principal)) return true
  const loaded = await loadCase(ports.store, referralId)
  if (loaded === undefined) return false
  return mayBeTold(ports, loaded.case, principal, await ports.network.current(), 'worklist')
}

/**
 * The partition is the caller's own organisation: a case it is not party to has no row there to be filtered out. A reader of a group
 * has colleagues elsewhere, and what the policy forbids to one of them it may allow to another.
 */
export async function listReferrals(
  ports: ListPorts & SettingPorts,
  { query, context }: { query: QueryOf<'listReferrals'>; context: Asking },
): Promise<AnswerOf<'listReferrals'>> {
  authoriseWithoutCase('listReferrals', context.principal)
  const { orgId } = context.principal
  const { partition } = keys.caseRow(orgId, '', '')
  const range = {
    newestFirst: true,
    ...(query.submittedFrom === undefined ? {} : { from: query.submittedFrom }),
    ...(query.submittedTo === undefined ? {} : { to: query.submittedTo }),
  }
  const page = await listPage(ports, partition, range, query, async (record) => {
    const row = ReferralRowSchema.parse(record.body)
    return matches(row, query) && (await isTold(ports, row, context)) ? row : undefined
  })
  await recordAccess(ports, context, {
    action: 'query',
    facts: { rows: page.rows.length, referrals: page.rows.map(({ referralId }) => referralId) },
  })
  return { referrals: page.rows, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}
