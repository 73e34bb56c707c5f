import { describe, expect, test } from 'vitest'
import { PathwayIdSchema, PoolIdSchema, SiteIdSchema } from '../../../../../shared/domain/network/ids.ts'
import { ladderFor } from '../../../../../shared/domain/routing/escalation-ladder.ts'
import { networkOf, readerId } from '../../../../builders/demo-routing.ts'

const network = networkOf()
const stroke = { network, siteId: SiteIdSchema.parse('donau-vienna'), pathwayId: PathwayIdSchema.parse('stroke') }
const claimed = ladderFor({ ...stroke, readerId: readerId('r-costa'), poolId: PoolIdSchema.parse('tejo-main') })

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
