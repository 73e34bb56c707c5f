import type { ClientId } from '../domain/network/ids.ts'
import { Refusal } from '../domain/refusal.ts'
import { keys } from '../ledger/keys.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'

/** Of an organisation, or of one of its systems. */
export type RateName =
  'readsPerMinute' | 'imageReadsPerMinute' | 'commandsPerMinute' | 'urgentPerMinute' | `tokens of ${ClientId}`

/** Counts what organisations ask for, by the minute of the clock (ADR 0025). */
export interface RateMeter {
  /** Counts one more; how many that makes in this minute, as far as this process knows. */
  count(orgId: string, rate: RateName, limit: number): Promise<number>
  /** True once a minute, rate and organisation: for the one audit record of a limit that bites. */
  firstRefusal(orgId: string, rate: RateName): Promise<boolean>
}

interface Tally {
  /** What all processes had counted when this one last looked. */
  shared: number
  /** Counted here since. */
  own: number
  refused: boolean
}

/** Until a rate begins anew. */
export const secondsLeft = (clock: Clock): number => 60 - new Date(clock.now()).getUTCSeconds()

const minuteOf = (clock: Clock): string => clock.now().slice(0, 16)

/** Tallies of the minute that runs; those of the one before are forgotten. */
const tallies = (clock: Clock) => {
  let minute = ''
  const running = new Map<string, Tally>()
  return (orgId: string, rate: RateName): { minute: string; tally: Tally } => {
    const now = minuteOf(clock)
    if (now !== minute) running.clear()
    minute = now
    const key = `${orgId} ${rate}`
    const tally = running.get(key) ?? { shared: 0, own: 0, refused: false }
    running.set(key, tally)
    return { minute, tally }
  }
}

/** One process is the whole cell: exact, and free. */
export const processMeter = (clock: Clock): RateMeter => {
  const tallyOf = tallies(clock)
  return {
    count: (orgId, rate) => Promise.resolve(++tallyOf(orgId, rate).tally.own),
    firstRefusal: (orgId, rate) => {
      const { tally } = tallyOf(orgId, rate)
      const isFirst = !tally.refused
      tally.refused = true
      return Promise.resolve(isFirst)
    },
  }
}

/** So many are counted before the others are told: the share of a limit by which each process may be wrong. */
const SHARE = 100
const LEAST = 10
const KEPT_MINUTES = 5

/**
 * Many processes, one record an organisation, rate and minute. Each adds what it has counted in steps and reads the sum back, so
 * that an organisation that asks for little costs nothing. It errs to the caller's side: nobody is refused below their rate.
 */
export const sharedMeter = (store: RecordStore, clock: Clock): RateMeter => {
  const tallyOf = tallies(clock)
  const expiresAt = (minute: string): string =>
    new Date(Date.parse(`${minute}:00.000Z`) + KEPT_MINUTES * 60_000).toISOString()

  async function share(orgId: string, rate: RateName, minute: string, tally: Tally): Promise<void> {
    const key = keys.rate(orgId, rate, minute)
    const counted = tally.own
    const body = { used: counted }
    const first = { write: 'put', when: 'absent', ...key, body, expiresAt: expiresAt(minute) } as const
    if (tally.shared > 0 || (await store.transact([first])).outcome !== 'committed')
      await store.transact([{ write: 'add', ...key, counts: body }])
    const used = (await store.read(key))?.body['used']
    tally.own -= counted
    tally.shared = typeof used === 'number' ? used : counted
  }

  return {
    count: async (orgId, rate, limit) => {
      const { minute, tally } = tallyOf(orgId, rate)
      tally.own++
      const step = Math.max(LEAST, Math.floor(limit / SHARE))
      if (tally.own >= step && tally.shared <= limit) {
        // A store that is busy is no reason to turn a patient's request away: it is counted with the next step.
        await share(orgId, rate, minute, tally).catch((thrown: unknown) => {
          if (!(thrown instanceof Refusal)) throw thrown
        })
      }
      return tally.shared + tally.own
    },
    firstRefusal: async (orgId, rate) => {
      const { minute, tally } = tallyOf(orgId, rate)
      if (tally.refused) return false
      tally.refused = true
      const key = keys.rateRefused(orgId, rate, minute)
      const { outcome } = await store.transact([
        { write: 'put', when: 'absent', ...key, body: {}, expiresAt: expiresAt(minute) },
      ])
      return outcome === 'committed'
    },
  }
}
