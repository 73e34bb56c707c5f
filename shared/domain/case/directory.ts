import { poolOrderFor, type NetworkIndex } from '../network/index-network.ts'
import type { PathwayId, PersonId, PoolId, ReaderId, SiteId } from '../network/ids.ts'
import type { LadderRung } from '../network/pathway.ts'
import type { Case, Owner } from './case.ts'
import type { CaseDirectory } from './consequences.ts'
import type { OwnerRole } from './states.ts'

interface Named {
  readonly orgId: string
  readonly personId: string
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

  const readerOf = (c: Case): Named | undefined => {
    const held = 'claim' in c.phase ? c.phase.claim : c.phase.state === 'offered' ? c.phase.offer : undefined
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
  }
  const rungs: Record<LadderRung, (c: Case) => Named | undefined> = {
    reader: readerOf,
    'pool-lead': poolLead,
    operations: () => desk,
    'duty-clinician': (c) => atSite(c, 'dutyClinician'),
    executive: () => person(operations.executive),
  }
  const ladder = (c: Case): readonly LadderRung[] =>
    network.pathways.get(c.pathwayId as PathwayId)?.ladder ?? ['operations', 'executive']

  return {
    ownerFor: (role, c): Owner => ({ role, ...owners[role](c) }),
    rungCount: (c) => ladder(c).length,
    rung: (c, rung) => {
      const names = ladder(c)
      const rungName = names[Math.min(rung, names.length) - 1] ?? 'operations'
      return { rungName, ...(rungs[rungName](c) ?? desk) }
    },
    overflowTiers: (c) => poolOrder(c)?.partnerPools.length ?? 0,
  }
}
