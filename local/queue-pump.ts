import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { ReceivedMessage, SqliteMessageQueues } from '../shared/adapters/embedded/sqlite-message-queues.ts'
import type { QueueName } from '../shared/contracts/messages.ts'
import { queues as queueTable } from '../shared/contracts/messages.ts'
import type { Clock } from '../shared/ports/surroundings.ts'
import { lambdaContext, within } from './lambda-context.ts'
import { sqsEvent } from './sqs-event.ts'

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

export interface QueuePumpOptions {
  readonly queues: SqliteMessageQueues
  /** The queues of the table that somebody consumes. */
  readonly consumers: ReadonlyMap<QueueName, QueueHandler>
  readonly clock: Clock
  readonly region: string
  /** Batches of one queue that are handled at once. */
  readonly concurrency: number
  readonly onFault: (fault: unknown) => void
}

export interface Pump {
  /** Looks for work now; the pumps call it themselves when something was sent or falls due. */
  poke(): void
  /** No work under way and none that could be taken now. */
  readonly isIdle: () => boolean
  /** Takes nothing more and waits for what is under way. */
  stop(): Promise<void>
}

const LONGEST_WAIT_MS = 60_000

/**
 * As Lambda's batching window: while a batch is handled, the next waits so long to be full, since each reads its case anew. Alone a
 * message never waits.
 */
const FILL_MS = 25

/** Seconds until a failed message is tried again: 1, 5, 25, then the queue's visibility time-out. */
const retryAfter = (receiveCount: number, visibilitySeconds: number): number =>
  Math.min(5 ** (receiveCount - 1), visibilitySeconds)

/** What Lambda's event source mapping does for one queue. */
const pumpQueue = (queue: QueueName, handler: QueueHandler, options: QueuePumpOptions) => {
  const { queues, clock, region, concurrency, onFault } = options
  const { batchSize, visibilitySeconds } = queueTable[queue]
  const running = new Set<Promise<void>>()
  const state = { stopped: false, poked: false }
  let polling: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let startedAt = Number.NEGATIVE_INFINITY
  /**
   * At least so many wait, by what has arrived and been taken: to ask the queue at each message would cost more. More than had
   * arrived are taken where some lay there before; of those there may be as many again.
   */
  let waiting = 0

  const failuresOf = async (batch: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> => {
    const timeoutMs = visibilitySeconds * 1000
    try {
      const context = lambdaContext(queue, region, timeoutMs)
      const late = new Error('a queue handler took longer than the visibility time-out')
      const { batchItemFailures } = await within(timeoutMs, handler(sqsEvent(queue, region, batch), context), late)
      return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    } catch (fault) {
      onFault(fault)
      return new Set(batch.map(({ messageId }) => messageId))
    }
  }

  const handleBatch = async (batch: readonly ReceivedMessage[]): Promise<void> => {
    const failures = await failuresOf(batch)
    const done = batch.filter(({ messageId }) => !failures.has(messageId))
    const failed = batch.filter(({ messageId }) => failures.has(messageId))
    await Promise.all([
      queues.delete(done.map(({ receiptHandle }) => receiptHandle)),
      ...failed.map(({ receiptHandle, receiveCount }) =>
        queues.release([receiptHandle], retryAfter(receiveCount, visibilitySeconds)),
      ),
    ])
  }

  const start = (batch: readonly ReceivedMessage[]): void => {
    startedAt = performance.now()
    const layThere = batch.length > waiting
    waiting = layThere ? (batch.length === batchSize ? batchSize : 0) : waiting - batch.length
    const work: Promise<void> = handleBatch(batch)
      .catch(onFault)
      .finally(() => {
        running.delete(work)
        poke()
      })
    running.add(work)
  }

  const isFilling = (): boolean => running.size > 0 && performance.now() < startedAt + FILL_MS && waiting < batchSize

  const wakeLater = (): void => {
    clearTimeout(timer)
    // Whichever batch ends first looks again.
    if (running.size === concurrency) return
    const next = isFilling() ? 0 : queues.nextVisibleAt(queue)
    if (state.stopped || next === undefined) return
    const wait = Math.min(Math.max(next - Date.parse(clock.now()), FILL_MS), LONGEST_WAIT_MS)
    timer = setTimeout(poke, wait)
  }

  const poll = async (): Promise<void> => {
    while (!state.stopped && running.size < concurrency && !isFilling()) {
      const batch = await queues.receive(queue, batchSize)
      if (batch.length === 0) {
        waiting = 0
        break
      }
      start(batch)
    }
  }

  const pollOn = async (): Promise<void> => {
    try {
      // Poked while it polled: what was sent meanwhile may have come after the last look.
      while (state.poked) {
        state.poked = false
        await poll()
      }
      wakeLater()
    } catch (fault) {
      onFault(fault)
    } finally {
      polling = undefined
    }
  }

  const poke = (): void => {
    state.poked = true
    if (!state.stopped) polling ??= pollOn()
  }

  return {
    poke,
    arrived: () => {
      waiting += 1
      poke()
    },
    isIdle: () => running.size === 0 && polling === undefined && !queues.hasVisible(queue),
    stop: async () => {
      state.stopped = true
      clearTimeout(timer)
      await polling
      await Promise.all(running)
    },
  }
}

/** Hands the messages of every queue to its consumer in SQS-shaped batches and honours partial batch answers. */
export const startQueuePump = (options: QueuePumpOptions): Pump => {
  const pumps = new Map([...options.consumers].map(([queue, handler]) => [queue, pumpQueue(queue, handler, options)]))
  const poke = () => pumps.forEach((pump) => pump.poke())
  options.queues.onMessage((queue) => pumps.get(queue)?.arrived())
  poke()
  return {
    poke,
    isIdle: () => [...pumps.values()].every((pump) => pump.isIdle()),
    stop: async () => {
      await Promise.all([...pumps.values()].map((pump) => pump.stop()))
    },
  }
}
