import type { Context, DynamoDBStreamEvent } from 'aws-lambda'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SqliteRecordStore } from '../shared/adapters/embedded/sqlite-record-store.ts'
import type { StoredRecord } from '../shared/ports/record-store.ts'
import { lambdaContext, within } from './lambda-context.ts'
import type { Pump } from './queue-pump.ts'
import { streamEvent } from './stream-event.ts'

export interface StreamAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}
export type OutboxHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<StreamAnswer>

export interface OutboxPumpOptions {
  readonly store: SqliteRecordStore
  readonly handler: OutboxHandler
  readonly region: string
  readonly onFault: (fault: unknown) => void
}

const PAGE = 100
/** Records handed over at once: their sends and removals then share group commits. */
const SLICES = 8
const TIMEOUT_MS = 30_000
const RETRY_MS = 1000

const slicesOf = (records: readonly StoredRecord[]): StoredRecord[][] =>
  Array.from({ length: SLICES }, (_, slice) => records.filter((_record, at) => at % SLICES === slice)).filter(
    ({ length }) => length > 0,
  )

/**
 * The change feed of the outbox: what lies in it is handed to the dispatcher, and stays until the dispatcher removes it. A record
 * that fails is passed over until the next turn, a second later, so that it holds up nobody else's.
 */
export const startOutboxPump = ({ store, handler, region, onFault }: OutboxPumpOptions): Pump => {
  let [stopped, poked] = [false, false]
  let turning: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const handOver = async (records: readonly StoredRecord[]): Promise<boolean> => {
    try {
      const context = lambdaContext('outbox-dispatch', region, TIMEOUT_MS)
      const late = new Error('the outbox dispatcher took too long')
      const { batchItemFailures } = await within(TIMEOUT_MS, handler(streamEvent(records), context), late)
      return batchItemFailures.length === 0
    } catch (fault) {
      onFault(fault)
      return false
    }
  }

  /** Once through the outbox; false when something has to be tried again. */
  const sweepThrough = async (): Promise<boolean> => {
    let allDone = true
    for (let page = store.outboxRecords(PAGE); page.length > 0 && !stopped;) {
      const done = await Promise.all(slicesOf(page).map(handOver))
      allDone = done.every(Boolean) && allDone
      page = store.outboxRecords(PAGE, page.at(-1))
    }
    return allDone
  }

  const turn = async (): Promise<void> => {
    while (poked && !stopped) {
      poked = false
      if (!(await sweepThrough())) timer = setTimeout(poke, RETRY_MS)
    }
    turning = undefined
  }

  const poke = (): void => {
    poked = true
    // In a turn of its own: whoever wrote is answered first.
    if (!stopped) turning ??= nextTurn().then(turn)
  }

  store.onOutbox(poke)
  poke()
  return {
    poke,
    isIdle: () => turning === undefined && store.outboxRecords(1).length === 0,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await turning
    },
  }
}
