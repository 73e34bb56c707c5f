import { setTimeout as pause } from 'node:timers/promises'
import { tidyShelf } from '../shared/adapters/embedded/open-shelf.ts'
import type { CellFunctions } from './cell-functions.ts'
import { queueConsumers } from './cell-functions.ts'
import type { CellPorts, OpenCell } from './cell-ports.ts'
import { startMinuteSweep } from './minute-sweep.ts'
import { startOutboxPump } from './outbox-pump.ts'
import { startQueuePump } from './queue-pump.ts'

export interface CellWorkers {
  /** Waits until the outbox is empty and no queue has a message that could be handled now. */
  readonly settle: (timeoutMs?: number) => Promise<void>
  /** Sweeps now, and looks at the queues: with a clock that was set forward, everything that became due fires. */
  readonly sweepNow: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface WorkerOptions {
  readonly functions: CellFunctions
  readonly sweepIntervalMs: number
  readonly queueConcurrency: number
  readonly onFault: (fault: unknown) => void
}

const TIDY_EVERY_MS = 3_600_000
const EXPIRED_AT_ONCE = 1000

/** Everything that runs without being asked over HTTP: outbox, queues, the minute sweep and the cell's own housekeeping. */
export const startWorkers = (
  { ports, shelf }: Pick<OpenCell, 'shelf'> & { readonly ports: CellPorts },
  options: WorkerOptions,
): CellWorkers => {
  const { functions, onFault } = options
  const { store, queues, clock, cell } = ports
  const { region } = cell
  const outbox = startOutboxPump({ store, handler: functions.outbox(ports), region, onFault })
  const consumers = queueConsumers(functions, ports)
  const pump = startQueuePump({ queues, consumers, clock, region, concurrency: options.queueConcurrency, onFault })

  let tidied = Number.NEGATIVE_INFINITY
  const housekeeping = async (): Promise<void> => {
    while ((await store.removeExpired(EXPIRED_AT_ONCE)) === EXPIRED_AT_ONCE);
    if (performance.now() < tidied + TIDY_EVERY_MS) return
    tidied = performance.now()
    await tidyShelf(shelf, Date.parse(clock.now()))
  }
  const sweep = startMinuteSweep({
    handler: functions.minute(ports),
    housekeeping,
    intervalMs: options.sweepIntervalMs,
    region,
    onFault,
  })
  housekeeping().catch(onFault)

  return {
    settle: async (timeoutMs = 30_000) => {
      const giveUpAt = performance.now() + timeoutMs
      // Twice in a row: between the two a message may have been on its way from the outbox to its queue.
      for (let quiet = 0; quiet < 2; quiet = outbox.isIdle() && pump.isIdle() ? quiet + 1 : 0) {
        if (performance.now() > giveUpAt) throw new Error('the cell did not settle')
        await pause(5)
      }
    },
    sweepNow: async () => {
      await sweep.sweepNow()
      outbox.poke()
      pump.poke()
    },
    stop: async () => {
      await sweep.stop()
      await outbox.stop()
      await pump.stop()
    },
  }
}
