import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { serveDesk } from '../shared/adapters/embedded/desk-channel.ts'
import { objectDesk } from '../shared/adapters/embedded/object-desk.ts'
import type { OpenCell } from './cell-ports.ts'
import type { ListenOptions } from './listen.ts'
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
 * Serves objects on a port of its own, as S3 has a host of its own, in a thread of its own: sockets, digests and files then leave to
 * the cell's thread what needs its database (ADR 0017). A thread that dies takes the cell with it, to be started again whole.
 */
export const startObjectService = async (
  { shelf, access }: Pick<OpenCell, 'shelf' | 'access'>,
  { host, port, corsOrigins, onFault }: ObjectServiceOptions,
): Promise<ObjectService> => {
  const { port1, port2 } = new MessageChannel()
  const { root, mark } = shelf.files
  const { credentials, region } = access
  const workerData: ObjectThreadData = { desk: port2, root, mark, host, port, credentials, region, corsOrigins }
  const thread = new Worker(new URL('object-thread.ts', import.meta.url), {
    workerData,
    transferList: [port2],
    execArgv: [],
  })
  serveDesk(port1, objectDesk(shelf), onFault)
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
