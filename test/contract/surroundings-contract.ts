import { describe, expect, it } from 'vitest'
import { InstantSchema } from '../../shared/domain/instant.ts'
import type { Clock, IdSource } from '../../shared/ports/surroundings.ts'

export const clockContract = (name: string, make: () => Clock): void => {
  describe(`${name} as Clock`, () => {
    it('tells UTC with milliseconds and never goes back', () => {
      const clock = make()
      const times = Array.from({ length: 50 }, () => clock.now())
      expect(times.every((now) => InstantSchema.safeParse(now).success)).toBe(true)
      expect(times.toSorted()).toEqual(times)
    })
  })
}

export const idSourceContract = (name: string, make: () => IdSource): void => {
  describe(`${name} as IdSource`, () => {
    it('gives 26 characters of 0-9 and a-z, each once, in order of time', () => {
      const source = make()
      const ids = Array.from({ length: 5000 }, () => source.next())
      expect(ids.every((id) => /^[0-9a-z]{26}$/.test(id))).toBe(true)
      expect(new Set(ids).size).toBe(5000)
      const times = ids.map((id) => id.slice(0, 10))
      expect(times.toSorted()).toEqual(times)
    })

    it('is not guessable from the one before', () => {
      const source = make()
      const tails = Array.from({ length: 200 }, () => source.next().slice(-16))
      const shared = tails.filter((tail, at) => at > 0 && tail.slice(0, 12) === tails[at - 1]?.slice(0, 12))
      expect(shared).toEqual([])
    })
  })
}
