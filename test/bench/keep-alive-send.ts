import { request, type Agent } from 'node:http'

export interface Sending {
  readonly agent: Agent
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: readonly Uint8Array[]
}

/** The leanest client there is, since it shares the machine with the server it measures: no parsing, no copy of the body. */
export const send = ({ agent, url, method, headers, body = [] }: Sending): Promise<number> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method, headers: { ...headers }, agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    sending.on('error', reject)
    for (const part of body) sending.write(part)
    sending.end()
  })

export async function inParallel<T>(
  work: AsyncIterable<T> | Iterable<T>,
  clients: number,
  handle: (one: T) => Promise<void>,
): Promise<void> {
  const queue = Symbol.asyncIterator in work ? work[Symbol.asyncIterator]() : work[Symbol.iterator]()
  const client = async () => {
    for (let next = await queue.next(); next.done !== true; next = await queue.next()) await handle(next.value)
  }
  await Promise.all(Array.from({ length: clients }, client))
}
