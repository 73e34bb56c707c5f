import { nextCall } from './calls.ts'
import type { Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { DecisionContext } from './consequences.ts'
import type { Happening } from './evolve.ts'

/** The coordinator of the site: the pixels are theirs to look at, and nobody abroad may be asked to. */
export function withheldHappenings(
  c: Case,
  { call, withdraw }: Extract<CaseCommand, { command: 'withhold-copies' }>,
  context: DecisionContext,
): Happening[] {
  const { orgId, personId = orgId } = context.directory.ownerFor('coordinator', c)
  const called: Happening[] = call
    ? [nextCall(c, 'copies', context, () => ({ rungName: 'coordinator', orgId, personId }))]
    : []
  const gone = { readerId: withdraw ?? '', because: 'no-longer-eligible' } as const
  if (c.phase.state === 'offered' && c.phase.offer.readerId === withdraw) {
    return [...called, { type: 'offer-withdrawn', ...gone }]
  }
  return c.phase.state === 'claimed' && c.phase.claim.readerId === withdraw
    ? [...called, { type: 'claim-released', ...gone }]
    : called
}
