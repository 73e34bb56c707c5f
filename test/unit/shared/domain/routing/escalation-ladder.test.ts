import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PathwayIdSchema, PoolIdSchema, SiteIdSchema } from '../../../../../shared/domain/network/ids.ts'
import { ladderAt, ladderFor, rungDueAt } from '../../../../../shared/domain/routing/escalation-ladder.ts'
import { networkOf, readerId } from '../../../../builders/demo-routing.ts'

const network = networkOf()
const stroke = { network, siteId: SiteIdSchema.parse('donau-vienna'), pathwayId: PathwayIdSchema.parse('stroke') }
const claimed = ladderFor({ ...stroke, readerId: readerId('r-costa'), poolId: PoolIdSchema.parse('tejo-main') })
const startedAt = '2026-11-24T10:00:00.000Z'
const at = (clock: string) =>
  ladderAt({ startedAt, targetMinutes: 20, ladder: claimed, instant: `2026-11-24T${clock}Z` })

describe('the ladder of a case', () => {
  test('names a person on every rung', () => {
    expect(claimed.map(({ rung, personId, orgId }) => [rung, personId, orgId])).toEqual([
      ['reader', 'p-costa', 'tejo-reads'],
      ['pool-lead', 'p-lead-tejo', 'tejo-reads'],
      ['operations', 'p-operations', 'overread-operations'],
      ['duty-clinician', 'p-duty-vienna', 'donau-klinikum'],
      ['executive', 'p-executive', 'overread-operations'],
    ])
  })

  test('keeps its length while nobody has claimed the case: the lead of the home pool answers for the reader', () => {
    expect(ladderFor(stroke).map(({ rung, personId }) => [rung, personId])).toEqual([
      ['reader', 'p-lead-rheinblick'],
      ['pool-lead', 'p-lead-rheinblick'],
      ['operations', 'p-operations'],
      ['duty-clinician', 'p-duty-vienna'],
      ['executive', 'p-executive'],
    ])
  })

  test('is empty for a pathway the network does not know', () => {
    expect(ladderFor({ ...stroke, pathwayId: PathwayIdSchema.parse('gone') })).toEqual([])
  })
})

describe('the person due', () => {
  test.each([
    ['10:19:59.999', 'in time'],
    ['10:20:00.000', 'reader'],
    ['10:24:59.999', 'reader'],
    ['10:25:00.000', 'pool-lead'],
    ['10:30:00.000', 'operations'],
    ['10:35:00.000', 'duty-clinician'],
    ['10:40:00.000', 'executive'],
    ['23:00:00.000', 'executive'],
  ])('of a twenty-minute target at %s is %s: a rung each quarter', (clock, expected) => {
    const position = at(clock)
    expect(position.outcome === 'late' ? position.person.rung : 'in time').toBe(expected)
  })

  test('comes with the instant of the next rung, until there is nobody further to call', () => {
    expect(at('10:00:00.000')).toEqual({ outcome: 'in-time', firstRungAt: '2026-11-24T10:20:00.000Z' })
    expect(at('10:21:00.000')).toMatchObject({ rung: 1, nextRungAt: '2026-11-24T10:25:00.000Z' })
    expect(at('10:41:00.000')).not.toHaveProperty('nextRungAt')
  })

  test('is the one whose rung is due, for any target, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 * 24 * 28 }), fc.integer({ min: 1, max: 5 }), (targetMinutes, rung) => {
        const due = rungDueAt(startedAt, targetMinutes, rung)
        const before = new Date(Date.parse(due) - 1).toISOString()
        const rungAt = (instant: string) => {
          const position = ladderAt({ startedAt, targetMinutes, ladder: claimed, instant })
          return position.outcome === 'late' ? position.rung : 0
        }
        return rungAt(due) === rung && rungAt(before) === rung - 1
      }),
    )
  })
})
