import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import {
  OrgIdSchema,
  PathwayIdSchema,
  PersonIdSchema,
  PoolIdSchema,
  SiteIdSchema,
} from '../../../../../shared/domain/network/ids.ts'
import { agreementsBetween, indexNetwork, poolOrderFor } from '../../../../../shared/domain/network/index-network.ts'
import { jurisdictionCovers } from '../../../../../shared/domain/network/jurisdiction.ts'
import { evidenceRecordsFor, residencyReaderOf } from '../../../../../shared/domain/network/residency-view.ts'
import { isValidAt } from '../../../../../shared/domain/network/validity.ts'
import { networkOf, networkWith, readerId, readerOf } from '../../../../builders/demo-routing.ts'

const org = (id: string) => OrgIdSchema.parse(id)
const network = indexNetwork(demoNetwork)

describe('the indexed network', () => {
  test('finds an agreement whichever party is named first, and none between strangers', () => {
    const ids = (one: string, other: string) =>
      agreementsBetween(network, org(one), org(other)).map((a) => a.agreementId)
    expect(ids('donau-klinikum', 'tejo-reads')).toEqual(['agr-donau-tejo'])
    expect(ids('tejo-reads', 'donau-klinikum')).toEqual(['agr-donau-tejo'])
    expect(ids('rheinblick-radiology', 'tejo-reads')).toEqual([])
  })

  test('lists the readers of a pool, the shifts of a reader and the reader behind a person', () => {
    const pool = network.readersByPool.get(PoolIdSchema.parse('rheinblick-main'))
    expect(pool?.map((reader) => reader.readerId)).toEqual(['r-weber', 'r-kaya', 'r-lindner', 'r-novak'])
    expect(network.shiftsByReader.get(readerId('r-harris'))?.map(({ shiftId }) => shiftId)).toEqual(['sydney-always'])
    expect(network.readerByPerson.get(PersonIdSchema.parse('p-sousa'))?.readerId).toBe('r-sousa')
  })

  test("prefers a pathway's own overflow order to the site's general one", () => {
    const siteId = SiteIdSchema.parse('donau-vienna')
    const stroke = PathwayIdSchema.parse('stroke')
    const own = { siteId, pathwayId: stroke, homePools: [PoolIdSchema.parse('tejo-main')], partnerPools: [] }
    const changed = networkOf({ overflow: [...demoNetwork.overflow, own] })
    expect(poolOrderFor(changed, siteId, stroke)).toEqual(own)
    expect(poolOrderFor(changed, siteId, PathwayIdSchema.parse('urgent-inpatient'))?.homePools).toEqual([
      'rheinblick-main',
    ])
    expect(poolOrderFor(changed, SiteIdSchema.parse('nowhere'), stroke)).toBeUndefined()
  })
})

describe('a jurisdiction', () => {
  test('granted as a country covers its states, granted as a state only that state', () => {
    expect(jurisdictionCovers('CA', 'CA-QC')).toBe(true)
    expect(jurisdictionCovers('CA-QC', 'CA-QC')).toBe(true)
    expect(jurisdictionCovers('CA-QC', 'CA-ON')).toBe(false)
    expect(jurisdictionCovers('CA-QC', 'CA')).toBe(false)
    expect(jurisdictionCovers('AT', 'AU')).toBe(false)
  })
})

describe('a window', () => {
  const window = { validFrom: '2026-01-01T00:00:00+01:00', validTo: '2027-01-01T00:00:00+01:00' }
  test.each([
    ['2025-12-31T22:59:59.999Z', false],
    ['2025-12-31T23:00:00.000Z', true],
    ['2026-12-31T22:59:59.999Z', true],
    ['2026-12-31T23:00:00.000Z', false],
  ])("is half-open in the authority's own zone: at %s it holds: %s", (instant, holds) => {
    expect(isValidAt(window, Date.parse(instant))).toBe(holds)
  })
})

describe('a reader, as the residency policy asks', () => {
  test('sits at the approved workstation until a session says where', () => {
    const harris = readerOf(network, 'r-harris')
    expect(residencyReaderOf(network, harris)).toEqual({
      readerId: 'r-harris',
      organisationId: 'tejo-reads',
      country: 'AU',
      employerControlCountries: ['PT'],
    })
    expect(residencyReaderOf(network, harris, { attestedCountry: 'CA-QC', ipCountry: 'CA' })).toMatchObject({
      country: 'CA',
      subdivision: 'CA-QC',
      ipCountry: 'CA',
    })
  })

  test('sits at home where no workstation is approved', () => {
    const changed = networkWith('r-harris', { readingLocations: [], homeCountry: 'NZ' })
    expect(residencyReaderOf(changed, readerOf(changed, 'r-harris')).country).toBe('NZ')
  })

  test('has the evidence about the reader and the group, and nobody else', () => {
    const ids = evidenceRecordsFor(network, readerOf(network, 'r-weber')).map(({ id }) => id)
    expect(ids).toEqual(['ev-dpa-rheinblick', 'ev-licence-weber'])
  })
})
