import { openAsides } from '../case/asides.ts'
import type { Case } from '../case/case.ts'
import { isUnderWay } from '../case/emergency.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import type { SiteId } from '../network/ids.ts'
import type { Principal } from './principal.ts'

/** How a principal stands to a case. No relation means that the case does not exist for them. */
export type Relation =
  'referring' | 'triage' | 'offered' | 'holder' | 'reading-group' | 'operations' | 'escalated-to' | 'emergency'

const triageOrg = (c: Case, network: NetworkIndex): string | undefined => {
  const site = network.sites.get(c.siteId as SiteId)
  return site === undefined ? undefined : network.people.get(site.triageClinician)?.orgId
}

const operationsOrg = (network: NetworkIndex): string | undefined =>
  network.people.get(network.definition.operations.desk)?.orgId

const offeredGroup = (c: Case): string | undefined =>
  c.phase.state === 'offered' ? c.phase.offer.groupOrgId : undefined

/** The one function every read and write of a case passes: what it does not return, nobody sees. */
export function relationsOf(c: Case, principal: Principal, network: NetworkIndex): ReadonlySet<Relation> {
  const { orgId, readerId, personId } = principal
  const holds: [Relation, boolean][] = [
    ['referring', orgId === c.referringOrgId],
    ['triage', orgId === triageOrg(c, network)],
    ['offered', readerId !== undefined && c.phase.state === 'offered' && c.phase.offer.readerId === readerId],
    ['holder', readerId !== undefined && 'claim' in c.phase && c.phase.claim.readerId === readerId],
    ['reading-group', c.readingGroups.includes(orgId) || orgId === offeredGroup(c)],
    ['operations', orgId === operationsOrg(network)],
    ['emergency', readerId !== undefined && c.emergencies.some((one) => one.readerId === readerId && isUnderWay(one))],
    ['escalated-to', c.escalations.some((one) => one.personId === personId)],
  ]
  return new Set(holds.flatMap(([relation, held]) => (held ? [relation] : [])))
}

/** The organisations whose lists show the case. */
export const partiesOf = (c: Case): readonly string[] => {
  const offered = offeredGroup(c)
  const escalated = c.escalations.map((one) => one.orgId)
  const owner = c.owner === null ? [] : [c.owner.orgId]
  const beside = openAsides(c).map((one) => one.owner.orgId)
  return [
    ...new Set([
      c.referringOrgId,
      ...c.readingGroups,
      ...(offered === undefined ? [] : [offered]),
      ...escalated,
      ...owner,
      ...beside,
    ]),
  ]
}
