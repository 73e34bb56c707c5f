import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { serveDesk } from '../shared/adapters/embedded/desk-channel.ts'
import { objectDesk, type ObjectDesk } from '../shared/adapters/embedded/object-desk.ts'
import type { OpenCell } from './cell-ports.ts'
import { listen, type ListenOptions } from './listen.ts'
import type { FromObjectThread, ObjectThreadData } from './object-thread.ts'

export interface ObjectService {
  readonly origin: string
  stop(): Promise<void>
}

export interface ObjectServiceOptions extends ListenOptions {
  readonly corsOrigins: readonly string[]
  readonly onFault: (fault: unknown) => void
}

/**
 * Two, where the kernel divides the connections to one port among the sockets that listen on it: one alone is what eight senders wait
 * for, and a third brings nothing that the cell's thread could follow (ADR 0017).
 */
const THREADS = process.platform === 'linux' ? 2 : 1

/** Sockets that share a port are not told of a stranger's among them: first it must be free for one that shares it with nobody. */
const freePort = async (wanted: ListenOptions): Promise<number> => {
  const probe = await listen(() => Promise.resolve(), wanted)
  await probe.stop()
  return Number(new URL(probe.origin).port)
}

const startThread = async (
  workerData: Omit<ObjectThreadData, 'desk'>,
  desk: ObjectDesk,
  onFault: (fault: unknown) => void,
): Promise<ObjectService> => {
  const { port1, port2 } = new MessageChannel()
  const thread = new Worker(new URL('object-thread.ts', import.meta.url), {
    workerData: { ...workerData, desk: port2 } satisfies ObjectThreadData,
    transferList: [port2],
    execArgv: [],
  })
  serveDesk(port1, desk, onFault)
  const [first] = (await once(thread, 'message')) as [FromObjectThread]
  if (!('origin' in first)) throw first.fault
  thread.on('message', (message: FromObjectThread) => {
    if ('fault' in message) onFault(message.fault)
  })
  thread.on('error', (fault) => {
    throw fault
  })
  return {
    origin: first.origin,
    stop: async () => {
      const gone = once(thread, 'exit')
      thread.postMessage('stop')
      await gone
      port1.close()
    },
  }
}

/**
 * Serves objects on a port of its own, as S3 has a host of its own, in threads of their own: sockets, digests and files then leave to
 * the cell's thread what needs its database (ADR 0017). A thread that dies takes the cell with it, to be started again whole.
 */
export const startObjectService = async (
  { shelf, access }: Pick<OpenCell, 'shelf' | 'access'>,
  { host, port, corsOrigins, onFault }: ObjectServiceOptions,
): Promise<ObjectService> => {
  const { root, mark } = shelf.files
  const { credentials, region } = access
  const sharesPort = THREADS > 1
  const own = {
    root,
    mark,
    host,
    port: sharesPort ? await freePort({ host, port }) : port,
    sharesPort,
    credentials,
    region,
    corsOrigins,
  }
  const desk = objectDesk(shelf)
  const started = await Promise.allSettled(Array.from({ length: THREADS }, () => startThread(own, desk, onFault)))
  const threads = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.stop()))
  }
  for (const one of started)
    if (one.status === 'rejected') {
      await stop()
      throw one.reason
    }
  return { origin: threads[0]?.origin ?? '', stop }
}
