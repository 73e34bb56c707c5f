import type { OrgId, PathwayId, PersonId, PoolId, ReaderId, SiteId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import { poolOrderFor } from '../network/index-network.ts'
import type { LadderRung } from '../network/pathway.ts'
import { siteOf } from './case-facts.ts'

/** Whose work is late while it is no reader's: the patient's own site's, or the operations desk's. */
export interface Desk {
  readonly rung: 'referrer' | 'coordinator' | 'triage-clinician' | 'operations'
  readonly personId: PersonId
}

/** One rung with the person who answers for it: an escalation to a role is an escalation to nobody. */
export interface NamedRung {
  readonly rung: LadderRung | Desk['rung']
  readonly personId: PersonId
  readonly orgId: OrgId
  readonly name: string
}

export interface LadderQuestion {
  readonly network: NetworkIndex
  readonly siteId: SiteId
  readonly pathwayId: PathwayId
  /** Where the case is offered or claimed; absent before it is. */
  readonly poolId?: PoolId | undefined
  readonly readerId?: ReaderId | undefined
  /** Stands on the rungs of the reading group, which can do nothing about what others owe. */
  readonly desk?: Desk | undefined
}

/** The pool the case would be asked of first, for a case that no pool has yet. */
const firstPoolOf = ({ network, siteId, pathwayId }: LadderQuestion): PoolId | undefined => {
  const order = poolOrderFor(network, siteId, pathwayId)
  return [...(order?.homePools ?? []), ...(order?.partnerPools ?? [])][0]
}

const personOn = (question: LadderQuestion, rung: NamedRung['rung']): PersonId | undefined => {
  const { network, readerId, desk } = question
  const poolId = question.poolId ?? firstPoolOf(question)
  switch (rung) {
    case 'reader':
      return readerId === undefined ? undefined : network.readers.get(readerId)?.personId
    case 'pool-lead':
      return poolId === undefined ? undefined : network.pools.get(poolId)?.leadPersonId
    case 'operations':
      return network.definition.operations.desk
    case 'duty-clinician':
      return siteOf(network, question).dutyClinician
    case 'executive':
      return network.definition.operations.executive
    default:
      return desk?.personId
  }
}

const isReadings = (rung: LadderRung): boolean => rung === 'reader' || rung === 'pool-lead'

/**
 * The ladder of a case with its people. A rung on which nobody stands, such as the reader of an unclaimed case, is
 * answered by the person of the next one: the ladder keeps its length, so a case that is offered and comes back never
 * skips the person whose turn it is.
 */
export const ladderFor = (question: LadderQuestion): NamedRung[] => {
  const { network, pathwayId, desk } = question
  const rungs = (network.pathways.get(pathwayId)?.ladder ?? []).map((rung) =>
    desk !== undefined && isReadings(rung) ? desk.rung : rung,
  )
  const people = rungs.map((rung) => {
    const personId = personOn(question, rung)
    return personId === undefined ? undefined : network.people.get(personId)
  })
  return rungs.flatMap((rung, at) => {
    const person = people.slice(at).find((one) => one !== undefined)
    return person === undefined ? [] : [{ rung, personId: person.personId, orgId: person.orgId, name: person.name }]
  })
}
