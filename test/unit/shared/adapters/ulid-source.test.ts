import { expect, test } from 'vitest'
import { ulidSource } from '../../../../shared/adapters/ulid-source.ts'

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const clock = { now: () => '2026-11-24T03:00:00.000Z' }
const ids = (count: number) => {
  const source = ulidSource(clock)
  return Array.from({ length: count }, () => source.next())
}

test('ids are of the agreed form, and of one instant they share the time alone', () => {
  const some = ids(1000)
  for (const id of some) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
  const instants = some.map((id) =>
    Array.from(id.slice(0, 10)).reduce((ms, digit) => ms * 32 + DIGITS.indexOf(digit), 0),
  )
  expect(new Set(instants)).toEqual(new Set([Date.parse(clock.now())]))
})

test('no two of a hundred thousand are equal, of one source or of two', () => {
  const all = [...ids(50_000), ...ids(50_000)]
  expect(new Set(all.map((id) => id.slice(10))).size).toBe(100_000)
})

test('each character of the random part is as likely as any other', () => {
  const counts = new Map<string, number>()
  for (const id of ids(20_000))
    for (const character of id.slice(10)) counts.set(character, (counts.get(character) ?? 0) + 1)
  expect(counts.size).toBe(32)
  // 10,000 each; a thousandth of all tests would see five standard deviations.
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})
