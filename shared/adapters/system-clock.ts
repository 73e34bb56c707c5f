import { instantFromEpochMs } from '../domain/instant.ts'
import type { Clock } from '../ports/surroundings.ts'

/** The machine's clock; it never shows a time before one it has shown, even when NTP sets it back. */
export const systemClock = (): Clock => {
  let last = 0
  return {
    now: () => {
      last = Math.max(last, Date.now())
      return instantFromEpochMs(last)
    },
  }
}
