import type { Instant } from '../../domain/instant.ts'
import { instantFromEpochMs } from '../../domain/instant.ts'
import type { Clock } from '../../ports/surroundings.ts'

export interface VirtualClock extends Clock {
  /** Forward only: a cell that saw time go back could undo what a timer has done. */
  advance(milliseconds: number): void
  /** Called after each advance, so that sweeps and pumps look at once. */
  onAdvance(listener: () => void): void
}

export const virtualClock = (start: Instant): VirtualClock => {
  let epochMs = Date.parse(start)
  const listeners: (() => void)[] = []
  return {
    now: () => instantFromEpochMs(epochMs),
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) throw new RangeError('time goes forward')
      epochMs += milliseconds
      for (const listener of listeners) listener()
    },
    onAdvance: (listener) => void listeners.push(listener),
  }
}
