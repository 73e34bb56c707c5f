import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import type { PoolId } from '../../../../../shared/domain/network/ids.ts'
import { OrgIdSchema, PersonIdSchema, PoolIdSchema } from '../../../../../shared/domain/network/ids.ts'
import { indexNetwork } from '../../../../../shared/domain/network/index-network.ts'
import type { NetworkIndex } from '../../../../../shared/domain/network/index-network.ts'
import type { NetworkDefinition } from '../../../../../shared/domain/network/network-definition.ts'
import type { Privilege, Reader } from '../../../../../shared/domain/network/reader.ts'
import type { CaseFacts } from '../../../../../shared/domain/routing/case-facts.ts'
import { ageBandsOf, siteOf } from '../../../../../shared/domain/routing/case-facts.ts'
import type { EligibilityPurpose, ReaderSituation } from '../../../../../shared/domain/routing/eligibility-question.ts'
import { evaluateReader } from '../../../../../shared/domain/routing/eligibility.ts'
import { freeReader, headCt, inHours, networkOf, networkWith, readerOf } from '../../../../builders/demo-routing.ts'

interface Scene {
  readonly network?: NetworkIndex
  readonly reader?: string
  readonly facts?: Partial<CaseFacts>
  readonly situation?: Partial<ReaderSituation>
  readonly purpose?: EligibilityPurpose
  readonly instant?: string
  readonly pools?: readonly PoolId[]
}

const judge = (scene: Scene = {}) => {
  const network = scene.network ?? networkOf()
  const reader = readerOf(network, scene.reader ?? 'r-weber')
  return evaluateReader(
    { ...headCt, ...scene.facts },
    reader,
    network,
    scene.instant ?? inHours,
    scene.purpose ?? 'offer',
    { ...freeReader, ...scene.situation },
    scene.pools,
  )
}

const verdict = (scene: Scene = {}): string => {
  const result = judge(scene)
  return result.eligible ? 'eligible' : `${result.rule}: ${result.why}`
}

const weber = readerOf(networkOf(), 'r-weber')
const changed = (change: Partial<Reader>): NetworkIndex => networkWith('r-weber', change)
const privileges = (change: Partial<Privilege>): NetworkIndex =>
  changed({ privileges: weber.privileges.map((privilege) => ({ ...privilege, ...change })) })
const agreements = (change: Partial<NetworkDefinition['agreements'][number]>): NetworkIndex =>
  networkOf({ agreements: demoNetwork.agreements.map((agreement) => ({ ...agreement, ...change })) })
const policy = (change: Partial<NetworkDefinition['eligibilityPolicy']>): NetworkDefinition['eligibilityPolicy'] => ({
  ...demoNetwork.eligibilityPolicy,
  ...change,
})
const shifts = (change: Partial<NetworkDefinition['shifts'][number]>): NetworkIndex =>
  networkOf({ shifts: demoNetwork.shifts.map((shift) => ({ ...shift, ...change })) })

const ended = { validTo: '2026-11-24T10:00:00.000Z' }
const notYet = { validFrom: '2026-11-24T10:00:00.001Z' }

describe('a reader who may read', () => {
  test('is eligible, and the grounds name the registration, the agreement and the mode', () => {
    const result = judge()
    expect(result).toMatchObject({
      eligible: true,
      readerId: 'r-weber',
      grounds: {
        jurisdiction: 'AT',
        registration: { jurisdiction: 'AT', number: 'AT-DEMO-WEBER' },
        agreementIds: ['agr-donau-rheinblick'],
        mode: 'read_identifiable',
        networkVersion: demoNetwork.version,
      },
    })
  })
})

describe('a reader is refused, with the first rule that failed,', () => {
  test.each<[string, Scene, string]>([
    ['for another subspecialty', { facts: { subspecialty: 'breast' } }, 'subspecialty: does not read breast'],
    [
      'without a registration where the patient is imaged',
      { facts: { patientJurisdiction: 'FR' } },
      'registration: no registration for FR',
    ],
    [
      'whose registration has expired',
      { reader: 'r-novak' },
      'registration: registration for AT ended 2026-07-01T00:00:00+02:00',
    ],
    [
      'whose registration ends this instant',
      { network: changed({ registrations: weber.registrations.map((one) => ({ ...one, ...ended })) }) },
      'registration: registration for AT ended 2026-11-24T10:00:00.000Z',
    ],
    [
      'whose registration begins a millisecond later',
      { network: changed({ registrations: weber.registrations.map((one) => ({ ...one, ...notYet })) }) },
      'registration: registration for AT does not run yet',
    ],
    [
      'without a registration where they sit, if the patient’s state asks for it',
      { network: networkOf({ eligibilityPolicy: policy({ registrationAtLocationFor: ['AT'] }) }) },
      'registration: no registration for DE',
    ],
    [
      'without a privilege at the site',
      { network: changed({ privileges: [] }) },
      'privilege: no privilege at donau-vienna',
    ],
    [
      'whose privilege is suspended',
      { network: privileges({ status: 'suspended' }) },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege is for another modality',
      { network: privileges({ modalities: ['MR'] }) },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege covers one of two modalities',
      { network: privileges({ modalities: ['CT'] }), facts: { modalities: ['CT', 'PT'] } },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege is for another region',
      { network: privileges({ regions: ['chest'] }) },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege names regions, for a region nobody knows',
      { network: privileges({ regions: ['head'] }), facts: { region: 'unknown' } },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege is for adults, for a child',
      { network: privileges({ ageBands: ['adult'] }), facts: { ageYears: 15 } },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege is for adults, for a patient of unknown age',
      { network: privileges({ ageBands: ['adult'] }), facts: { ageYears: undefined } },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege leaves out newborns, for a patient of unknown age',
      { network: privileges({ ageBands: ['child', 'adult'] }), facts: { ageYears: undefined } },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'who may only write preliminary reports',
      { network: privileges({ reportTypes: ['preliminary'] }) },
      'privilege: no privilege at donau-vienna for this modality, region, age or report type',
    ],
    [
      'whose privilege has ended',
      { network: privileges(ended) },
      'privilege: privilege at donau-vienna ended 2026-11-24T10:00:00.000Z',
    ],
    [
      'whose proxy privilege rests on an agreement that has lapsed',
      { network: agreements(ended) },
      'privilege: the agreement the proxy privilege rests on does not run',
    ],
    [
      'without indemnity there',
      { network: changed({ indemnities: weber.indemnities.map((one) => ({ ...one, jurisdictions: ['IE'] })) }) },
      'indemnity: no indemnity for AT',
    ],
    [
      'whose claims-made policy looks back less far than now',
      {
        network: changed({
          indemnities: weber.indemnities.map((one) => ({
            ...one,
            basis: 'claims-made' as const,
            retroDate: '2026-12-01T00:00:00Z',
          })),
        }),
      },
      'indemnity: no indemnity for AT',
    ],
    [
      'whose group has no agreement with the hospital',
      {
        network: networkOf({
          agreements: [],
          readers: [
            {
              ...weber,
              privileges: weber.privileges.map((one) => ({ ...one, grantedUnder: 'direct', agreementId: null })),
            },
          ],
        }),
      },
      'agreement: no agreement with donau-klinikum',
    ],
    [
      'whose agreement is for second opinions',
      { network: agreements({ purpose: 'second-opinion' }) },
      'agreement: no agreement with donau-klinikum',
    ],
    [
      'whose agreement covers reports and no images',
      { network: agreements({ dataClasses: ['reports'] }) },
      'agreement: no agreement with donau-klinikum',
    ],
    [
      'without a certificate where the network asks for one',
      {
        facts: { subspecialty: 'cardiac' },
        network: networkOf({ eligibilityPolicy: policy({ certificationFor: ['cardiac'] }) }),
      },
      'certification: no certificate in cardiac',
    ],
    [
      'whom the residency policy forbids it',
      { situation: { decision: { mode: 'forbidden' } } },
      'residency: the residency policy forbids it',
    ],
    [
      'about whom the residency policy was not asked',
      { situation: { decision: undefined } },
      'residency: no residency decision was made',
    ],
    [
      'whose mode is wider than the agreement allows',
      { network: agreements({ readingMode: 'view_in_region_identifiable' }) },
      'residency: no agreement allows read_identifiable',
    ],
    [
      'who referred the patient',
      { facts: { referrerPersonId: PersonIdSchema.parse('p-weber') } },
      'conflict-of-interest: the reader is the referrer',
    ],
    [
      'who has declared a conflict with the hospital',
      { network: changed({ conflictsOfInterest: [{ orgId: OrgIdSchema.parse('donau-klinikum'), reason: 'family' }] }) },
      'conflict-of-interest: the reader has declared a conflict with donau-klinikum',
    ],
    [
      'without an approved workstation',
      {
        network: changed({
          readingLocations: weber.readingLocations.map((one) => ({ ...one, approvedWorkstation: false })),
        }),
      },
      'location: no approved reading location',
    ],
    [
      'who signed in from somewhere else',
      { situation: { attestedCountry: 'FR' } },
      'location: no approved reading location there',
    ],
    [
      'whose place no agreement allows',
      { network: agreements({ regionsAllowed: ['AT'] }) },
      'location: no agreement allows reading from there',
    ],
    [
      'who gave it back for a reason that does not pass',
      { situation: { declined: 'outside-competence' } },
      'declined: gave the case back for outside-competence',
    ],
    ['who was asked already', { situation: { alreadyAsked: true } }, 'already-asked: was offered the case already'],
    [
      'outside the pools asked',
      { pools: [PoolIdSchema.parse('tejo-main')] },
      'pool: is in none of the pools asked now',
    ],
    ['off shift', { network: shifts({ weekdays: ['sun'] }) }, 'shift: no shift for such a case is on'],
    [
      'on a shift for other priorities',
      { network: shifts({ priorities: ['routine'] }) },
      'shift: no shift for such a case is on',
    ],
    [
      'on a shift for other report types',
      { network: shifts({ reportTypes: ['preliminary'] }) },
      'shift: no shift for such a case is on',
    ],
    [
      'on a shift for other patients',
      { network: shifts({ jurisdictions: ['IE'] }) },
      'shift: no shift for such a case is on',
    ],
    [
      'on a shift for other subspecialties',
      { network: shifts({ subspecialties: ['chest'] }) },
      'shift: no shift for such a case is on',
    ],
    [
      'who goes home within the hand-over time',
      { network: shifts({ startLocal: '08:00', endLocal: '11:10', handoverMinutes: 15 }) },
      'shift: the shift ends within its hand-over time',
    ],
    ['who holds as much as they can', { situation: { openCases: 200 } }, 'capacity: holds 200 of at most 200 cases'],
    [
      'who holds as much as the shift allows',
      { network: shifts({ capacity: 3 }), situation: { openCases: 3 } },
      'capacity: holds 3 of at most 3 cases',
    ],
  ])('%s', (_who, scene, expected) => {
    expect(verdict(scene)).toBe(expected)
  })

  test('and of several failures the first in the table is kept', () => {
    const everythingWrong: Scene = {
      reader: 'r-novak',
      facts: { subspecialty: 'neuro' },
      situation: { decision: undefined, openCases: 999 },
    }
    expect(verdict(everythingWrong)).toMatch(/^registration/)
  })
})

describe('a reader is not refused', () => {
  test.each<[string, Scene]>([
    [
      'at the last millisecond of a registration',
      {
        network: changed({ registrations: weber.registrations.map((one) => ({ ...one, ...ended })) }),
        instant: '2026-11-24T09:59:59.999Z',
      },
    ],
    [
      'with a registration of the whole country for one of its states',
      { facts: { patientJurisdiction: 'AT-9' }, network: changed({ indemnities: weber.indemnities }) },
    ],
    [
      'for a series without pixels beside the CT',
      { network: privileges({ modalities: ['CT'] }), facts: { modalities: ['CT', 'SR', 'PR'] } },
    ],
    [
      'with a narrower mode than the agreement allows',
      { situation: { decision: { mode: 'view_in_region_identifiable' } } },
    ],
    ['as the organ reader of a child', { facts: { subspecialty: 'paediatric', secondary: 'neuro', ageYears: 5 } }],
    ['whose next shift carries on after this one', { network: shifts({ handoverMinutes: 240 }) }],
    ['signed in where they have an approved workstation', { situation: { attestedCountry: 'DE' } }],
    ['with one case less than the most', { situation: { openCases: 199 } }],
  ])('%s', (_who, scene) => {
    expect(verdict(scene)).toBe('eligible')
  })

  test('within the same organisation for want of an agreement', () => {
    const own = {
      ...weber,
      orgId: OrgIdSchema.parse('donau-klinikum'),
      privileges: weber.privileges.map((one) => ({ ...one, grantedUnder: 'direct' as const, agreementId: null })),
    }
    const network = networkOf({ agreements: [], readers: [own] })
    expect(verdict({ network })).toBe('eligible')
  })
})

describe('what is asked when', () => {
  const offShift = shifts({ weekdays: ['sun'] })
  test.each<[EligibilityPurpose, string]>([
    ['offer', 'shift: no shift for such a case is on'],
    ['claim', 'eligible'],
    ['image-access', 'eligible'],
    ['sign-off', 'eligible'],
  ])('a shift that has ended: at %s %s', (purpose, expected) => {
    expect(verdict({ network: offShift, purpose, situation: { openCases: 999 } })).toBe(expected)
  })

  test.each<EligibilityPurpose>(['offer', 'claim', 'image-access', 'sign-off'])(
    'a registration that has expired, a residency decision that forbids, a lapsed agreement: refused at %s',
    (purpose) => {
      expect(verdict({ reader: 'r-novak', purpose })).toMatch(/^registration/)
      expect(verdict({ purpose, situation: { decision: { mode: 'forbidden' } } })).toMatch(/^residency/)
      expect(verdict({ purpose, network: agreements(ended) })).toMatch(/^privilege/)
    },
  )

  test('subspecialty is a question of who is asked, not of who may sign what they have read', () => {
    expect(verdict({ purpose: 'claim', facts: { subspecialty: 'breast' } })).toMatch(/^subspecialty/)
    expect(verdict({ purpose: 'sign-off', facts: { subspecialty: 'breast' } })).toBe('eligible')
  })
})

describe('faults', () => {
  test('a case of a site that is not in the network is a fault, not a refusal', () => {
    const network = networkOf({ sites: [] })
    expect(() => siteOf(network, headCt)).toThrow('donau-vienna is not in network')
  })

  test('an instant that cannot be read is a fault: half the windows would hold and half not', () => {
    expect(() => verdict({ instant: 'yesterday' })).toThrow('at an instant')
  })
})

test('an age falls in one band, an unknown age in every band it may be', () => {
  expect([0.01, 0.08, 15.9, 16, 90].map((age) => ageBandsOf(age))).toEqual([
    ['neonate'],
    ['child'],
    ['child'],
    ['adult'],
    ['adult'],
  ])
  expect(ageBandsOf(undefined)).toEqual(['neonate', 'child', 'adult'])
})

test('an age of no whole year may be a neonate’s or an infant’s: a privilege for neonates alone is not enough', () => {
  const infant = { facts: { ageYears: 0 } }
  expect(verdict({ ...infant, network: privileges({ ageBands: ['neonate'] }) })).toMatch(/^privilege: /)
  expect(verdict({ ...infant, network: privileges({ ageBands: ['child', 'adult'] }) })).toMatch(/^privilege: /)
  expect(verdict({ ...infant, network: privileges({ ageBands: ['neonate', 'child'] }) })).toBe('eligible')
})

test('what begins this very instant runs: registration, privilege, indemnity and how far it looks back', () => {
  const begun = { validFrom: inHours }
  const network = changed({
    registrations: weber.registrations.map((one) => ({ ...one, ...begun })),
    privileges: weber.privileges.map((one) => ({ ...one, ...begun })),
    indemnities: weber.indemnities.map((one) => ({ ...one, ...begun, retroDate: inHours })),
  })
  expect(verdict({ network })).toBe('eligible')
})

test('taking anything away from a reader never makes them eligible', () => {
  const lists = ['registrations', 'privileges', 'indemnities', 'readingLocations'] as const
  const withoutOne = fc.tuple(
    fc.constantFrom(...demoNetwork.readers.map(({ readerId }) => readerId)),
    fc.constantFrom(...lists),
    fc.nat(3),
  )
  const purposes = fc.constantFrom<EligibilityPurpose>('offer', 'claim', 'image-access', 'sign-off')
  const sites = fc.constantFrom(...demoNetwork.sites.map(({ siteId }) => siteId))
  fc.assert(
    fc.property(withoutOne, purposes, sites, ([reader, list, at], purpose, siteId) => {
      const less = indexNetwork({
        ...demoNetwork,
        readers: demoNetwork.readers.map((one) =>
          one.readerId === reader ? { ...one, [list]: one[list].filter((_, index) => index !== at) } : one,
        ),
      })
      const scene: Scene = { reader, purpose, facts: { siteId } }
      return judge(scene).eligible || !judge({ ...scene, network: less }).eligible
    }),
    { numRuns: 500 },
  )
})
