import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import { PathwayIdSchema, PoolIdSchema, SiteIdSchema } from '../../../../../shared/domain/network/ids.ts'
import type { OverflowQuestion } from '../../../../../shared/domain/routing/overflow.ts'
import { overflowTierCount, poolTiers } from '../../../../../shared/domain/routing/overflow.ts'
import { atNight, inHours, networkOf } from '../../../../builders/demo-routing.ts'

const question: OverflowQuestion = {
  network: networkOf(),
  siteId: SiteIdSchema.parse('donau-vienna'),
  pathwayId: PathwayIdSchema.parse('stroke'),
  priority: 'stat',
  subspecialty: 'neuro',
  instant: inHours,
}

const pools = (change: (pool: (typeof demoNetwork.pools)[number]) => object) =>
  networkOf({ pools: demoNetwork.pools.map((pool) => ({ ...pool, ...change(pool) })) })

describe('the pools asked', () => {
  test("in hours are the site's own, then the partners in the order of the definition, then theirs", () => {
    expect(poolTiers(question)).toEqual({
      afterHours: false,
      tiers: [['rheinblick-main'], ['tejo-main'], ['tejo-follow-the-sun']],
    })
  })

  test('out of hours are the partners first, and the home pools still after them', () => {
    expect(poolTiers({ ...question, instant: atNight })).toEqual({
      afterHours: true,
      tiers: [['tejo-main'], ['rheinblick-main'], ['tejo-follow-the-sun']],
    })
  })

  test('go by the hours of the referring site, not of the reader: a holiday in Vienna is none in Dublin', () => {
    const instant = '2026-10-26T10:00:00.000Z'
    const december8 = '2026-12-08T10:00:00.000Z'
    const dublin = SiteIdSchema.parse('liffey-dublin')
    expect(poolTiers({ ...question, instant }).afterHours).toBe(true)
    expect(poolTiers({ ...question, siteId: dublin, instant: december8 }).afterHours).toBe(false)
    expect(poolTiers({ ...question, instant: december8 }).afterHours).toBe(true)
  })

  test('leave out a pool that does not take the priority or the subspecialty', () => {
    const withoutStat = pools((pool) => (pool.poolId === 'tejo-main' ? { priorities: ['routine'] } : {}))
    expect(poolTiers({ ...question, network: withoutStat }).tiers).toEqual([
      ['rheinblick-main'],
      ['tejo-follow-the-sun'],
    ])
    expect(poolTiers({ ...question, subspecialty: 'dental' }).tiers).toEqual([['rheinblick-main'], ['tejo-main']])
    expect(poolTiers({ ...question, subspecialty: 'dental', secondary: 'neuro' }).tiers).toHaveLength(3)
  })

  test('are asked once, even where pools overflow into each other in a circle', () => {
    const next: Record<string, string> = {
      'rheinblick-main': 'tejo-main',
      'tejo-main': 'tejo-follow-the-sun',
      'tejo-follow-the-sun': 'rheinblick-main',
    }
    const network = pools(({ poolId }) => ({ overflowTo: [PoolIdSchema.parse(next[poolId])] }))
    const alone = {
      ...network,
      definition: {
        ...network.definition,
        overflow: network.definition.overflow.map((order) => ({ ...order, partnerPools: [] })),
      },
    }
    expect(poolTiers({ ...question, network: alone }).tiers.flat()).toEqual([
      'rheinblick-main',
      'tejo-main',
      'tejo-follow-the-sun',
    ])
  })

  test('are none where the definition gives no order', () => {
    expect(poolTiers({ ...question, network: networkOf({ overflow: [] }) }).tiers).toEqual([])
  })

  test('are never more tiers than a case is told it has, in hours or out of them', () => {
    const { network, siteId, pathwayId } = question
    expect(overflowTierCount(network, siteId, pathwayId)).toBe(2)
    for (const instant of [inHours, atNight]) expect(poolTiers({ ...question, instant }).tiers).toHaveLength(1 + 2)
    expect(overflowTierCount(networkOf({ overflow: [] }), siteId, pathwayId)).toBe(0)
  })
})
