import { callsOn } from './calls.ts'
import type { Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { DecisionContext } from './consequences.ts'
import type { Happening } from './evolve.ts'

/** The coordinator of the site: the pixels are theirs to look at, and nobody abroad may be asked to. */
export function withheldHappenings(
  c: Case,
  { call, withdraw }: Extract<CaseCommand, { command: 'withhold-copies' }>,
  { at, directory, newId }: DecisionContext,
): Happening[] {
  const { orgId, personId = orgId } = directory.ownerFor('coordinator', c)
  const rung = 1 + callsOn(c, 'copies')
  const escalation = {
    escalationId: newId(),
    clock: 'copies',
    rung,
    rungName: 'coordinator',
    orgId,
    personId,
    raisedAt: at,
  }
  const called: Happening[] = call ? [{ type: 'escalated', escalation }] : []
  const gone = { readerId: withdraw ?? '', because: 'no-longer-eligible' } as const
  if (c.phase.state === 'offered' && c.phase.offer.readerId === withdraw) {
    return [...called, { type: 'offer-withdrawn', ...gone }]
  }
  return c.phase.state === 'claimed' && c.phase.claim.readerId === withdraw
    ? [...called, { type: 'claim-released', ...gone }]
    : called
}
