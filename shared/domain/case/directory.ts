import { poolOrderFor, type NetworkIndex } from '../network/index-network.ts'
import type { PathwayId, PersonId, PoolId, ReaderId, SiteId } from '../network/ids.ts'
import { ladderFor, type Desk, type NamedRung } from '../routing/escalation-ladder.ts'
import { questionOf } from '../routing/eligibility-question.ts'
import { nextShiftFor } from '../routing/next-shift.ts'
import { overflowTierCount, poolTiers } from '../routing/overflow.ts'
import type { Case } from './case.ts'
import { ownerRoleOf, type CaseDirectory } from './consequences.ts'
import { hasPart } from './emergency.ts'
import type { Owner } from './owner.ts'
import { caseFactsOf, reportTypeOf } from './reading-facts.ts'
import type { OwnerRole } from './states.ts'

interface Named {
  readonly orgId: string
  readonly personId: string
}
type Rung = Named & Pick<NamedRung, 'rung'>

/** In the order in which they are asked; each of them is permitted to. */
const emergencyRoles = {
  confirmer: ['duty-clinician', 'triage-clinician', 'coordinator'],
  reviewer: ['quality-reviewer', 'privacy-officer'],
} as const

/** Who has the work of a state where no reading group has it: somebody of the site, or for an exception the operations desk. */
function deskOf(network: NetworkIndex, c: Case): Desk | undefined {
  const site = network.sites.get(c.siteId as SiteId)
  if (site === undefined) return undefined
  const referrer = network.people.get(c.referrerPersonId as PersonId)
  switch (ownerRoleOf(c.phase)) {
    case 'operations':
      return { rung: 'operations', personId: network.definition.operations.desk }
    case 'triage':
    case 'vetter':
      return { rung: 'triage-clinician', personId: site.triageClinician }
    case 'coordinator':
    case 'site':
      return { rung: 'coordinator', personId: site.coordinator }
    case 'referrer':
      return referrer === undefined
        ? { rung: 'coordinator', personId: site.coordinator }
        : { rung: 'referrer', personId: referrer.personId }
    default:
      return undefined
  }
}

/**
 * The people of a case, looked up in the network definition. A case whose site or pool has left the network falls to the
 * operations desk: an owner that cannot be resolved must never leave a case without one.
 */
export function caseDirectory(network: NetworkIndex): CaseDirectory {
  const person = (personId: PersonId): Named => {
    const found = network.people.get(personId)
    if (found === undefined) throw new Error('the network definition names a person it does not have')
    return { orgId: found.orgId, personId }
  }
  const { operations } = network.definition
  const desk = person(operations.desk)
  const siteOf = (c: Case) => network.sites.get(c.siteId as SiteId)
  const poolOrder = (c: Case) => poolOrderFor(network, c.siteId as SiteId, c.pathwayId as PathwayId)

  const heldBy = (c: Case) =>
    'claim' in c.phase ? c.phase.claim : c.phase.state === 'offered' ? c.phase.offer : undefined
  const readerOf = (c: Case): Named | undefined => {
    const held = heldBy(c)
    if (held === undefined) return undefined
    const reader = network.readers.get(held.readerId as ReaderId)
    return reader === undefined
      ? { orgId: held.groupOrgId, personId: held.readerId }
      : { orgId: reader.orgId, personId: reader.personId }
  }
  const poolLead = (c: Case): Named => {
    const order = poolOrder(c)
    const poolId =
      c.phase.state === 'offered' ? (c.phase.offer.poolId as PoolId) : (order?.homePools[0] ?? order?.partnerPools[0])
    const pool = poolId === undefined ? undefined : network.pools.get(poolId)
    return pool === undefined ? desk : person(pool.leadPersonId)
  }
  const atSite = (c: Case, pick: 'coordinator' | 'triageClinician' | 'dutyClinician'): Named => {
    const site = siteOf(c)
    return site === undefined ? desk : person(site[pick])
  }
  const owners: Record<OwnerRole, (c: Case) => { orgId: string; personId?: string }> = {
    referrer: (c) => ({ orgId: c.referringOrgId }),
    triage: (c) => ({ orgId: atSite(c, 'triageClinician').orgId }),
    vetter: (c) => atSite(c, 'triageClinician'),
    coordinator: (c) => atSite(c, 'coordinator'),
    site: (c) => ({ orgId: c.referringOrgId }),
    router: () => ({ orgId: desk.orgId }),
    'pool-lead': poolLead,
    reader: (c) => readerOf(c) ?? poolLead(c),
    'final-reader': (c) => readerOf(c) ?? poolLead(c),
    delivery: () => ({ orgId: desk.orgId }),
    operations: () => desk,
    'referring-clinician': (c) => {
      const referrer = network.people.get(c.referrerPersonId as PersonId)
      return referrer === undefined ? atSite(c, 'dutyClinician') : person(referrer.personId)
    },
    'duty-clinician': (c) => atSite(c, 'dutyClinician'),
    executive: () => person(operations.executive),
  }
  const ladder = (c: Case): readonly Rung[] => {
    const [siteId, pathwayId] = [c.siteId as SiteId, c.pathwayId as PathwayId]
    const poolId = c.phase.state === 'offered' ? (c.phase.offer.poolId as PoolId) : undefined
    const readerId = heldBy(c)?.readerId as ReaderId | undefined
    const named =
      siteOf(c) === undefined
        ? []
        : ladderFor({ network, siteId, pathwayId, poolId, readerId, desk: deskOf(network, c) })
    return named.length > 0 ? named : [{ rung: 'operations', ...desk }]
  }

  return {
    ownerFor: (role, c): Owner => ({ role, ...owners[role](c) }),
    emergencyOwner: (role, c, emergency) => {
      const others = network.definition.people.filter(
        ({ orgId, personId }) => orgId === c.referringOrgId && !hasPart(emergency, personId),
      )
      const found = emergencyRoles[role]
        .map((one) => others.find(({ roles }) => roles.includes(one)))
        .find((one) => one !== undefined)
      return found === undefined
        ? { role: 'operations', ...desk }
        : { role, orgId: found.orgId, personId: found.personId }
    },
    rungCount: (c) => ladder(c).length,
    rung: (c, rung) => {
      const rungs = ladder(c)
      const {
        rung: rungName,
        orgId,
        personId,
      } = rungs[Math.min(rung, rungs.length) - 1] ?? { rung: 'operations', ...desk }
      return { rungName, orgId, personId }
    },
    nextShiftAt: (c, instant) => {
      if (siteOf(c) === undefined) return undefined
      const facts = caseFactsOf(c, reportTypeOf(c))
      const pools = poolTiers({ ...facts, network, instant }).tiers.flat()
      return nextShiftFor(questionOf(facts, network, instant, 'offer', pools))
    },
    overflowTiers: (c) => overflowTierCount(network, c.siteId as SiteId, c.pathwayId as PathwayId),
  }
}
