import type { PathwayId, PoolId, SiteId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import { poolOrderFor } from '../network/index-network.ts'
import type { Priority, Subspecialty } from '../network/vocabulary.ts'
import type { Instant } from '../instant.ts'
import { siteOf } from './case-facts.ts'
import { isAfterHours } from './rota.ts'

export interface OverflowQuestion {
  readonly network: NetworkIndex
  readonly siteId: SiteId
  readonly pathwayId: PathwayId
  readonly priority: Priority
  readonly subspecialty: Subspecialty
  readonly secondary?: Subspecialty | undefined
  readonly instant: Instant
}

export interface PoolTiers {
  readonly afterHours: boolean
  /** Pools asked together, tier after tier; a tier without a pool that could take the case is left out. */
  readonly tiers: readonly (readonly PoolId[])[]
}

/** Pools reached from these by `overflowTo`, nearest first. */
const furtherPools = (network: NetworkIndex, from: readonly PoolId[]): PoolId[] => {
  const reached = new Set(from)
  // A Set is walked in insertion order and takes what is added on the way, so this is breadth first and ends.
  for (const poolId of reached) for (const next of network.pools.get(poolId)?.overflowTo ?? []) reached.add(next)
  return [...reached].slice(new Set(from).size)
}

const takes = ({ network, priority, subspecialty, secondary }: OverflowQuestion, poolId: PoolId): boolean => {
  const pool = network.pools.get(poolId)
  return (
    pool?.priorities.includes(priority) === true &&
    (pool.subspecialties.includes(subspecialty) || (secondary !== undefined && pool.subspecialties.includes(secondary)))
  )
}

/**
 * Which pools are asked, and in which order. In the site's hours the home pools come first and the partners follow in the
 * order the network definition gives; out of hours the partners come first, and the home pools last, because somebody
 * there may be on duty after all and a case must never be left with nobody to ask.
 */
export const poolTiers = (question: OverflowQuestion): PoolTiers => {
  const { network, siteId, pathwayId, instant } = question
  const afterHours = isAfterHours(siteOf(network, question), network.holidayCalendars, instant)
  const order = poolOrderFor(network, siteId, pathwayId)
  if (order === undefined) return { afterHours, tiers: [] }
  const { homePools, partnerPools } = order
  const partners = partnerPools.map((poolId) => [poolId])
  const named = afterHours ? [...partners, homePools] : [homePools, ...partners]
  const further = furtherPools(network, named.flat()).map((poolId) => [poolId])
  const tiers = [...named, ...further].map((tier) => tier.filter((poolId) => takes(question, poolId)))
  return { afterHours, tiers: tiers.filter((tier) => tier.length > 0) }
}

/** The most tiers beyond the first that a case of this site and pathway can have, in hours or out of them. */
export const overflowTierCount = (network: NetworkIndex, siteId: SiteId, pathwayId: PathwayId): number => {
  const order = poolOrderFor(network, siteId, pathwayId)
  if (order === undefined) return 0
  return order.partnerPools.length + furtherPools(network, [...order.homePools, ...order.partnerPools]).length
}
