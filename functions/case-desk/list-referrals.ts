import { ReferralRowSchema, type ReferralRow } from '../../shared/contracts/http/referrals.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
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

/** The partition is the caller's own organisation: a case it is not party to has no row there to be filtered out. */
export async function listReferrals(
  ports: ListPorts,
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
  const page = await listPage(ports, partition, range, query, (record) => {
    const row = ReferralRowSchema.parse(record.body)
    return matches(row, query) ? row : undefined
  })
  await recordAccess(ports, context, {
    action: 'query',
    facts: { rows: page.rows.length, referrals: page.rows.map(({ referralId }) => referralId) },
  })
  return { referrals: page.rows, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}
