import { addMinutes, type Instant } from '../instant.ts'
import { callsOn, nextCall, nextCallAfter } from './calls.ts'
import type { Case } from './case.ts'
import type { CaseDirectory, DecisionContext } from './consequences.ts'
import type { Happening } from './evolve.ts'
import { AsideCodeSchema, type AsideCode } from './exceptions.ts'
import type { Owner } from './owner.ts'
import { isTerminal, stateRules } from './states.ts'

/** An exception beside the path: somebody must look at it while the case goes on. */
interface Aside {
  readonly code: AsideCode
  readonly raisedAt: Instant
  readonly owner: Owner
}

export const openAsides = ({ exceptions }: Pick<Case, 'exceptions'>): Aside[] =>
  exceptions.flatMap(({ code, raisedAt, resolvedAt, owner }) => {
    const aside = AsideCodeSchema.safeParse(code)
    return aside.success && owner !== undefined && resolvedAt === undefined
      ? [{ code: aside.data, raisedAt, owner }]
      : []
  })

const clockOf = ({ code }: Aside): string => `aside:${code}`

/** Of the ladder's rungs, as its clock counts them: the owner twice, then whoever stands above. */
const RUNGS = 4
const OWNERS_RUNGS = 2

/** Called as for any exception of this urgency; in the end slower, and never not at all. */
const dueAtOf = (c: Case, one: Aside): Instant => {
  const minutes = stateRules.exception.timer[c.urgency]
  return addMinutes(one.raisedAt, nextCallAfter(callsOn(c, clockOf(one)), minutes, RUNGS, c.urgency))
}

/** When the sweep must look at what stands beside the path. */
export const asidesDueAt = (c: Case): Instant[] => openAsides(c).map((one) => dueAtOf(c, one))

export const asideDueHappenings = (c: Case, now: Instant, context: DecisionContext): Happening[] =>
  openAsides(c)
    .filter((one) => dueAtOf(c, one) <= now)
    .map((one) =>
      nextCall(c, clockOf(one), context, (rung) => {
        const { role, orgId, personId = orgId } = one.owner
        return rung <= OWNERS_RUNGS ? { rungName: role, orgId, personId } : context.directory.rung(c, rung)
      }),
    )

export const resolvedAsides = (c: Case, resolution: string): Happening[] =>
  openAsides(c).map(({ code }) => ({ type: 'aside-resolved', code, resolution }))

/** Read as general, since the map has no row for the order: the desk is to see whether the map or the order is wrong. */
const isUnmapped = ({ subspecialtyDecidedBy, exceptions }: Case): boolean =>
  subspecialtyDecidedBy === 'fallback' && !exceptions.some(({ code }) => code === 'unmapped')

/** What begins beside the path once the case is accepted, and ends with it. */
export function asideFollowing(c: Case, directory: CaseDirectory): Happening | undefined {
  if (isTerminal(c.phase.state)) return resolvedAsides(c, 'the case was closed')[0]
  return c.phase.state === 'accepted' && isUnmapped(c)
    ? { type: 'aside-raised', code: 'unmapped', owner: directory.ownerFor('operations', c) }
    : undefined
}
