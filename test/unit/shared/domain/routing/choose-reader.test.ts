import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import type { ReaderId } from '../../../../../shared/domain/network/ids.ts'
import { PathwayIdSchema, PoolIdSchema, SiteIdSchema } from '../../../../../shared/domain/network/ids.ts'
import { SubspecialtySchema } from '../../../../../shared/domain/network/vocabulary.ts'
import type { ReaderChoice } from '../../../../../shared/domain/routing/choose-reader.ts'
import { chooseReader } from '../../../../../shared/domain/routing/choose-reader.ts'
import { evaluateReader } from '../../../../../shared/domain/routing/eligibility.ts'
import { poolTiers } from '../../../../../shared/domain/routing/overflow.ts'
import {
  atNight,
  everybodyMayRead,
  headCt,
  inHours,
  networkOf,
  networkWith,
  readerId,
} from '../../../../builders/demo-routing.ts'

const network = networkOf()
const pools = demoNetwork.pools.map(({ poolId }) => poolId)

const choose = (change: Partial<ReaderChoice> = {}) =>
  chooseReader({
    facts: headCt,
    pools,
    network,
    loads: new Map(),
    decisions: everybodyMayRead,
    instant: inHours,
    alreadyAsked: new Set(),
    declined: new Map(),
    ...change,
  })

const chosen = (change: Partial<ReaderChoice> = {}): string => {
  const choice = choose(change)
  return choice.outcome === 'offer' ? choice.readerId : 'nobody'
}

const loads = (of: Record<string, number>) => new Map(Object.entries(of).map(([id, open]) => [readerId(id), open]))

describe('the reader chosen', () => {
  test('is the least loaded of those who may read it', () => {
    expect(chosen({ loads: loads({ 'r-weber': 2, 'r-costa': 1, 'r-harris': 3 }) })).toBe('r-costa')
    expect(chosen({ loads: loads({ 'r-weber': 2, 'r-costa': 3, 'r-harris': 1 }) })).toBe('r-harris')
  })

  test('is least loaded by share of capacity: two of four is more than three of ten', () => {
    const small = networkWith('r-costa', { capacity: 4 })
    expect(chosen({ network: small, loads: loads({ 'r-weber': 3, 'r-costa': 1, 'r-harris': 4 }) })).toBe('r-weber')
  })

  test('is the same for the same facts: equal loads go by id', () => {
    expect(chosen()).toBe('r-costa')
    expect(chosen({ network: networkOf({ readers: demoNetwork.readers.toReversed() }) })).toBe('r-costa')
  })

  test('is the specialist before the organ reader, however loaded', () => {
    const facts = { ...headCt, subspecialty: 'paediatric', secondary: 'neuro', ageYears: 6 } as const
    expect(chosen({ facts, loads: loads({ 'r-sousa': 50, 'r-lindner': 60 }) })).toBe('r-sousa')
    expect(chosen({ facts, alreadyAsked: new Set([readerId('r-sousa'), readerId('r-lindner')]) })).toBe('r-costa')
  })

  test('is never one who was asked already', () => {
    expect(chosen({ alreadyAsked: new Set([readerId('r-costa')]) })).toBe('r-harris')
  })

  test('is of the pools asked, and the offer goes through the first of them', () => {
    const choice = choose({ pools: [PoolIdSchema.parse('rheinblick-main')] })
    expect(choice).toMatchObject({ outcome: 'offer', readerId: 'r-weber', poolId: 'rheinblick-main' })
  })

  test('is nobody without a residency decision', () => {
    expect(chosen({ decisions: new Map() })).toBe('nobody')
  })
})

describe('the decision record', () => {
  test('names every reader of the network once, with the first rule that failed', () => {
    const { evaluations } = choose({ pools: [PoolIdSchema.parse('rheinblick-main')] })
    const record = Object.fromEntries(evaluations.map((one) => [one.readerId, one.eligible ? 'eligible' : one.rule]))
    expect(evaluations).toHaveLength(demoNetwork.readers.length)
    expect(record).toEqual({
      'r-weber': 'eligible',
      'r-novak': 'registration',
      'r-costa': 'pool',
      'r-harris': 'pool',
      'r-kaya': 'subspecialty',
      'r-lindner': 'subspecialty',
      'r-almeida': 'subspecialty',
      'r-sousa': 'subspecialty',
    })
  })

  test('says what judging each reader alone says, at any instant, near the ends of windows too', () => {
    const ends = demoNetwork.readers.flatMap((reader) =>
      reader.registrations.flatMap((one) => [one.validFrom, one.validTo]),
    )
    const instants = fc.oneof(
      fc.integer({ min: Date.UTC(2023, 6, 1), max: Date.UTC(2036, 6, 1) }),
      fc.tuple(fc.constantFrom(...ends), fc.integer({ min: -2, max: 2 })).map(([end, ms]) => Date.parse(end) + ms),
    )
    const cases = fc.record({
      siteId: fc.constantFrom(...demoNetwork.sites.map(({ siteId }) => siteId)),
      subspecialty: fc.constantFrom(...SubspecialtySchema.options),
      ageYears: fc.constantFrom(undefined, 0.01, 7, 50),
    })
    const openCases = fc.array(fc.integer({ min: 195, max: 201 }), {
      minLength: demoNetwork.readers.length,
      maxLength: demoNetwork.readers.length,
    })
    fc.assert(
      fc.property(instants, cases, openCases, fc.subarray(pools), (at, facts, open, asked) => {
        const instant = new Date(at).toISOString()
        const of = new Map<ReaderId, number>(
          demoNetwork.readers.map((reader, index) => [reader.readerId, open[index] ?? 0]),
        )
        const full = { ...headCt, ...facts }
        const { evaluations } = choose({ facts: full, instant, loads: of, pools: asked })
        return demoNetwork.readers.every((reader) => {
          const alone = evaluateReader(
            full,
            reader,
            network,
            instant,
            'offer',
            {
              decision: { mode: 'read_identifiable' },
              openCases: of.get(reader.readerId) ?? 0,
            },
            asked,
          )
          const recorded = evaluations.find((one) => one.readerId === reader.readerId)
          return alone.eligible
            ? recorded?.eligible === true
            : recorded?.eligible === false && recorded.rule === alone.rule && recorded.why === alone.why
        })
      }),
      { numRuns: 600 },
    )
  })
})

describe('what the router remembers', () => {
  const registrations = demoNetwork.readers.flatMap((reader) => reader.registrations)
  const endingAtTen = registrations.map((one) => ({ ...one, validTo: '2026-11-24T10:00:00.000Z' }))

  test('ends with the window it rests on, to the millisecond, forwards and backwards', () => {
    const changed = networkWith('r-costa', { registrations: endingAtTen })
    const at = (instant: string) => chosen({ network: changed, instant })
    expect(at('2026-11-24T09:59:59.999Z')).toBe('r-costa')
    expect(at('2026-11-24T10:00:00.000Z')).toBe('r-harris')
    expect(at('2026-11-24T09:59:59.999Z')).toBe('r-costa')
  })

  test('ends with the shift, and with the hand-over time before its end, whatever order it is asked in', () => {
    const shifts = demoNetwork.shifts.map((shift, index) => ({
      ...shift,
      startLocal: `0${6 + index}:00`,
      endLocal: `${14 + index}:30`,
      handoverMinutes: 20 * index,
    }))
    const changed = networkOf({ shifts })
    const hour = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 2, maxLength: 12 })
    const minutes = fc.tuple(fc.integer({ min: 0, max: 24 * 60 }), hour).map(([start, ms]) => ms.map((m) => start + m))
    fc.assert(
      fc.property(minutes, (walk) =>
        walk.every((minute) => {
          const instant = new Date(Date.parse('2026-11-24T00:00:00Z') + minute * 60_000).toISOString()
          const { evaluations } = choose({ network: changed, instant })
          return demoNetwork.readers.every((reader) => {
            const situation = { decision: { mode: 'read_identifiable' as const }, openCases: 0 }
            const alone = evaluateReader(headCt, reader, networkOf({ shifts }), instant, 'offer', situation, pools)
            const recorded = evaluations.find((one) => one.readerId === reader.readerId)
            return alone.eligible
              ? recorded?.eligible === true
              : recorded?.eligible === false && recorded.why === alone.why
          })
        }),
      ),
      { numRuns: 150 },
    )
  })

  test('is of one kind of case: an adult before does not open the way for a child', () => {
    const [privilege] = demoNetwork.readers[0]?.privileges ?? []
    const adultsOnly = networkWith('r-costa', {
      privileges: [{ ...privilege!, agreementId: demoNetwork.agreements[1]!.agreementId, ageBands: ['adult'] }],
    })
    expect(chosen({ network: adultsOnly })).toBe('r-costa')
    expect(chosen({ network: adultsOnly, facts: { ...headCt, ageYears: 5 } })).toBe('r-harris')
  })

  test('is of one kind of case: a routine shift takes no stroke after a routine case', () => {
    const shifts = demoNetwork.shifts.map((shift) => ({ ...shift, priorities: ['routine' as const] }))
    const routine = networkOf({ shifts })
    expect(chosen({ network: routine, facts: { ...headCt, priority: 'routine' } })).toBe('r-costa')
    expect(chosen({ network: routine })).toBe('nobody')
  })

  test('is bounded: many kinds of case do not change the answers', () => {
    for (let kind = 0; kind < 600; kind += 1) chosen({ facts: { ...headCt, modalities: [`X${kind}`] } })
    expect(chosen()).toBe('r-costa')
  })
})

describe('the demo network', () => {
  test.each([
    ['in hours', inHours],
    ['at night', atNight],
    ['at Christmas', '2026-12-25T12:00:00.000Z'],
    ['when the clock goes back', '2026-10-25T00:45:00.000Z'],
    ['when the clock goes forward', '2027-03-28T01:00:00.000Z'],
    ['a minute before midnight in Lisbon, between two shifts', '2027-01-13T23:59:30.000Z'],
  ])('%s has two readers in Europe for every case it can take', (_when, instant) => {
    for (const siteId of ['donau-vienna', 'liffey-dublin'].map((id) => SiteIdSchema.parse(id))) {
      for (const pathway of demoNetwork.pathways) {
        for (const subspecialty of SubspecialtySchema.options) {
          const question = {
            network,
            siteId,
            pathwayId: PathwayIdSchema.parse(pathway.pathwayId),
            priority: pathway.priority,
            subspecialty,
            instant,
          }
          const facts = { ...headCt, ...question, region: 'unknown' as const, ageYears: undefined }
          const asked = new Set<ReaderId>()
          for (const tier of poolTiers(question).tiers.slice(0, 2)) {
            const choice = choose({ facts, pools: tier, instant, alreadyAsked: asked })
            if (choice.outcome === 'offer') asked.add(choice.readerId)
          }
          expect(
            [...asked].filter((id) => id !== 'r-harris'),
            `${siteId} ${pathway.pathwayId} ${subspecialty}`,
          ).toHaveLength(2)
        }
      }
    }
  })
})
