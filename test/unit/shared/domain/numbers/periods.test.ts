import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rangesBetween } from '../../../../../shared/domain/numbers/periods.ts'

const day = (number: number): string => new Date(Date.UTC(2024, 0, 1) + number * 86_400_000).toISOString().slice(0, 10)

test('any span of days is read in at most three runs that hold each of its days once and no other', () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 1100 }), fc.integer({ min: 0, max: 800 }))
  fc.assert(
    fc.property(span, ([start, length]) => {
      const ranges = rangesBetween(day(start), day(start + length))
      expect(ranges.length).toBeLessThanOrEqual(3)
      const wrong: string[] = []
      for (let at = start - 40; at <= start + length + 40; at++) {
        const holding = ranges.filter(
          ({ from, to }) =>
            (from <= `day#${day(at)}` && `day#${day(at)}` < to) ||
            (from <= `month#${day(at).slice(0, 7)}` && `month#${day(at).slice(0, 7)}` < to),
        )
        if (holding.length !== (at >= start && at <= start + length ? 1 : 0)) wrong.push(day(at))
      }
      expect(wrong).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a whole month is one run, whatever happened in it', () => {
  expect(rangesBetween('2026-11-01', '2026-11-30')).toEqual([{ from: 'month#2026-11', to: 'month#2026-12' }])
  expect(rangesBetween('2026-11-24', '2026-11-24')).toEqual([{ from: 'day#2026-11-24', to: 'day#2026-11-25' }])
  expect(rangesBetween('2026-12-30', '2027-02-03')).toEqual([
    { from: 'day#2026-12-30', to: 'day#2027-01-01' },
    { from: 'month#2027-01', to: 'month#2027-02' },
    { from: 'day#2027-02-01', to: 'day#2027-02-04' },
  ])
})
