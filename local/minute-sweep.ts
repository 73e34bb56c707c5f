import type { Context } from 'aws-lambda'
import { lambdaContext } from './lambda-context.ts'

export type SweepHandler = (event: unknown, context: Context) => Promise<unknown>

export interface MinuteSweepOptions {
  readonly handler: SweepHandler
  /** What the embedded edition itself has to do from time to time: expired records, files that nothing names. */
  readonly housekeeping: () => Promise<unknown>
  readonly intervalMs: number
  readonly region: string
  readonly onFault: (fault: unknown) => void
}

export interface MinuteSweep {
  /** Resolves when a sweep that began after the call has ended: a clock that was set forward calls it. */
  sweepNow(): Promise<void>
  stop(): Promise<void>
}

/** Fires what is due. One sweep never overtakes another. */
export const startMinuteSweep = (options: MinuteSweepOptions): MinuteSweep => {
  const { handler, housekeeping, intervalMs, region, onFault } = options
  let last: Promise<void> = Promise.resolve()
  let waiting = 0

  const sweepOnce = async (): Promise<void> => {
    waiting -= 1
    await handler({}, lambdaContext('minute-sweep', region, intervalMs)).catch(onFault)
    await housekeeping().catch(onFault)
  }
  const sweepNow = (): Promise<void> => {
    waiting += 1
    last = last.then(sweepOnce)
    return last
  }
  const timer = setInterval(() => {
    if (waiting === 0) void sweepNow()
  }, intervalMs)

  return {
    sweepNow,
    stop: async () => {
      clearInterval(timer)
      await last
    },
  }
}
