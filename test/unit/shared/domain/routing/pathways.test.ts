import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import { checkNetwork } from '../../../../../shared/domain/network/check-network.ts'
import { backstop } from '../../../../../shared/domain/case/targets.ts'
import { defaultPathways } from '../../../../../shared/domain/routing/pathways.ts'

const HOUR = 60
const DAY = 24 * HOUR

describe('the default pathways', () => {
  test.each([
    ['stroke', 'stat', 2, 20, 60, 5],
    ['trauma', 'stat', 2, 30, 60, 5],
    ['head-injury', 'asap', 5, 60, DAY, 15],
    ['stat', 'stat', 5, null, 60, 20],
    ['urgent-inpatient', 'urgent', 30, null, 12 * HOUR, 2 * HOUR],
    ['suspected-cancer', 'urgent', 4 * HOUR, null, 3 * DAY, DAY],
    ['oncology-follow-up', 'routine', DAY, null, 7 * DAY, 3 * DAY],
    ['routine-orthopaedic', 'routine', DAY, null, 7 * DAY, 5 * DAY],
    ['remote-dental', 'routine', DAY, null, 5 * DAY, 3 * DAY],
  ])(
    '%s is %s: accept %s, preliminary %s, final %s, unclaimed %s minutes',
    (id, priority, accept, prelim, final, unclaimed) => {
      const pathway = defaultPathways.find(({ pathwayId }) => pathwayId === id)
      expect(pathway?.priority).toBe(priority)
      expect(pathway?.clocks).toMatchObject({
        acceptMinutes: accept,
        prelimMinutes: prelim,
        finalMinutes: final,
        unclaimedMinutes: unclaimed,
      })
    },
  )

  test('are all there is, and fit a network as they are', () => {
    expect(defaultPathways).toHaveLength(9)
    expect(checkNetwork({ ...demoNetwork, pathways: [...defaultPathways] })).toEqual([])
  })

  test('leave time for a second reader before a case counts as unclaimed', () => {
    for (const { pathwayId, clocks } of defaultPathways) {
      expect(clocks.unclaimedMinutes / clocks.offerMinutes, pathwayId).toBeGreaterThanOrEqual(2)
    }
  })

  test('count a head injury from the scan, and are all inside the backstop', () => {
    expect(defaultPathways.filter(({ prelimFrom }) => prelimFrom === 'scan').map(({ pathwayId }) => pathwayId)).toEqual(
      ['head-injury'],
    )
    for (const { clocks } of defaultPathways) expect(clocks.finalMinutes).toBeLessThan(backstop.finalMinutesFromScan)
    expect(backstop).toEqual({ finalMinutesFromScan: 28 * DAY, unclaimedMinutes: 21 * DAY })
  })
})
