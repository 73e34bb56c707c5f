import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'

/** The handlers' own limit in the cloud edition. */
export const HTTP_TIMEOUT_MS = 30_000

/** What a handler may ask of its surroundings. The callbacks of older runtimes (`done` and its kin) are not served. */
export const lambdaContext = (functionName: string, region: string, timeoutMs: number): Context => {
  const endsAt = performance.now() + timeoutMs
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/overread/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - performance.now())),
  } as Context
}

/** Rejects with `late` when the work takes longer; the work itself cannot be stopped, only no longer waited for. */
export const within = async <Result>(timeoutMs: number, work: Promise<Result>, late: Error): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late), timeoutMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
