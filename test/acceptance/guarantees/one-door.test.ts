import { expect, it } from 'vitest'
import { casePartition } from '../../../shared/ledger/keys.ts'
import type { RecordStore } from '../../../shared/ports/record-store.ts'
import { caseRoutes } from '../../guarantees/access-probes.ts'
import { withAccessWorld } from '../../guarantees/access-world.ts'
import { onFunction } from '../../guarantees/on-function.ts'

const stranger = { personId: 'p-coordinator-dublin', orgId: 'liffey-hospital', roles: ['coordinator'], country: 'IE' }
const reader = { personId: 'p-almeida', orgId: 'tejo-reads', roles: ['reader'], country: 'PT' }

/** What the one function looks at, and the head of the trail that a command is appended to. */
const beforeTheDoor = new Set(['case', 'audit-head'])

it('of a case that is hidden no route reads anything but the case itself, and changes nothing', () =>
  withAccessWorld(async ({ cell, mint, cases }) => {
    const found: string[] = []
    let looked = 0
    for (const c of cases.filter(
      ({ siteId, groups }) => siteId === 'donau-vienna' && groups?.includes('tejo-reads') !== true,
    ))
      for (const route of caseRoutes) {
        const past = (partition: string, sort: string): void => {
          if (partition !== casePartition(c.referralId)) return
          looked += 1
          if (!beforeTheDoor.has(sort)) found.push(`${route.operationId} ${c.name}: ${sort}`)
        }
        const { store } = cell.ports
        const watched: RecordStore = {
          read: (key) => {
            past(key.partition, key.sort)
            return store.read(key)
          },
          list: (partition, range) => {
            past(partition, range.from ?? '')
            return store.list(partition, range)
          },
          transact: (writes) => {
            for (const { partition, sort } of writes) past(partition, `write ${sort}`)
            return store.transact(writes)
          },
        }
        for (const caller of [stranger, reader]) {
          const { statusCode } = await onFunction({ cell, mint, cases }, { route, case: c, caller, store: watched })
          if (statusCode !== 404 && statusCode !== 403) found.push(`${route.operationId} ${c.name}: ${statusCode}`)
        }
      }
    expect(found).toEqual([])
    expect(looked).toBeGreaterThan(300)
  }))
