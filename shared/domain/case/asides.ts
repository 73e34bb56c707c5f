import { addMinutes, type Instant } from '../instant.ts'
import { callsOn, nextCall, nextCallAfter } from './calls.ts'
import { hasFinal, type Case } from './case.ts'
import type { CaseDirectory, DecisionContext } from './consequences.ts'
import type { Happening } from './evolve.ts'
import { AsideCodeSchema, asideRules, type AsideCode, type AsideRule } from './exceptions.ts'
import type { Owner } from './owner.ts'
import { isTerminal, stateRules } from './states.ts'

/** An exception beside the path: somebody must look at it while the case goes on. */
interface Aside {
  readonly code: AsideCode
  readonly raisedAt: Instant
  readonly owner: Owner
  readonly clock: string
}

/** A code may come back, and its calls begin anew. */
const clockOf = (code: AsideCode, before: number): string => `aside:${code}${before === 0 ? '' : `:${before + 1}`}`

export const openAsides = ({ exceptions }: Pick<Case, 'exceptions'>): Aside[] =>
  exceptions.flatMap(({ code, raisedAt, resolvedAt, owner }, at) => {
    const aside = AsideCodeSchema.safeParse(code)
    if (!aside.success || owner === undefined || resolvedAt !== undefined) return []
    const before = exceptions.slice(0, at).filter((one) => one.code === code).length
    return [{ code: aside.data, raisedAt, owner, clock: clockOf(aside.data, before) }]
  })

const isOpen = (c: Case, code: AsideCode): boolean => openAsides(c).some((one) => one.code === code)

/** Of the ladder's rungs, as its clock counts them: the owner twice, then whoever stands above. */
const RUNGS = 4
const OWNERS_RUNGS = 2

const paceOf = (c: Case, { pace }: AsideRule): number =>
  stateRules.exception.timer[pace === 'day' ? 'routine' : c.urgency]

/** Called as for any exception of its pace; in the end slower, and never not at all. */
const dueAtOf = (c: Case, { code, raisedAt, clock }: Aside): Instant =>
  addMinutes(raisedAt, nextCallAfter(callsOn(c, clock), paceOf(c, asideRules[code]), RUNGS, c.urgency))

/** When the sweep must look at what stands beside the path. */
export const asidesDueAt = (c: Case): Instant[] => openAsides(c).map((one) => dueAtOf(c, one))

export const asideDueHappenings = (c: Case, now: Instant, context: DecisionContext): Happening[] =>
  openAsides(c)
    .filter((one) => dueAtOf(c, one) <= now)
    .map(({ code, clock, owner }) =>
      nextCall(c, clock, context, (rung) => {
        const { role, orgId, personId = orgId } = owner
        const isOwners = rung <= OWNERS_RUNGS || asideRules[code].above === 'nobody'
        return isOwners ? { rungName: role, orgId, personId } : context.directory.rung(c, rung)
      }),
    )

const raise = (c: Case, code: AsideCode, directory: CaseDirectory): Happening => ({
  type: 'aside-raised',
  code,
  owner: directory.ownerFor(asideRules[code].owner, c),
})

/** Raised twice, by a repeated message or a second upload, an aside is one aside until it is resolved. */
export const raisedAside = (c: Case, code: AsideCode, directory: CaseDirectory): Happening[] =>
  isOpen(c, code) ? [] : [raise(c, code, directory)]

/** What may be resolved by hand: `only` one of them, or all. */
export const resolvedAsides = (c: Case, by: AsideRule['endedBy'], resolution: string, only?: AsideCode): Happening[] =>
  openAsides(c)
    .filter(({ code }) => asideRules[code].endedBy === by && (only === undefined || code === only))
    .map(({ code }) => ({ type: 'aside-resolved', code, resolution }))

/** Images that came once the report was final: nobody is to think that it speaks of them. */
export const unreadImages = (c: Case, directory: CaseDirectory): Happening[] =>
  hasFinal(c) ? raisedAside(c, 'images-after-report', directory) : []

/** The site has answered for what its referral did not say. */
export const answeredHistory = (c: Case): Happening[] => resolvedAsides(c, 'desk', 'answered', 'history-missing')

/** Read as general, since the map has no row for the order: the desk is to see whether the map or the order is wrong. */
const isUnmapped = ({ phase, subspecialtyDecidedBy }: Case): boolean =>
  phase.state === 'accepted' && subspecialtyDecidedBy === 'fallback'

/** What begins of itself, once in the life of a case. */
const beginnings: readonly (readonly [AsideCode, (c: Case) => boolean])[] = [
  ['unmapped', isUnmapped],
  ['history-missing', (c) => c.missingHistory.length > 0 && !hasFinal(c)],
]

const ending: Readonly<Record<AsideRule['endsWith'], (c: Case) => string | undefined>> = {
  final: (c) => (hasFinal(c) ? 'the final report was signed' : ending.case(c)),
  case: ({ phase }) => (isTerminal(phase.state) ? 'the case was closed' : undefined),
  nothing: () => undefined,
}

/** What begins beside the path by what the case has come to, and what ends with it. */
export function asideFollowing(c: Case, directory: CaseDirectory): Happening | undefined {
  for (const { code } of openAsides(c)) {
    const resolution = ending[asideRules[code].endsWith](c)
    if (resolution !== undefined) return { type: 'aside-resolved', code, resolution }
  }
  if (isTerminal(c.phase.state)) return undefined
  const begun = beginnings.find(([code, begins]) => begins(c) && !c.exceptions.some((one) => one.code === code))
  return begun === undefined ? undefined : raise(c, begun[0], directory)
}
