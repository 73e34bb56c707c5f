import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, minutesOf, nearestRank } from '../../../../../shared/domain/numbers/histogram.ts'

const histogram = (minutes: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>()
  for (const one of minutes) counts.set(bucketOf(one), (counts.get(bucketOf(one)) ?? 0) + 1)
  return counts
}

const naiveRank = (minutes: readonly number[], percent: number): number =>
  [...minutes].sort((a, b) => a - b)[Math.ceil((percent / 100) * minutes.length) - 1]!

const SIXTY_DAYS = 60 * 24 * 60

describe('durations in buckets', () => {
  test('every minute up to four hours has its own bucket', () => {
    for (let minute = 0; minute < 256; minute++) expect(minutesOf(bucketOf(minute))).toBe(minute)
  })

  test('no duration up to a year is shown more than 0.4 % wrong, and buckets follow each other without a gap', () => {
    let last = bucketOf(255)
    const wrong: number[] = []
    for (let minute = 256; minute < 366 * 24 * 60; minute++) {
      const bucket = bucketOf(minute)
      const close = Math.abs(minutesOf(bucket) - minute) / minute < 0.004
      if (!close || (bucket !== last && bucket !== last + 1)) wrong.push(minute)
      last = bucket
    }
    expect(wrong).toEqual([])
    expect(bucketOf(SIXTY_DAYS)).toBeLessThan(1400)
  })

  test('a clock that ran backwards is no time at all, and half a minute counts up', () => {
    expect(bucketOf(-3)).toBe(0)
    expect(bucketOf(7.5)).toBe(8)
    expect(bucketOf(7.49)).toBe(7)
  })
})

describe('nearest rank', () => {
  test('nothing counted has no median', () => {
    expect(nearestRank(new Map(), 50)).toBeNull()
    expect(nearestRank(new Map([[4, 0]]), 50)).toBeNull()
  })

  test('is one of the values, never between two', () => {
    expect(nearestRank(histogram([10, 20]), 50)).toBe(10)
    expect(nearestRank(histogram([10, 20, 30]), 50)).toBe(20)
    expect(nearestRank(histogram([10, 20, 30]), 95)).toBe(30)
  })

  test('of minutes below four hours is what sorting them says, of longer ones within 0.4 %', () => {
    const values = fc.array(fc.integer({ min: 0, max: SIXTY_DAYS }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(values, fc.constantFrom(50, 90, 95), (minutes, percent) => {
        const naive = naiveRank(minutes, percent)
        const found = nearestRank(histogram(minutes), percent)!
        expect(Math.abs(found - naive)).toBeLessThanOrEqual(naive < 256 ? 0 : naive * 0.004)
      }),
    )
  })
})
