import type { Shift } from '../network/calendar.ts'
import type { ShiftId } from '../network/ids.ts'
import type { NetworkIndex } from '../network/index-network.ts'
import { addDays, localDateAt, localToEpochMs } from './local-time.ts'
import type { Calendars, Span } from './rota.ts'
import { contains, nextShiftStart, occurrencesAround } from './rota.ts'

export interface ShiftState extends Span {
  readonly on: boolean
}

const stateAround = (shift: Shift, calendars: Calendars, atMs: number): ShiftState => {
  const spans = occurrencesAround(shift, calendars, atMs)
  const running = spans.find((span) => contains(span, atMs))
  if (running !== undefined) return { ...running, on: true }
  const midnight = localToEpochMs(addDays(localDateAt(atMs, shift.timeZone), 1), '00:00', shift.timeZone)
  const starts = spans.filter(({ fromMs, toMs }) => fromMs > atMs && toMs > fromMs).map(({ fromMs }) => fromMs)
  return { fromMs: atMs, toMs: Math.min(midnight > atMs ? midnight : atMs + 1, ...starts), on: false }
}

/**
 * A shift as the router asks about it: hundreds of them at nearly the same instant. It remembers the occurrence, or the
 * break between two, in which it was last asked; that follows from the definition alone, so no answer depends on it.
 */
export class ShiftWatch {
  readonly shift: Shift
  readonly #calendars: Calendars
  #state: ShiftState = { fromMs: 0, toMs: 0, on: false }
  #next: { readonly afterMs: number; readonly startMs: number | undefined } | undefined

  constructor(shift: Shift, calendars: Calendars) {
    this.shift = shift
    this.#calendars = calendars
  }

  /** Whether the shift is on, as `isShiftOn`, and a span about the instant in which that does not change. */
  at(atMs: number): ShiftState {
    if (!contains(this.#state, atMs)) this.#state = stateAround(this.shift, this.#calendars, atMs)
    return this.#state
  }

  /** As `nextShiftStart`. */
  nextStart(afterMs: number): number | undefined {
    const known = this.#next
    if (known?.startMs !== undefined && known.afterMs <= afterMs && afterMs < known.startMs) return known.startMs
    const startMs = nextShiftStart(this.shift, this.#calendars, afterMs)
    this.#next = { afterMs, startMs }
    return startMs
  }
}

const watches = new WeakMap<NetworkIndex, Map<ShiftId, ShiftWatch>>()

/** The watch over a shift of a network: one each, however often it is asked for. */
export const shiftWatchOf = (network: NetworkIndex, shift: Shift): ShiftWatch => {
  const ofNetwork = watches.get(network) ?? new Map<ShiftId, ShiftWatch>()
  watches.set(network, ofNetwork)
  const known = ofNetwork.get(shift.shiftId)
  if (known !== undefined) return known
  const made = new ShiftWatch(shift, network.holidayCalendars)
  ofNetwork.set(shift.shiftId, made)
  return made
}
