import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { deskOver } from '../shared/adapters/embedded/desk-channel.ts'
import { objectFiles } from '../shared/adapters/embedded/object-files.ts'
import { objectServer } from '../shared/adapters/embedded/object-server.ts'
import type { SigningCredentials } from '../shared/adapters/sigv4/day-key.ts'
import { systemClock } from '../shared/adapters/system-clock.ts'
import { listen, type ListenOptions } from './listen.ts'

export interface ObjectThreadData extends ListenOptions {
  readonly desk: MessagePort
  readonly root: string
  readonly mark: string
  readonly credentials: SigningCredentials
  readonly region: string
  readonly corsOrigins: readonly string[]
}

export type FromObjectThread = { readonly origin: string } | { readonly fault: unknown }

const tell = (message: FromObjectThread): void => parentPort?.postMessage(message)

const { desk, root, mark, host, port, sharesPort, ...access } = workerData as Required<ObjectThreadData>
const files = objectFiles(root, mark)
await files.prepare()
const objects = objectServer({
  ...access,
  desk: deskOver(desk),
  files,
  clock: systemClock(),
  onFault: (fault) => tell({ fault }),
})
const listening = await listen(objects, { host, port, sharesPort })
parentPort?.once('message', () => {
  void listening.stop().then(async () => {
    await files.close()
    desk.close()
  })
})
tell({ origin: listening.origin })
