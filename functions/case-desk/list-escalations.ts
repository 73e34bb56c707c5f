import { EscalationRowSchema } from '../../shared/contracts/http/escalations.ts'
import type { AnswerOf, QueryOf } from '../../shared/contracts/routes.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import type { ListPorts } from './list-referrals.ts'

/** The partition is the caller's own: whoever was not called has no row there. Who has waited longest comes first. */
export async function listEscalations(
  ports: ListPorts,
  { query, context }: { query: QueryOf<'listEscalations'>; context: Asking },
): Promise<AnswerOf<'listEscalations'>> {
  authoriseWithoutCase('listEscalations', context.principal)
  const { partition } = keys.escalationRow(context.principal.personId, '', '')
  const page = await listPage(ports, partition, {}, query, ({ body }) => EscalationRowSchema.parse(body))
  await recordAccess(ports, context, {
    action: 'query',
    facts: { rows: page.rows.length, referrals: page.rows.map(({ referralId }) => referralId) },
  })
  return { referrals: page.rows, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}
